"""However it ends, it ends whole."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.house import House
from tests.waiting import wait_for


def are_gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_every_child_and_exits_0(tmp_path: Path, number: signal.Signals) -> None:
    house = House(tmp_path / "data")
    house.wait_for_line("ready:")
    children = house.children()
    assert len(children) >= 5

    house.process.send_signal(number)

    assert house.wait(60) == 0
    assert are_gone(children)


def test_killing_the_launcher_leaves_no_orphan(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.wait_for_line("ready:")
    children = house.children()

    os.kill(house.process.pid, signal.SIGKILL)
    house.wait(60)

    wait_for("every child gone", lambda: are_gone(children))


def test_a_second_start_on_the_same_folder_goes_on(tmp_path: Path) -> None:
    first = House(tmp_path / "data", "--demo")
    first.wait_for_line("ready:")
    assert first.stop() == 0

    second = House(tmp_path / "data", "--demo")
    try:
        second.wait_for_line("ready:", 60)
        other = House(tmp_path / "data")
        assert other.wait(60) == 1
    finally:
        assert second.stop() == 0
