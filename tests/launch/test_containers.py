"""The container files name what exists, give nothing away, and their commands run."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from redis import Redis

import cli
from core.heartbeats import read_heartbeats
from tests.ports import free_port
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service["image"] == "maskwatch"
}
BEATING = ["ingest", "worker", "recorder", "dashboard"]


def test_there_is_a_container_for_each_process() -> None:
    assert set(OURS) == {"migrate", "ingest", "worker", "recorder", "jobs", "dashboard"}


def test_every_command_exists() -> None:
    for name, service in OURS.items():
        assert service["command"][0] == name
        assert name in cli.main.commands


def test_no_password_has_a_default() -> None:
    """`${NAME:?message}` stops with the message where NAME is not set."""
    text = (ROOT / "docker-compose.yml").read_text()
    for reference in re.findall(r"\$\{(\w*PASSWORD\w*)(.)(.)", text):
        assert reference[1:] == (":", "?"), reference
    for service in COMPOSE["services"].values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key or "AUTH" in key:
                assert value.startswith("${"), key


def test_no_password_stands_in_a_command_line() -> None:
    for name, service in COMPOSE["services"].items():
        assert "PASSWORD" not in str(service.get("command", "")), name


def test_every_setting_that_is_given_exists() -> None:
    from core.settings import Settings

    known = {f"MASKWATCH_{name.upper()}" for name in Settings.model_fields}
    for service in OURS.values():
        assert set(service["environment"]) <= known


def test_processes_wait_for_the_migration() -> None:
    for name, service in OURS.items():
        if name != "migrate":
            after = service["depends_on"]
            assert after["migrate"] == {"condition": "service_completed_successfully"}
            assert after["redis"] == {"condition": "service_healthy"}


def test_what_is_waited_for_has_a_health_check() -> None:
    assert "healthcheck" in COMPOSE["services"]["redis"]
    assert "healthcheck" in COMPOSE["services"]["postgres"]


def test_only_the_dashboard_can_be_reached_from_outside() -> None:
    assert [name for name, one in COMPOSE["services"].items() if "ports" in one] == ["dashboard"]


def test_workers_do_not_get_the_secret_key() -> None:
    with_key = {
        name for name, one in OURS.items() if any("key" in v for v in one.get("volumes", []))
    }
    assert with_key == set(OURS) - {"worker"}
    writing = {name for name in with_key if "key:/data" in OURS[name]["volumes"]}
    assert writing == {"migrate"}


def test_uploads_lie_where_the_dashboard_and_the_jobs_both_reach_them() -> None:
    folder = OURS["dashboard"]["environment"]["MASKWATCH_UPLOAD_FOLDER"]
    sharing = {name for name, one in OURS.items() if f"uploads:{folder}" in one.get("volumes", [])}
    assert sharing == {"dashboard", "jobs"}
    # A volume that is mounted where the image has no folder belongs to root.
    assert f"--owner maskwatch /data {folder}" in (ROOT / "Dockerfile").read_text()


def test_every_named_volume_is_declared() -> None:
    named = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])


def test_the_image_is_built_of_files_that_exist_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [
        line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line
    ]
    for path in (path for paths in copied for path in paths):
        assert (ROOT / path).exists(), path
    assert "USER maskwatch" in lines


def test_the_image_holds_every_room_and_no_tests() -> None:
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert {"core", "dashboard", "ingest", "launch", "migrations", "models", "workers"} <= kept
    assert "tests" not in kept
    for path in kept:
        assert (ROOT / path).exists(), path


@pytest.fixture
def environment(redis: Redis, postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """What compose gives a container, of servers on this machine."""
    port = redis.connection_pool.connection_kwargs["port"]
    return {
        "PATH": os.environ["PATH"],
        "MASKWATCH_REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "MASKWATCH_DATABASE_URL": postgres_url,
        "MASKWATCH_DATA": str(tmp_path / "data"),
        "MASKWATCH_MEDIA_FOLDER": str(tmp_path / "media"),
    }


def arguments_of(service: str) -> list[str]:
    """The service's own words, on a free port of the loopback."""
    words = {"0.0.0.0": "127.0.0.1", "8080": str(free_port())}  # noqa: S104  # replaced
    return [words.get(word, word) for word in OURS[service]["command"]]


def run(environment: dict[str, str], *words: str) -> int:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, check=False
    ).returncode


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Every service's command as a plain process, after the migration."""
    assert run(environment, "cli.py", *arguments_of("migrate")) == 0
    processes = {
        name: subprocess.Popen(
            [sys.executable, "cli.py", *arguments_of(name)],
            cwd=ROOT,
            env=environment,
            process_group=0,
        )
        for name in OURS
        if name != "migrate"
    }
    yield processes
    for process in processes.values():
        # The group: a killed web server leaves its worker behind for a while.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_the_services_run_as_plain_processes_and_stop_when_asked(
    environment: dict[str, str], running: dict[str, subprocess.Popen[bytes]], redis: Redis
) -> None:
    assert run(environment, "-m", "launch.alive") in (0, 1)

    def all_beat() -> bool:
        assert all(process.poll() is None for process in running.values())
        return set(BEATING) <= {beat.kind for beat in read_heartbeats(redis)}

    wait_for("a beat of every service", all_beat, 120)
    assert run(environment, "-m", "launch.alive") == 0
    for process in running.values():
        process.send_signal(signal.SIGTERM)
    assert {name: process.wait(timeout=60) for name, process in running.items()} == dict.fromkeys(
        running, 0
    )


def test_nothing_is_alive_where_nothing_runs(environment: dict[str, str]) -> None:
    assert run(environment, "-m", "launch.alive") == 1
