"""Processes are killed; everything comes back, and the counts stay right."""

import os
import signal
from typing import Any

import pytest

from core.storage.engine import utc_now
from tests.end_to_end.house import Api, House, wait_for


def pids(api: Api, kind: str) -> set[int]:
    return {one["pid"] for one in api.get("system")["processes"] if one["kind"] == kind}


def cameras_sighted_since(api: Api, moment: str) -> set[int]:
    return {one["camera_id"] for one in api.sightings(**{"from": moment})}


@pytest.fixture(params=["worker", "ingest", "recorder"])
def killed(request: pytest.FixtureRequest, demo_house: House, demo_api: Api) -> str:
    """Kill a process once it is at work; wait for its successor."""
    kind: str = request.param
    before = wait_for(f"a {kind}", lambda: pids(demo_api, kind))
    (process,) = demo_house.children(kind)
    os.kill(process.pid, signal.SIGKILL)
    wait_for(f"another {kind}", lambda: pids(demo_api, kind) - before, 60)
    return kind


def test_what_is_killed_comes_back_and_every_camera_goes_on(
    killed: str, demo_house: House, demo_api: Api
) -> None:
    moment = utc_now().strftime("%Y-%m-%dT%H:%M:%SZ")
    demo_house.wait_for_line(killed)
    everywhere = {one["id"] for one in demo_api.get("cameras")["items"]}
    wait_for(
        f"new sightings of every camera after a killed {killed}",
        lambda: cameras_sighted_since(demo_api, moment) >= everywhere,
        120,
    )


def test_afterwards_the_accounts_balance_and_nobody_is_counted_twice(demo_api: Api) -> None:
    for camera in demo_api.get("system")["cameras"]:
        assert camera["frames"]["is_balanced"], camera
    sightings = every_sighting(demo_api)
    people = [
        (one["camera_id"], one["started_at"], one["probabilities"]["mask"]) for one in sightings
    ]
    assert len(people) == len({str(person) for person in people})


def every_sighting(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get(f"sightings?limit=100{cursor}")
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"
