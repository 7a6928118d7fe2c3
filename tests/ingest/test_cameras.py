import logging
import threading
from collections.abc import Iterator

import pytest

from core.heartbeats import CameraHealth, CameraState
from core.processes import Stop
from ingest import cameras
from ingest.cameras import CameraSupervisor
from ingest.frame_steps import CapturePlan
from tests.ingest.fakes import START

WAIT_S = 5


class FakeCapture:
    """Runs until it is stopped; fails at first as often as told."""

    def __init__(self, plan: CapturePlan, failures: int = 0) -> None:
        self.plan, self._failures = plan, failures
        self.started, self.stopped = threading.Event(), threading.Event()
        self.health = CameraHealth(plan.camera_id, CameraState.LIVE, START)

    def run(self, stop: Stop) -> None:
        if self._failures:
            self._failures -= 1
            raise ZeroDivisionError("nobody foresaw this")
        self.started.set()
        stop.wait(WAIT_S)
        self.stopped.set()


class House:
    """A supervisor and the captures that it has made, in order."""

    def __init__(self) -> None:
        self.made: list[FakeCapture] = []
        self.failures = 0
        self.supervisor = CameraSupervisor(self._make)

    def _make(self, plan: CapturePlan) -> FakeCapture:
        self.made.append(FakeCapture(plan, self.failures))
        return self.made[-1]


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.supervisor.stop(WAIT_S)


def _plan(camera_id: int, address: str = "0", *, is_paused: bool = False) -> CapturePlan:
    return CapturePlan(camera_id, address, is_paused=is_paused)


def test_each_camera_has_a_capture(house: House) -> None:
    house.supervisor.follow([_plan(1), _plan(2)])

    assert all(one.started.wait(WAIT_S) for one in house.made)
    assert [one.plan.camera_id for one in house.made] == [1, 2]


def test_what_has_not_changed_goes_on(house: House) -> None:
    house.supervisor.follow([_plan(1)])
    house.supervisor.follow([_plan(1)])

    assert len(house.made) == 1


def test_a_new_camera_does_not_touch_the_others(house: House) -> None:
    house.supervisor.follow([_plan(1)])
    house.supervisor.follow([_plan(1), _plan(2)])

    assert [one.plan.camera_id for one in house.made] == [1, 2]
    assert not house.made[0].stopped.is_set()


def test_a_changed_camera_alone_starts_again(house: House) -> None:
    house.supervisor.follow([_plan(1), _plan(2)])
    house.supervisor.follow([_plan(1), _plan(2, "1")])

    assert house.made[1].stopped.wait(WAIT_S)
    assert house.made[2].started.wait(WAIT_S)
    assert house.made[2].plan.address == "1"
    assert not house.made[0].stopped.is_set()


def test_a_removed_camera_stops_and_is_named(house: House) -> None:
    house.supervisor.follow([_plan(1), _plan(2)])

    assert house.supervisor.follow([_plan(1)]) == {2}
    assert house.made[1].stopped.wait(WAIT_S)
    assert [one.camera_id for one in house.supervisor.healths()] == [1]


def test_a_paused_camera_has_no_capture_but_a_state(house: House) -> None:
    house.supervisor.follow([_plan(1, is_paused=True)])

    (health,) = house.supervisor.healths()
    assert (health.camera_id, health.state) == (1, CameraState.PAUSED)
    assert not house.made


def test_pausing_stops_and_going_on_starts(house: House) -> None:
    house.supervisor.follow([_plan(1)])
    house.supervisor.follow([_plan(1, is_paused=True)])
    assert house.made[0].stopped.wait(WAIT_S)

    house.supervisor.follow([_plan(1)])

    assert house.made[1].started.wait(WAIT_S)


def test_no_camera_is_fine(house: House) -> None:
    assert house.supervisor.follow([]) == set()
    assert house.supervisor.healths() == []
    assert house.supervisor.stop(0) == 0


def test_a_capture_that_fails_is_logged_counted_and_started_again(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "CRASH_PAUSE_S", 0.01)
    house.failures = 2

    with caplog.at_level(logging.ERROR):
        house.supervisor.follow([_plan(1)])
        assert house.made[0].started.wait(WAIT_S)

    assert house.supervisor.crashes == 2
    assert "ZeroDivisionError: nobody foresaw this" in caplog.text


def test_it_stops_every_capture(house: House) -> None:
    house.supervisor.follow([_plan(1), _plan(2)])
    assert all(one.started.wait(WAIT_S) for one in house.made)

    assert house.supervisor.stop(WAIT_S) == 0
    assert all(one.stopped.is_set() for one in house.made)


def test_it_does_not_wait_longer_than_told_for_a_capture_that_hangs(house: House) -> None:
    released = threading.Event()
    house.supervisor = CameraSupervisor(lambda plan: _Hanging(plan, released))
    house.supervisor.follow([_plan(1)])

    assert house.supervisor.stop(0.05) == 1

    released.set()


class _Hanging(FakeCapture):
    def __init__(self, plan: CapturePlan, released: threading.Event) -> None:
        super().__init__(plan)
        self._released = released

    def run(self, stop: Stop) -> None:
        self._released.wait(WAIT_S)
