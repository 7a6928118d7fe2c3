"""A past for tests: cameras, people who went by, what is kept of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.storage.pictures import SightingPicture
from core.storage.recording import FinishedTrack, add_history
from core.storage.tables import CameraRow, FrameAccountRow
from core.types import Verdict

DAY = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PICTURE_BYTES = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was in view of a camera for some time."""

    camera_id: int
    came_at: datetime
    stayed: timedelta = timedelta(seconds=10)
    verdict: Verdict = Verdict.MASK
    has_picture: bool = True


class Silent:
    """A progress that nobody looks at."""

    def report(self, share: float | None, message: str) -> None:
        pass

    def say(self, line: str) -> None:
        pass


def register_cameras(session: Session, *camera_ids: int) -> None:
    for camera_id in camera_ids:
        session.execute(
            insert(CameraRow).values(
                id=camera_id,
                name=f"camera {camera_id}",
                sealed_address=b"",
                redacted_address="",
                transport="tcp",
                frames_per_second=5,
                long_side=960,
                created_at=DAY,
                updated_at=DAY,
            )
        )


def minutes_between(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range((end - start) // MINUTE)]


def keep(
    session: Session, people: Iterable[Person], camera_id: int, minutes: Sequence[datetime] = ()
) -> None:
    """Keep people, and minutes in which a camera delivered, with their frame accounts."""
    add_history(
        session, [_finished(one) for one in people], {(camera_id, minute) for minute in minutes}
    )
    zeros = dict.fromkeys(("unchanged", "superseded", "expired", "lost", "failed"), 0)
    accounts = [
        {"camera_id": camera_id, "start": one, "captured": 300, "analysed": 300, **zeros}
        for one in minutes
    ]
    if accounts:
        session.execute(insert(FrameAccountRow), accounts)


def _finished(person: Person) -> FinishedTrack:
    picture = SightingPicture(person.came_at, False, b"j" * PICTURE_BYTES)
    return FinishedTrack(
        person.camera_id,
        person.came_at,
        person.came_at + person.stayed,
        person.verdict,
        (1.0, 0.0, 0.0),
        5,
        False,
        "v1",
        timeline=b"votes",
        picture=picture if person.has_picture else None,
    )
