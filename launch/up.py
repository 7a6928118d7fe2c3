"""Run the whole system: embedded servers and every process, until asked to stop."""

import os
import signal
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from core.connections import connect_redis
from core.errors import BadSettings
from core.model_folders import ModelFolder
from core.processes import Stop, own_command
from core.settings import Settings
from core.storage.cameras import NewCamera
from launch.data_folder import hold_data_folder
from launch.database import Greeting, open_key, prepare_database
from launch.embedded_valkey import is_free, prepare_valkey, valkey_command
from launch.readiness import (
    connect_for_probes,
    dashboard_serves,
    name_silent,
    read_beats,
    this_host,
)
from launch.supervisor import POLL_S, Program, Supervisor

_REMIND_EVERY_S = 15.0
_VALKEY_PATIENCE_S = 10.0
"""It writes what it holds to disk; it is killed only if it hangs."""
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # replaced, never bound


@dataclass(frozen=True, slots=True)
class Address:
    """Where the dashboard listens, or several of them at once."""

    host: str
    port: int
    dashboards: int = 1

    @property
    def reachable_host(self) -> str:
        """A host that this machine reaches it by; nobody connects to "any"."""
        return _ANY_HOST.get(self.host, self.host)

    @property
    def url(self) -> str:
        host = self.reachable_host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def run_up(
    settings: Settings,
    address: Address,
    workers: int,
    demo_cameras: Sequence[NewCamera] | None,
    stop: Stop,
    models: Sequence[ModelFolder] = (),
) -> None:
    """Run everything until asked to stop.

    Check the port; hold the data folder; open the secret key; start Valkey;
    prepare the database, with the demo's cameras if any are given, and with the model
    versions of this release; start our processes; say when they serve; restart what
    dies; stop all in order.
    Raises BadSettings.
    """
    check_port(address)
    with hold_data_folder(settings.data) as lock:
        box = open_key(settings)
        supervisor = Supervisor(_say, held_open=[lock])
        try:
            _start_redis(settings, supervisor)
            _say("preparing the database ...")
            greeting = prepare_database(
                settings.database, box, demo_cameras, models, settings.time_zone
            )
            programs = our_programs(settings.data.absolute(), address, workers)
            _say(f"starting {', '.join(program.name for program in programs)} ...")
            for program in programs:
                supervisor.add(program)
            if _wait_until_ready(supervisor, settings, address, workers, stop):
                _greet(settings.public_url.rstrip("/") or address.url, greeting)
            _supervise(supervisor, stop)
        finally:
            _say("stopping ...")
            supervisor.stop()
    _say("stopped")


def check_port(address: Address) -> None:
    """Raise BadSettings if the dashboard could not listen there."""
    try:
        if is_free(address.host, address.port):
            return
        reason = "another program uses it; stop that one, or choose another port by --port"
    except OSError as error:
        reason = f"{error.strerror or error}; choose others by --host and --port"
    raise BadSettings(f"port {address.port} on {address.host} cannot be used: {reason}")


def our_programs(data: Path, address: Address, workers: int) -> list[Program]:
    """List our processes, the slowest to start first.

    They stop along a frame's way (who watches, who captures, who analyses, who
    records), so that nothing is cut off half-way.
    """

    def program(name: str, stop_stage: int, *arguments: str) -> Program:
        command = own_command(*arguments, "--data", str(data))
        log = data / "logs" / f"{name.replace(' ', '-')}.log"
        # Asked, the web server's master ends its own child; killed, it would leave it behind.
        death_signal = signal.SIGTERM if arguments[0] == "dashboard" else signal.SIGKILL
        return Program(name, command, log, stop_stage, death_signal=death_signal)

    # Workers that each take all cores slow each other down.
    threads = ("--threads", str(max(1, len(os.sched_getaffinity(0)) // max(1, workers))))
    listen = ("--host", address.host, "--port", str(address.port))
    share = ("--share-port",) if address.dashboards > 1 else ()
    return [
        *(program(name, 2, "worker", *threads) for name in _worker_names(workers)),
        *(program(name, 0, "dashboard", *listen, *share) for name in _dashboard_names(address)),
        program("ingest", 1, "ingest"),
        program("recorder", 3, "recorder"),
        program("jobs", 4, "jobs"),
    ]


def _worker_names(workers: int) -> list[str]:
    return [f"worker {number}" for number in range(1, workers + 1)]


def _dashboard_names(address: Address) -> list[str]:
    if address.dashboards == 1:
        return ["dashboard"]
    return [f"dashboard {number}" for number in range(1, address.dashboards + 1)]


def _start_redis(settings: Settings, supervisor: Supervisor) -> None:
    """Start the embedded Valkey; or make sure that the Redis of the settings answers."""
    if not settings.redis_is_embedded:
        connect_redis(settings).close()
        return
    _say("starting Valkey ...")
    files = prepare_valkey(settings)
    command, stop_stage = valkey_command(files), 5
    supervisor.add(
        # Also when `up` is killed it is asked, and writes what it holds.
        Program("valkey", command, files.log, stop_stage, _VALKEY_PATIENCE_S, signal.SIGTERM)
    )


def _wait_until_ready(
    supervisor: Supervisor, settings: Settings, address: Address, workers: int, stop: Stop
) -> bool:
    """Wait until every part serves; False if asked to stop before."""
    beating = ["ingest", "recorder", *_worker_names(workers)]
    remind_at_s = monotonic() + _REMIND_EVERY_S
    with closing(connect_for_probes(settings.redis)) as redis:
        while not stop.wait(POLL_S):
            supervisor.step(monotonic())
            pids = {name: supervisor.pid(name) for name in beating}
            waiting = name_silent(pids, read_beats(redis), this_host())
            if not dashboard_serves(address.reachable_host, address.port):
                waiting.append("dashboard")
            if not waiting:
                return True
            if monotonic() > remind_at_s:
                remind_at_s = monotonic() + _REMIND_EVERY_S
                _say(f"still waiting for {', '.join(waiting)}; see {settings.data / 'logs'}")
    return False


def _supervise(supervisor: Supervisor, stop: Stop) -> None:
    while not stop.wait(POLL_S):
        supervisor.step(monotonic())


def _greet(url: str, greeting: Greeting | None) -> None:
    if greeting:
        _say(f"{greeting.label}: {url}{greeting.path}")
    _say(f"ready: {url}")


def _say(text: str) -> None:
    print(text, flush=True)
