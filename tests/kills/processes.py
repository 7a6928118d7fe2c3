"""The processes that the kill test kills: the recorder as it is, a worker without networks.

They are forked from a server that has loaded what they need: a hundred of them start
in the time that two would take otherwise. Each ends with that server.
"""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TextIO

from redis.exceptions import RedisError
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from core.connections import connect_redis
from core.errors import BadSettings
from core.frames import FrameQueue, LeasedFrame
from core.outages import Outage
from core.pictures import decode_jpeg
from core.processes import bind_to_parent, stop_on_signals
from core.settings import Settings
from core.types import FaceCrop, Result
from tests.kills.people import number_of, person_of, picture_of, read
from workers.run import run_recorder

LOG_NAME = "processes.log"

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "tests.kills.processes",
        "workers.recorder",
        "workers.account_copies",
        "workers.showing",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
    ]
)


def start_recorder(settings: Settings, dies_at: int | None = None) -> BaseProcess:
    """Start a recorder. dies_at: it is killed at that statement of its recordings.

    Statements are counted from the first one that moves a mark; a commit counts
    twice, before and after.
    """
    return _start(_record, settings, dies_at)


def start_worker(settings: Settings, log: Path) -> BaseProcess:
    """Start a worker that writes to a log which results it will write, and which it has."""
    return _start(_work, settings, log)


def _start(target: Callable[..., None], settings: Settings, *arguments: object) -> BaseProcess:
    process = _FORKS.Process(target=_run, args=(target, settings, *arguments), daemon=True)
    process.start()
    return process


def _run(target: Callable[..., None], settings: Settings, *arguments: object) -> None:
    """Run as long as the server of forks, and say nothing on the terminal of the tests."""
    bind_to_parent()
    logging.basicConfig(filename=settings.data / LOG_NAME, level=logging.INFO)
    try:
        target(settings, *arguments)
    except BadSettings as error:
        logging.warning("%s", error)  # Redis was away at the start; a supervisor tries again
    except Exception:
        logging.exception("%s %d failed", target.__name__, os.getpid())
        raise


def _record(settings: Settings, dies_at: int | None) -> None:
    if dies_at is not None:
        _die_at(dies_at)
    run_recorder(settings, stop_on_signals())


def _die_at(count: int) -> None:
    left = count
    has_begun = False

    def step() -> None:
        nonlocal left
        left -= has_begun
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*arguments: object) -> None:
        nonlocal has_begun
        has_begun = has_begun or "UPDATE partitions" in str(arguments[2])
        step()

    @event.listens_for(Session, "before_commit")
    @event.listens_for(Session, "after_commit")
    def _(_: Session) -> None:
        step()


def _work(settings: Settings, log: Path) -> None:
    """Analyse frames as the inference loop does, by what is drawn in them."""
    stop, redis = stop_on_signals(), connect_redis(settings)
    frames, outage = FrameQueue(redis, lease_ms=settings.lease_ms), Outage(stop)
    # One write of a line to a file that is open to append is not torn by a kill.
    with log.open("a", buffering=1) as lines:
        while not stop.is_set:
            try:
                _pass_on(frames, lines)
            except RedisError as error:
                outage.wait(str(error))


def _pass_on(frames: FrameQueue, lines: TextIO) -> None:
    for leased in frames.take(4, 0.2):
        number = number_of(leased.frame.captured_at)
        lines.write(f"begun {leased.frame.camera_id} {number} {time.time()}\n")
        if frames.finish(leased, _analyse(leased)):
            lines.write(f"done {leased.frame.camera_id} {number} {time.time()}\n")


def _analyse(leased: LeasedFrame) -> Result:
    frame = leased.frame
    faces = read(decode_jpeg(frame.jpeg), frame.camera_id)
    result = Result(
        frame.camera_id, frame.captured_at, frame.size_wh, faces=faces, model_version="truth-1"
    )
    person = person_of((frame.camera_id, number_of(frame.captured_at)))
    crops = (FaceCrop(0, picture_of(person), is_sharp=False),) if len(faces) else ()
    return replace(result, crops=crops)
