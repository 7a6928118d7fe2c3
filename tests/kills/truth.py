"""Compare what SQL holds after all the kills with what was recorded, person by person."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts import FrameAccount, read_accounts
from core.storage.rollups import COUNTS, Slot
from core.storage.tables import (
    DayRollupRow,
    FrameAccountRow,
    HourRollupRow,
    MinuteRollupRow,
    OpenPictureRow,
    OpenTracksRow,
    QuarterRollupRow,
    SightingPictureRow,
    SightingRow,
)
from tests.kills.people import (
    FRAME_S,
    FrameKey,
    Person,
    moment_of,
    number_of,
    person_of,
    picture_of,
    verdict_of,
)
from workers.tracking import FACES_MIN, PERSON_S_MIN

NOT_SYNCED_S = 2.5
"""What Redis was told so shortly before it was killed may be lost: it syncs each second,
and may put a write off for another one."""
FACES_JUDGED = 4

COARSE: tuple[type[Any], ...] = (QuarterRollupRow, HourRollupRow, DayRollupRow)
CoarseRow: TypeAlias = QuarterRollupRow | HourRollupRow | DayRollupRow


@dataclass(frozen=True, slots=True)
class Recorded:
    """Frames whose results were recorded for certain, and those that may have been."""

    certain: frozenset[FrameKey]
    possible: frozenset[FrameKey]


@dataclass(slots=True)
class Tally:
    """How much was compared, so that a test of nothing is noticed."""

    people: int = 0
    exact: int = 0
    pictures: int = 0
    """Where many results waited, they came without."""
    faults: list[str] = field(default_factory=list)


def read_recorded(worker_log: Path, redis_killed_at: Sequence[float]) -> Recorded:
    """Read from the workers' log which results they wrote."""
    begun: set[FrameKey] = set()
    done: set[FrameKey] = set()
    for line in worker_log.read_text().splitlines():
        word, camera_id, number, at = line.split()
        key = int(camera_id), int(number)
        begun.add(key)
        if word == "done" and not _may_be_lost(float(at), redis_killed_at):
            done.add(key)
    return Recorded(frozenset(done), frozenset(begun))


def _may_be_lost(at: float, redis_killed_at: Iterable[float]) -> bool:
    return any(0 <= killed_at - at <= NOT_SYNCED_S for killed_at in redis_killed_at)


def compare_people(session: Session, recorded: Recorded) -> Tally:
    """Find each person once, with as many faces as results of theirs were recorded."""
    tally, sightings = Tally(), _sightings(session)
    frames: dict[Person, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for key in recorded.possible:
        frames[person_of(key)][1].add(key[1])
    for key in recorded.certain:
        frames[person_of(key)][0].add(key[1])
    for person in sightings.keys() | frames.keys():
        certain, possible = frames[person]
        found = sightings.get(person, [])
        tally.people += 1
        tally.exact += len(certain) == len(possible)
        tally.pictures += any(picture for _, picture in found)
        fault = _fault(person, found, certain, possible)
        if fault:
            tally.faults.append(f"person {person}: {fault}; certain {certain}, possible {possible}")
    return tally


def _sightings(session: Session) -> dict[Person, list[tuple[SightingRow, bytes | None]]]:
    picture = SightingPictureRow
    query = select(SightingRow, picture.content).outerjoin(
        picture, picture.sighting_id == SightingRow.id
    )
    found: dict[Person, list[tuple[SightingRow, bytes | None]]] = defaultdict(list)
    for row, content in session.execute(query):
        found[person_of((row.camera_id, number_of(row.started_at)))].append((row, content))
    return found


def _fault(
    person: Person,
    found: Sequence[tuple[SightingRow, bytes | None]],
    certain: set[int],
    possible: set[int],
) -> str:
    """Say what is wrong with a person's sightings; empty where nothing is."""
    if len(found) > 1:
        return f"{len(found)} sightings"
    if not found:
        return "no sighting" if _is_person(certain) else ""
    sighting, picture = found[0]
    first, last = number_of(sighting.started_at), number_of(sighting.ended_at)
    checks = {
        f"{sighting.faces} faces": len(certain) <= sighting.faces <= len(possible),
        f"began at {first}": first in possible and first <= min(certain, default=first),
        f"ended at {last}": last in possible and last >= max(certain, default=last),
        f"verdict {sighting.verdict}": sighting.faces < FACES_JUDGED
        or sighting.verdict == verdict_of(person),
        f"picture {picture!r}": picture in (None, picture_of(person)),
        f"timeline of {person}": sighting.timeline is not None,
    }
    return ", ".join(words for words, is_right in checks.items() if not is_right)


def _is_person(numbers: set[int]) -> bool:
    """Tell a person from a flicker, as the tracker does."""
    lasted_s = (max(numbers) - min(numbers)) * FRAME_S if numbers else 0.0
    return len(numbers) >= FACES_MIN and lasted_s >= PERSON_S_MIN


def compare_rollups(session: Session, recorded: Recorded) -> list[str]:
    """Find the same people in minutes, hours and days, and the minutes that were seen."""
    people: dict[Slot, Counter[str]] = defaultdict(Counter)
    for row in session.scalars(select(SightingRow)):
        people[row.camera_id, _minute(row.started_at)][row.verdict] += 1
    minutes = {(row.camera_id, row.start): row for row in session.scalars(select(MinuteRollupRow))}
    faults = [
        f"minute {slot}: {dict(people.get(slot, {}))} sighted, {_counts(row)} counted"
        for slot, row in minutes.items()
        if +people.get(slot, Counter()) != _counts(row)
    ]
    faults += [f"minute {slot} is missing" for slot in people.keys() - minutes.keys()]
    certain = {(camera_id, _minute(moment_of(number))) for camera_id, number in recorded.certain}
    faults += [f"minute {slot} was seen" for slot in certain - minutes.keys()]
    whole: Counter[str] = sum((_counts(row) for row in minutes.values()), Counter())
    for grain in COARSE:
        rows: Sequence[CoarseRow] = session.scalars(select(grain)).all()
        if sum((_counts(row) for row in rows), Counter[str]()) != whole:
            faults.append(f"{grain.__name__}s do not add up to {whole}")
        if sum(row.seen_minutes for row in rows) != len(minutes):
            faults.append(f"{grain.__name__}s: not {len(minutes)} minutes were seen")
    return faults


def _counts(row: MinuteRollupRow | CoarseRow) -> Counter[str]:
    return +Counter({name: getattr(row, name) for name in COUNTS})


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def compare_leftovers(session: Session) -> list[str]:
    """Find nothing open once all scenes are empty."""
    pictures = session.scalar(select(func.count()).select_from(OpenPictureRow))
    tracks = [row.camera_id for row in session.scalars(select(OpenTracksRow)) if row.snapshot]
    return [f"{pictures} open pictures, open tracks of {tracks}"] if pictures or tracks else []


def compare_accounts(
    session: Session, redis: Redis, pushed: Counter[int], unsure: Counter[int], lost_max: int
) -> list[str]:
    """Find in SQL what Redis counted, every frame once. lost_max: with the unsynced second."""
    faults = []
    names = ("captured", "analysed", "unchanged", "superseded", "expired", "lost", "failed")
    for camera_id, counted in read_accounts(redis, pushed).items():
        sums = [func.sum(getattr(FrameAccountRow, name)) for name in names]
        row = session.execute(select(*sums).where(FrameAccountRow.camera_id == camera_id)).one()
        copied = FrameAccount(*(int(value or 0) for value in row))
        if copied != counted or copied.unresolved:
            faults.append(f"camera {camera_id}: SQL has {copied}, Redis {counted}")
        low, high = pushed[camera_id] - lost_max, pushed[camera_id] + unsure[camera_id]
        if not low <= copied.captured <= high:
            faults.append(f"camera {camera_id}: {copied.captured} captured, not {low} to {high}")
    return faults
