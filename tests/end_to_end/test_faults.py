"""Processes are killed; everything comes back, and the counts stay right."""

import os
import signal
from datetime import datetime
from typing import Any

import pytest

from core.storage.engine import utc_now
from ingest.demo import DemoScene
from tests.end_to_end.house import Api, House
from tests.waiting import wait_for


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
    wait_for(f"another {kind}", lambda: pids(demo_api, kind) - before)
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


def test_afterwards_every_frame_is_accounted_for(demo_api: Api) -> None:
    for camera in demo_api.get("system")["cameras"]:
        assert camera["frames"]["is_balanced"], camera


def test_afterwards_nobody_is_counted_twice(demo_api: Api) -> None:
    """The demo knows who passed: a few are told apart too often, never all of them."""
    sightings = every_sighting(demo_api)
    for camera in demo_api.get("cameras")["items"]:
        starts = sorted(
            datetime.fromisoformat(one["started_at"]).timestamp()
            for one in sightings
            if one["camera_id"] == camera["id"]
        )
        scene = DemoScene(camera["url"].removeprefix("demo:"))
        passed = scene.people_between(starts[0], starts[-1])
        assert len(starts) <= 1.2 * len(passed) + 2, camera["name"]


def every_sighting(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get(f"sightings?limit=100{cursor}")
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"
