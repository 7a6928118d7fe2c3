"""What is wrong with the whole of it, in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.camera_conditions import Condition
from core.heartbeats import Heartbeat
from dashboard.system_findings import (
    CameraFacts,
    DiskFacts,
    FailedJob,
    RedisFacts,
    Severity,
    SystemFacts,
    find_faults,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = tuple(
    Heartbeat(kind, "host", 7, NOON, version="1.0")
    for kind in ("ingest", "worker", "recorder", "jobs", "dashboard")
)
DOOR = CameraFacts(3, "door", Condition.GOOD, "")
REDIS = RedisFacts("Valkey 9.0", 10, 20, 0, "noeviction", is_on_disk=True)
SOUND = SystemFacts(ALL, (DOOR,), DiskFacts(100_000_000_000, 50_000_000_000), REDIS)


def titles(facts: SystemFacts) -> list[str]:
    return [one.title for one in find_faults(facts)]


def without(*kinds: str) -> SystemFacts:
    return replace(SOUND, processes=[one for one in ALL if one.kind not in kinds])


def test_a_sound_system_has_no_findings() -> None:
    assert find_faults(SOUND) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("ingest", "No ingest process runs: no camera is opened", id="ingest"),
        pytest.param("worker", "No worker process runs: no frame is analysed", id="worker"),
    ],
)
def test_a_process_that_is_missing_is_bad_and_says_how_to_start_it(
    kind: str, expected: str
) -> None:
    (finding,) = find_faults(without(kind))
    assert (finding.severity, finding.title) == (Severity.BAD, expected)
    assert f"`maskwatch {kind}`" in finding.advice


@pytest.mark.parametrize(
    "cameras",
    [
        pytest.param((), id="none"),
        pytest.param((replace(DOOR, condition=Condition.PAUSED),), id="all paused"),
    ],
)
def test_where_no_camera_is_watched_only_jobs_are_missed(cameras: tuple[CameraFacts, ...]) -> None:
    facts = replace(without("ingest", "worker", "recorder", "jobs"), cameras=cameras)
    assert [one[: len("No jobs")] for one in titles(facts)] == ["No jobs"]


def test_a_camera_that_is_behind_says_why_and_leads_to_its_page() -> None:
    slow = replace(DOOR, condition=Condition.SLOW, reason="the workers do not keep up")
    (finding,) = find_faults(replace(SOUND, cameras=(slow,)))
    assert (finding.title, finding.advice) == ("door is behind", slow.reason)
    assert (finding.link, finding.camera_id) == ("/cameras/3", 3)


def test_many_cameras_that_are_behind_are_told_of_together() -> None:
    slow = replace(DOOR, condition=Condition.SLOW, reason="the workers do not keep up")
    gone = replace(DOOR, condition=Condition.LOST, name="gate")
    found = titles(replace(SOUND, cameras=(*[slow] * 16, gone)))
    assert found == ["gate delivers no picture", "16 cameras are behind"]


@pytest.mark.parametrize(
    ("ahead_s", "found"),
    [
        pytest.param(0.9, [], id="a little"),
        pytest.param(60, ["The clock of host is 60 s ahead of Redis's"], id="ahead"),
        pytest.param(-3600, ["The clock of host is 3600 s behind Redis's"], id="behind"),
    ],
)
def test_a_clock_that_is_wrong_is_told_once_a_host(ahead_s: float, found: list[str]) -> None:
    processes = [replace(one, clock_ahead_s=ahead_s) for one in ALL]
    assert titles(replace(SOUND, processes=processes)) == found


def test_a_camera_that_is_behind_for_there_is_no_worker_is_not_told_of_too() -> None:
    slow = replace(DOOR, condition=Condition.SLOW, reason="the workers do not keep up")
    assert len(find_faults(replace(without("worker"), cameras=(slow,)))) == 1


def test_the_worst_stands_first() -> None:
    cameras = (
        replace(DOOR, condition=Condition.UNSTEADY, reason="lost 4 times"),
        replace(DOOR, camera_id=4, name="gate", condition=Condition.LOST, reason="no route"),
    )
    found = titles(replace(SOUND, cameras=cameras))
    assert found == ["gate delivers no picture", "door is lost again and again"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(
            {"disk": DiskFacts(10**11, 800_000_000)}, "The disk has 0.8 GB left", id="disk"
        ),
        pytest.param(
            {"waiting_results": 501}, "501 results wait to be recorded", id="waiting results"
        ),
        pytest.param(
            {"redis": replace(REDIS, used_bytes=90, max_bytes=100)},
            "Valkey 9.0 has used 90% of its memory",
            id="memory",
        ),
        pytest.param(
            {"redis": replace(REDIS, max_bytes=100, policy="allkeys-lru")},
            "Valkey 9.0 may throw results away when its memory is full",
            id="eviction",
        ),
        pytest.param(
            {"redis": replace(REDIS, is_on_disk=False)},
            "Valkey 9.0 keeps nothing on disk",
            id="nothing on disk",
        ),
        pytest.param(
            {"failed_jobs": (FailedJob("a1", "erasure", "it broke off"),)},
            "History was not erased, or not all of it",
            id="failed job",
        ),
        pytest.param(
            {"cameras": (replace(DOOR, is_balanced=False),)},
            "The frame account of door does not balance",
            id="unbalanced account",
        ),
        pytest.param(
            {"processes": (*ALL, Heartbeat("worker", "old", 8, NOON, version="0.9"))},
            "Processes of different releases run together: 0.9, 1.0",
            id="two releases",
        ),
        pytest.param(
            {"processes": (*ALL, Heartbeat("worker", "b", 8, NOON, "x; not the active model: y"))},
            "A worker on b does not use the active model",
            id="another model",
        ),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, object], expected: str) -> None:
    assert titles(replace(SOUND, **changed)) == [expected]  # type: ignore[arg-type]
