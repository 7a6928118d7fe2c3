"""Everything that the kill test kills, and how."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from redis import Redis

from core.accounts import read_accounts, read_this_minute
from core.encoding import encode_result
from core.keys import PARTITIONS
from core.results import ResultQueue, count_waiting_results
from core.settings import Settings, load_settings
from core.storage.engine import BUSY_TIMEOUT_S, Database, utc_now
from core.types import Result
from tests.kills.cameras import Cameras
from tests.kills.people import SIZE_WH, moment_of
from tests.kills.processes import LOG_NAME, start_recorder, start_worker
from tests.kills.servers import FragileDatabase, Valkey
from tests.waiting import wait_for
from workers.account_copies import AccountCopier
from workers.recorder import Recorder

LEASE_S = 5.5
"""A recorder's lease has run out by then."""
FORGOTTEN_S = 11.0
"""A recorder that does not beat is no longer counted by then."""
LONG_S = BUSY_TIMEOUT_S + 1.5
"""So long SQLite does not wait for a lock."""
STATEMENTS_MAX = 60
CLOSING_FRAMES = 20


class House:
    """Recorder, worker, Redis and database, and what can happen to them."""

    def __init__(
        self,
        folder: Path,
        valkey: Valkey,
        database: FragileDatabase,
        camera_ids: Sequence[int],
        luck: random.Random,
    ) -> None:
        self.worker_log = folder / "worker.log"
        self.cameras = Cameras(valkey.port, camera_ids)
        self._valkey, self._database = valkey, database
        self._camera_ids, self._luck = camera_ids, luck
        self.settings: Settings = load_settings(
            data=folder,
            redis_url=f"redis://127.0.0.1:{valkey.port}/0",
            database_url=database.url,
            lease_ms=400,
        )
        self._recorder: BaseProcess | None = None
        self._worker: BaseProcess | None = None

    @property
    def faults(self) -> dict[str, Callable[[], None]]:
        return {
            "kill the recorder": self.kill_recorder,
            "kill the recorder at a statement": self.kill_recorder_at_a_statement,
            "pause the recorder": self.pause_recorder,
            "kill a worker": self.kill_worker,
            "kill Redis": self.kill_redis,
            "take the database away": self.take_database_away,
            "kill the recorder while the database is away": self.kill_recorder_without_database,
        }

    def log(self) -> str:
        return (self.settings.data / LOG_NAME).read_text()

    def keep_alive(self) -> None:
        """Start what has ended, as a supervisor does."""
        if self._recorder is None or not self._recorder.is_alive():
            self._recorder = start_recorder(self.settings)
        if self._worker is None or not self._worker.is_alive():
            self._worker = start_worker(self.settings, self.worker_log)

    def kill_recorder(self) -> None:
        """Its lease runs out sooner than in life, most times: else little would happen."""
        _kill(self._recorder)
        if self._luck.random() < 0.9:
            self._forget(self._recorder)
        self.keep_alive()

    def kill_recorder_at_a_statement(self) -> None:
        _kill(self._recorder)
        self._forget(self._recorder)
        dying = start_recorder(self.settings, self._luck.randint(1, STATEMENTS_MAX))
        dying.join(4)
        _kill(dying)
        self._forget(dying)
        self._recorder = None
        self.keep_alive()

    def pause_recorder(self) -> None:
        """Stop it beyond its lease; another records meanwhile, and it wakes up."""
        paused, self._recorder = self._recorder, None
        if paused is None or paused.pid is None:
            return
        os.kill(paused.pid, signal.SIGSTOP)
        if self._luck.random() < 0.1:
            time.sleep(FORGOTTEN_S)
        self._forget(paused)
        self.keep_alive()
        time.sleep(self._luck.uniform(0.5, 1.5))
        os.kill(paused.pid, signal.SIGCONT)
        time.sleep(self._luck.uniform(0.0, 1.0))
        survivor, victim = self._luck.sample([paused, self._recorder], 2)
        _kill(victim)
        self._forget(victim)
        self._recorder = survivor

    def kill_worker(self) -> None:
        _kill(self._worker)
        self.keep_alive()

    def kill_redis(self) -> None:
        self._valkey.kill()
        time.sleep(self._luck.uniform(0.0, 0.5))
        self._valkey.start()

    def take_database_away(self) -> None:
        is_long = self._luck.random() < 0.1
        self._database.be_away(LONG_S if is_long else self._luck.uniform(0.1, 2.0))

    def kill_recorder_without_database(self) -> None:
        away = threading.Thread(target=self._database.be_away, args=(1.0,))
        away.start()
        time.sleep(self._luck.uniform(0.0, 1.0))
        self.kill_recorder()
        away.join()

    def settle(self) -> None:
        """Let all that waits be recorded, and copy the minute that runs as if it were over."""
        self.keep_alive()
        redis = self._valkey.client()
        wait_for("no frame waits", lambda: self._is_idle(redis))
        self._empty_the_scenes(redis)
        wait_for("no result waits", lambda: self._is_recorded(redis))
        self.stop()
        self._copy_accounts(redis)
        redis.close()

    def stop(self) -> None:
        for process in (self._recorder, self._worker):
            if process is not None and process.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
                process.join(15)
                _kill(process)

    def _is_idle(self, redis: Redis) -> bool:
        self.keep_alive()
        accounts = read_accounts(redis, self._camera_ids).values()
        return all(one.unresolved == 0 for one in accounts)

    def _is_recorded(self, redis: Redis) -> bool:
        self.keep_alive()
        return count_waiting_results(redis) == 0

    def _empty_the_scenes(self, redis: Redis) -> None:
        for camera_id in self._camera_ids:
            for step in range(CLOSING_FRAMES):
                empty = Result(camera_id, moment_of(self.cameras.frames + step), SIZE_WH)
                stream = f"mw:{{0}}:results:{camera_id % PARTITIONS}"
                redis.xadd(stream, {"r": encode_result(empty)})

    def _copy_accounts(self, redis: Redis) -> None:
        database = Database(self.settings.database)
        copier = AccountCopier(redis, database, lambda: read_this_minute(redis) + 1)
        queue = ResultQueue(redis, "the last one")
        recorder = Recorder(database, queue, lambda overlays: None, lambda: 1, copier)
        recorder.step(utc_now(), 0.01)
        recorder.stop()
        database.close()

    def _forget(self, process: BaseProcess | None) -> None:
        """Let the leases and the beat of a process run out now."""
        if process is None:
            return
        owner = f"{socket.gethostname()}:{process.pid}"
        redis = self._valkey.client()
        keys = [f"mw:{{0}}:recorder:{partition}" for partition in range(PARTITIONS)]
        owners = redis.mget(keys)
        ours = [key for key, one in zip(keys, owners, strict=True) if one == owner.encode()]
        redis.delete(f"mw:house:beat:recorder:{owner}", *ours)
        redis.close()


def _kill(process: BaseProcess | None) -> None:
    if process is not None:
        process.kill()
        process.join(10)
