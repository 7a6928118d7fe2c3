"""Kill everything at random moments, and compare the history with the truth.

KILL_ROUNDS and KILL_SEED in the environment choose how long, and which moments.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

import migrations
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from tests.kills.cameras import FRAME_EVERY_S
from tests.kills.house import House
from tests.kills.servers import FragileDatabase, Valkey, run_database
from tests.kills.truth import (
    NOT_SYNCED_S,
    compare_accounts,
    compare_leftovers,
    compare_people,
    compare_rollups,
    read_recorded,
)

ROUNDS = int(os.environ.get("KILL_ROUNDS", "50"))
"""On each database; about 1.5 s each."""
SEED = int(os.environ.get("KILL_SEED", time.time_ns() % 10**6))
CAMERAS = 6
PEOPLE_MIN = 4 * CAMERAS


@pytest.mark.timeout(60 + 20 * ROUNDS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_recorded_is_lost_or_double_whatever_is_killed(
    kind: str, tmp_path: Path, box: SecretBox
) -> None:
    print(f"KILL_SEED={SEED} KILL_ROUNDS={ROUNDS} on {kind}")
    valkey = Valkey(tmp_path / "valkey")
    try:
        with run_database(kind, tmp_path) as tested:
            house = _run(tmp_path, valkey, tested, _add_cameras(tested.url, box))
            _compare(house, valkey, tested)
    finally:
        valkey.stop()


def _add_cameras(url: str, box: SecretBox) -> list[int]:
    migrations.upgrade(url)
    database = Database(url)
    with database.write() as session:
        ids = [add_camera(session, box, NewCamera(f"{n}", "0", "0")).id for n in range(CAMERAS)]
    database.close()
    return ids


def _run(folder: Path, valkey: Valkey, tested: FragileDatabase, camera_ids: list[int]) -> House:
    luck, done = random.Random(f"{SEED} {tested.url[:6]}"), Counter[str]()  # noqa: S311  # it repeats what a seed did
    house = House(folder, valkey, tested, camera_ids, luck)
    try:
        house.keep_alive()
        house.cameras.start()
        time.sleep(2)
        names = list(house.faults) * (ROUNDS // len(house.faults) + 1)
        luck.shuffle(names)
        for name in names[:ROUNDS]:
            done[name] += 1
            house.faults[name]()
            house.keep_alive()
            time.sleep(luck.uniform(0.0, 0.8))
        house.cameras.stop()
        house.settle()
    finally:
        house.stop()
    print(dict(done))
    return house


def _compare(house: House, valkey: Valkey, tested: FragileDatabase) -> None:
    recorded = read_recorded(house.worker_log, valkey.killed_at)
    lost_max = round(len(valkey.killed_at) * NOT_SYNCED_S / FRAME_EVERY_S)
    database, redis = Database(tested.url), Redis(port=valkey.port)
    with database.read() as session:
        tally = compare_people(session, recorded)
        faults = tally.faults + compare_rollups(session, recorded) + compare_leftovers(session)
        cameras = house.cameras
        faults += compare_accounts(session, redis, cameras.pushed, cameras.unsure, lost_max)
    database.close()
    redis.close()
    print(
        f"{tally.people} people, {tally.exact} of them exactly known",
        *tally.faults,
        *faults,
        sep="\n",
    )
    assert tally.faults + faults == []
    assert tally.people >= PEOPLE_MIN
    # Of the 2.5 s before each kill of Redis nothing is known exactly.
    assert tally.exact >= tally.people / 5
    assert tally.pictures >= tally.people / 5
