"""`up` refuses what cannot work before it starts anything, and knows its programs."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import BadSettings
from core.processes import Stop
from core.settings import load_settings
from launch.up import Address, check_port, our_programs, run_up


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_that_is_taken_is_named_with_what_to_do(taken_port: int) -> None:
    with pytest.raises(BadSettings, match=rf"port {taken_port} on 127.* by --port"):
        check_port(Address("127.0.0.1", taken_port))


def test_an_address_that_is_not_ours_is_named(taken_port: int) -> None:
    with pytest.raises(BadSettings, match=r"port 1234 on 192\.0\.2\.1 cannot be used.*--host"):
        check_port(Address("192.0.2.1", 1234))


def test_nothing_is_made_where_the_port_is_taken(tmp_path: Path, taken_port: int) -> None:
    settings = load_settings(data=tmp_path / "data")
    with pytest.raises(BadSettings):
        run_up(settings, Address("127.0.0.1", taken_port), 1, None, Stop())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        pytest.param("127.0.0.1", "http://127.0.0.1:8080", id="loopback"),
        pytest.param("0.0.0.0", "http://127.0.0.1:8080", id="any"),  # noqa: S104  # not bound
        pytest.param("::", "http://[::1]:8080", id="any of IPv6"),
        pytest.param("cam.example", "http://cam.example:8080", id="name"),
    ],
)
def test_the_printed_address_can_be_opened(host: str, url: str) -> None:
    assert Address(host, 8080).url == url


def test_programs_stop_in_the_order_of_a_frames_way() -> None:
    programs = our_programs(Path("/data"), Address("127.0.0.1", 8080), workers=2)
    order = [program.name for program in sorted(programs, key=lambda one: one.stop_stage)]
    assert order == ["dashboard", "ingest", "worker 1", "worker 2", "recorder", "jobs"]


def test_each_process_is_seen_by_its_word_in_its_command_line() -> None:
    for program in our_programs(Path("/data"), Address("127.0.0.1", 8080), workers=1):
        assert program.command[2] == program.name.split()[0]
        assert program.command[-2:] == ["--data", "/data"]


def test_several_dashboards_share_the_port_and_one_has_it_alone() -> None:
    for count in (1, 3):
        programs = our_programs(Path("/data"), Address("127.0.0.1", 8080, count), workers=1)
        dashboards = [one for one in programs if one.command[2] == "dashboard"]
        assert len(dashboards) == count
        assert all(one.command.count("8080") == 1 for one in dashboards)
        assert all(("--share-port" in one.command) == (count > 1) for one in dashboards)
        assert len({one.log for one in programs}) == len(programs)


@pytest.mark.parametrize("workers", [1, 2, 64])
def test_the_workers_share_the_cores(workers: int) -> None:
    programs = our_programs(Path("/data"), Address("127.0.0.1", 8080), workers)
    shares = [one.command[one.command.index("--threads") + 1] for one in programs[:workers]]
    cores = len(os.sched_getaffinity(0))
    assert sum(map(int, shares)) <= max(cores, workers)
    assert all(int(share) >= 1 for share in shares)


def test_logs_are_told_apart() -> None:
    programs = our_programs(Path("/data"), Address("127.0.0.1", 8080), workers=3)
    assert len({program.log for program in programs}) == len(programs)
