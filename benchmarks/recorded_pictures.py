"""Measure what pictures of faces cost the recorder: `python -m benchmarks.recorded_pictures`.

Three people walk up to each of 32 cameras, over and over, at 5 frames a second. Results
go from their bytes through the trackers into SQLite, in transactions of 64 a partition,
without Redis. CPU time of this process, with and without crops. A Zen 4 core of 2026
recorded 2,300 to 3,100 results a second in each mode, with three faces and their crops
in seven results of ten: what differs between the modes is less than between two runs.
"""

import os
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import click
import numpy as np
from sqlalchemy import insert

import migrations
from core.encoding import decode_result, encode_result
from core.preferences import EvidenceMode, Preferences
from core.results import ResultBatch
from core.storage.engine import Database
from core.storage.pictures import measure_pictures
from core.storage.recording import Watch, read_mark, read_watch, record
from core.storage.tables import CameraRow
from core.types import FaceCrop, Faces, Result
from workers.intake import take_in
from workers.partitions import PartitionState

CAMERAS = 32
PEOPLE = 3
STEPS = 40
"""Frames of one passage: 8 s."""
PAUSE_STEPS = 15
"""Frames without anybody, so that tracks end."""
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BATCH = 64
CROP_BYTES = {EvidenceMode.NUMBERS: 0, EvidenceMode.BLURRED: 1_100, EvidenceMode.SHARP: 2_500}
"""As benchmarks/evidence.py finds them."""


@click.command()
@click.option("--results", "count", default=640, show_default=True, help="Of each camera.")
@click.option("--rounds", default=3, show_default=True, help="The best round counts.")
def main(count: int, rounds: int) -> None:
    """Print a row a mode: results a second of one core, and what was written."""
    click.echo("| mode | results a second | pictures kept |")
    click.echo("| --- | --- | --- |")
    for mode in EvidenceMode:
        entries = [_entries(camera_id, count, mode) for camera_id in range(1, CAMERAS + 1)]
        outcomes = [_run(mode, entries) for _ in range(rounds)]
        speed = max(speed for speed, _ in outcomes)
        click.echo(f"| {mode.value} | {speed:.0f} | {outcomes[0][1]} |")


def _entries(camera_id: int, count: int, mode: EvidenceMode) -> list[bytes]:
    return [encode_result(_result(camera_id, step, mode)) for step in range(count)]


def _result(camera_id: int, step: int, mode: EvidenceMode) -> Result:
    passed = step % (STEPS + PAUSE_STEPS)
    people = PEOPLE if passed < STEPS else 0
    width = 20.0 + 2.0 * passed
    lefts = [100.0 + 250.0 * person + passed for person in range(people)]
    boxes = np.array([(x, 100, x + width, 100 + width * 1.2) for x in lefts], np.float32)
    faces = Faces(
        boxes.reshape(people, 4),
        np.full(people, 0.9, np.float32),
        np.tile(np.array([0.9, 0.05, 0.05], np.float32), (people, 1)),
        np.full(people, 300.0, np.float32),
    )
    size, is_sharp = CROP_BYTES[mode], mode is EvidenceMode.SHARP
    crops = [FaceCrop(face, os.urandom(size), is_sharp) for face in range(people if size else 0)]
    at = START + timedelta(seconds=step / 5)
    return Result(camera_id, at, (960, 540), faces=faces, model_version="m1", crops=tuple(crops))


def _run(mode: EvidenceMode, entries: Sequence[Sequence[bytes]]) -> tuple[float, int]:
    """Record everything into a new database; returns results a second, and pictures kept."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'maskwatch.db'}"
        migrations.upgrade(url)
        with closing(Database(url)) as database:
            watch, states = _prepare(database, mode)
            begun = process_time()
            for first in range(0, len(entries[0]), BATCH):
                _record(database, watch, states, [one[first : first + BATCH] for one in entries])
            spent_s = process_time() - begun
            with database.read() as session:
                kept = measure_pictures(session).count
    return sum(len(one) for one in entries) / spent_s, kept


def _prepare(database: Database, mode: EvidenceMode) -> tuple[Watch, list[PartitionState]]:
    fields = ("sealed_address", b""), ("redacted_address", ""), ("transport", "tcp")
    values = {**dict(fields), "frames_per_second": 5.0, "long_side": 960, "created_at": START}
    cameras = [
        {**values, "id": number, "name": f"camera {number}", "updated_at": START}
        for number in range(1, CAMERAS + 1)
    ]
    with database.write() as session:
        session.execute(insert(CameraRow), cameras)
    with database.read() as session:
        watch = read_watch(session)
        states = [PartitionState(read_mark(session, partition)) for partition in range(32)]
    return Watch(watch.cameras, Preferences(evidence=mode), watch.zone), states


def _record(
    database: Database,
    watch: Watch,
    states: Sequence[PartitionState],
    entries: Sequence[Sequence[bytes]],
) -> None:
    """Record one batch of each partition, all in one transaction, as the recorder does."""
    prepared = []
    for camera, some in enumerate(entries, start=1):
        partition = camera % 32
        results = tuple(decode_result(entry) for entry in some)
        batch = ResultBatch(partition, results, f"{camera}-1", 0)
        prepared.append(take_in(batch, states[partition], watch).recording)
    marks = {one.partition: states[one.partition].mark for one in prepared}
    with database.write() as session:
        for partition, mark in record(session, prepared, marks).items():
            states[partition].mark = mark


if __name__ == "__main__":
    main()
