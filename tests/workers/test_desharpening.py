"""Sharp pictures that are kept are blurred or removed, in batches, as a job."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from cryptography.fernet import Fernet

from core.desharpening import Desharpened, DesharpeningParameters, SharpPictures
from core.errors import JobCancelled
from core.face_pictures import blur_jpeg
from core.face_seals import FaceKey, FaceSeal
from core.jobs import JobKind
from core.pictures import encode_jpeg
from core.processes import Stop
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.audit import SYSTEM
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database, utc_now
from core.storage.job_runs import take_job
from core.storage.jobs import NewJob, add_job, ask_cancel, get_job
from core.storage.pictures import (
    SightingPicture,
    add_sighting_pictures,
    count_sharp_pictures,
    measure_pictures,
    read_picture,
)
from core.storage.tables import SightingRow
from workers.job_context import JobContext
from workers.job_kinds import KINDS, desharpening

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JPEG = encode_jpeg(np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8))
BLURRED = blur_jpeg(JPEG)
BLUR = DesharpeningParameters(sharp_pictures=SharpPictures.BLUR)
REMOVE = DesharpeningParameters(sharp_pictures=SharpPictures.REMOVE)


@pytest.fixture
def context(database: Database, tmp_path: Path, box: SecretBox) -> JobContext:
    """A job that runs, with the secret key where the settings say."""
    with database.write() as session:
        add_camera(session, box, NewCamera("door", "0", "0"))
        job_id = add_job(session, NewJob(JobKind.DESHARPENING, BLUR, SYSTEM))
        take_job(session, job_id, utc_now())
        job = get_job(session, job_id)
    return JobContext(load_settings(data=tmp_path), database, job, Stop())


def keep(database: Database, pictures: Sequence[SightingPicture]) -> None:
    """Keep pictures of sightings 1, 2, ..."""
    with database.write() as session:
        for picture in pictures:
            row = SightingRow(
                camera_id=1,
                started_at=NOON,
                ended_at=NOON,
                verdict="mask",
                mask=1.0,
                incorrect_mask=0.0,
                no_mask=0.0,
                faces=5,
                model_version="m1",
            )
            session.add(row)
            session.flush()
            add_sighting_pictures(session, [(row.id, picture)])


def sealed(box: SecretBox, content: bytes = JPEG) -> SightingPicture:
    return SightingPicture(NOON, True, FaceSeal(FaceKey(box).public).seal(content))


def contents(database: Database, count: int) -> list[tuple[bool, bytes]]:
    with database.read() as session:
        pictures = [read_picture(session, number + 1) for number in range(count)]
    return [(picture.is_sharp, picture.content) for picture in pictures]


def test_it_is_a_kind_of_job() -> None:
    assert KINDS[JobKind.DESHARPENING] is desharpening.KIND


def test_sharp_pictures_are_blurred_and_blurred_ones_stay(
    context: JobContext, database: Database, box: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desharpening, "BATCH_PICTURES", 2)
    blurred = SightingPicture(NOON, False, b"blurred before")
    keep(database, [sealed(box), blurred, sealed(box), sealed(box)])

    assert desharpening.run(BLUR, context) == Desharpened(blurred=3)

    assert (
        contents(database, 4)
        == [(False, BLURRED), (False, b"blurred before")] + [(False, BLURRED)] * 2
    )
    with database.read() as session:
        assert count_sharp_pictures(session) == 0
        assert measure_pictures(session).content_bytes == 3 * len(BLURRED) + 14


def test_sharp_pictures_are_removed_and_their_sightings_stay(
    context: JobContext, database: Database, box: SecretBox
) -> None:
    keep(database, [sealed(box), SightingPicture(NOON, False, b"blurred before")])

    assert desharpening.run(REMOVE, context) == Desharpened(removed=1)

    with database.read() as session:
        assert measure_pictures(session).count == 1
        assert session.query(SightingRow).count() == 2


def test_a_picture_sealed_with_a_lost_key_stays_when_blurred_and_goes_when_removed(
    context: JobContext, database: Database, box: SecretBox
) -> None:
    lost = sealed(SecretBox([Fernet.generate_key()]))
    keep(database, [lost, sealed(box), sealed(box, b"no picture")])

    assert desharpening.run(BLUR, context) == Desharpened(blurred=1, unreadable=2)
    assert desharpening.run(REMOVE, context) == Desharpened(removed=2)


def test_run_again_it_finds_nothing_to_do(
    context: JobContext, database: Database, box: SecretBox
) -> None:
    keep(database, [sealed(box)])
    desharpening.run(BLUR, context)
    assert desharpening.run(BLUR, context) == Desharpened()
    assert desharpening.run(REMOVE, context) == Desharpened()


def test_a_cancelled_run_stops_between_two_batches(
    context: JobContext, database: Database, box: SecretBox
) -> None:
    keep(database, [sealed(box)])
    with database.write() as session:
        ask_cancel(session, context.claim.job_id, utc_now())
    with pytest.raises(JobCancelled):
        desharpening.run(BLUR, context)
    assert contents(database, 1)[0][0]


def test_what_was_done_is_told_in_words() -> None:
    assert Desharpened(blurred=2, removed=1).describe() == "2 pictures blurred, 1 removed"
    assert "1 were sealed with a key" in Desharpened(unreadable=1).describe()
