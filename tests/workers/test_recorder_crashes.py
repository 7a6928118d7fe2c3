"""A recorder that dies at any of its statements: the next one finishes what it began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from redis import Redis
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from core.accounts import FrameAccount, read_this_minute
from core.encoding import encode_result
from core.results import ResultQueue
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.frame_accounts import COUNTED
from core.storage.tables import (
    FrameAccountRow,
    HourRollupRow,
    MinuteRollupRow,
    OpenPictureRow,
    SightingPictureRow,
    SightingRow,
)
from core.types import FaceCrop, Result
from tests.workers.scenes import NO_MASK, analysed, at, box
from workers.account_copies import AccountCopier
from workers.recorder import Recorder

STATEMENTS_MIN = 10
"""Fewer would mean that nothing was written."""
STATEMENTS_MAX = 80


class Died(BaseException):
    """As if the process were killed: no handler of ours may catch it."""


@contextmanager
def dying_at(count: int) -> Iterator[None]:
    """Die at that statement, counted from the first that moves a mark; commits count twice."""
    left, has_begun = count, False

    def step(*_: object) -> None:
        nonlocal left
        left -= has_begun
        if left == 0:
            raise Died

    def execute(*arguments: object) -> None:
        nonlocal has_begun
        has_begun = has_begun or "UPDATE partitions" in str(arguments[2])
        step()

    hooks = (
        (Engine, "before_cursor_execute", execute),
        (Session, "before_commit", step),
        (Session, "after_commit", step),
    )
    for target, name, hook in hooks:
        event.listen(target, name, hook)
    try:
        yield
    finally:
        for target, name, hook in hooks:
            event.remove(target, name, hook)


def recorder(redis: Redis, database: Database) -> Recorder:
    minute = read_this_minute(redis)
    copier = AccountCopier(redis, database, lambda: minute)
    return Recorder(database, ResultQueue(redis, "me"), lambda overlays: None, lambda: 1, copier)


def write(redis: Redis, *results: Result) -> None:
    for result in results:
        redis.xadd(f"mw:{{0}}:results:{result.camera_id % 32}", {"r": encode_result(result)})


def visit(camera_id: int) -> list[Result]:
    """Someone whose picture is taken at the third frame; then the next one, who stays."""
    first = [analysed(step * 0.2, [box(10)], NO_MASK, camera_id) for step in range(5)]
    first[2] = replace(first[2], crops=(FaceCrop(0, b"jpeg", is_sharp=False),))
    second = [analysed(1 + step * 0.2, [box(900)], camera_id=camera_id) for step in range(20)]
    second[3] = replace(second[3], crops=(FaceCrop(0, b"other", is_sharp=False),))
    return first + second


def dies(redis: Redis, database: Database, camera_id: int, count: int) -> bool:
    """Record a visit with a recorder that dies at a statement, and one that follows it."""
    results = visit(camera_id)
    write(redis, *results[:4])
    recorder(redis, database).step(at(0), 0.01)
    minute = read_this_minute(redis) - 1
    redis.hset(f"mw:{{0}}:account:{camera_id}:{minute}", mapping={"captured": 9, "analysed": 9})
    write(redis, *results[4:])
    has_died = False
    try:
        with dying_at(count):
            recorder(redis, database).step(at(0), 0.01)
    except Died:
        has_died = True
    recorder(redis, database).step(at(0), 0.01)
    return has_died


@pytest.mark.timeout(600)
def test_a_death_at_any_statement_loses_and_doubles_nothing(
    any_database: Database, redis: Redis, box: SecretBox
) -> None:
    count, has_died = 0, True
    while has_died and count < STATEMENTS_MAX:
        count += 1
        with any_database.write() as session:
            camera_id = add_camera(session, box, NewCamera(f"camera {count}", "0", "0")).id
        has_died = dies(redis, any_database, camera_id, count)
        with any_database.read() as session:
            assert history_of(session, camera_id) == WHOLE, f"died at statement {count}"
    assert STATEMENTS_MIN <= count < STATEMENTS_MAX


WHOLE = (
    [(at(0), at(0.8), 5, b"jpeg")],
    [1, 1],
    1,
    [b"other"],
    [FrameAccount(captured=9, analysed=9)],
)


def history_of(session: Session, camera_id: int) -> tuple[object, ...]:
    """Read sightings with pictures, people by minute and hour, minutes, what is open, accounts."""
    sighting, picture, account = SightingRow, SightingPictureRow, FrameAccountRow
    columns = (sighting.started_at, sighting.ended_at, sighting.faces, picture.content)
    sightings = select(*columns).outerjoin(picture, picture.sighting_id == sighting.id)
    people = [
        session.scalar(select(func.sum(row.no_mask)).where(row.camera_id == camera_id))
        for row in (MinuteRollupRow, HourRollupRow)
    ]
    minutes = select(HourRollupRow.seen_minutes).where(HourRollupRow.camera_id == camera_id)
    waiting = select(OpenPictureRow.content).where(OpenPictureRow.camera_id == camera_id)
    accounts = session.scalars(select(account).where(account.camera_id == camera_id))
    return (
        [tuple(row) for row in session.execute(sightings.where(sighting.camera_id == camera_id))],
        people,
        session.scalar(minutes),
        list(session.scalars(waiting)),
        [FrameAccount(*(getattr(one, name) for name in COUNTED)) for one in accounts],
    )
