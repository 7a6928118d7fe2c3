"""The whole system as a user starts it: a launcher process, its lines, its API."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
READY_S = 120.0
"""Generous: the machines that run tests are shared."""


def command(*arguments: str) -> list[str]:
    """Name a command as the launcher runs it once the environment is made."""
    return [sys.executable, str(ROOT / "cli.py"), *arguments]


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=120, check=False
    )


class House:
    """`maskwatch up` on a data folder of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self._arriving: queue.Queue[str] = queue.Queue()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MASKWATCH_")}
        self.process = subprocess.Popen(
            command("up", "--port", str(self.port), "--data", str(data), *options),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for_line(self, start: str, timeout_s: float = READY_S) -> str:
        """Wait for a line that begins so; returns the rest of it."""
        until = time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            try:
                line = self._arriving.get(timeout=left_s)
            except queue.Empty:
                break
            self.lines.append(line)
            if line.startswith(start):
                return line.removeprefix(start).strip()
        raise AssertionError(f"no line {start!r}; it said:\n" + "\n".join(self.lines))

    def token(self, name: str = "tests", role: str = "admin") -> str:
        made = run_command("token", "create", name, "--role", role, "--data", str(self.data))
        assert made.returncode == 0, made.stderr
        return made.stdout.splitlines()[-1].strip()

    def children(self, word: str = "") -> list[psutil.Process]:
        """List the processes below the launcher whose command line holds a word."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in below if not word or word in _words(one)]

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.wait(60)

    def wait(self, timeout_s: float) -> int:
        """Wait for its end; returns its exit status."""
        status = self.process.wait(timeout_s)
        self._reader.join(5)
        return status

    def logs(self) -> str:
        """Read all that was written: the terminal and every log file."""
        files = sorted((self.data / "logs").glob("*"))
        return "\n".join([*self.lines, *(file.read_text(errors="replace") for file in files)])

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._arriving.put(line.rstrip("\n"))


class Api:
    """A client of the HTTP interface with a token."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def get(self, path: str) -> Any:
        status, answer = self.call("GET", path)
        assert status == 200, (status, answer)
        return answer

    def read(self, path: str) -> bytes:
        """Read what is no JSON: a picture, say."""
        request = urllib.request.Request(
            f"{self._url}/api/v1/{path}", headers={"Authorization": f"Bearer {self._token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content: bytes = answer.read()
            return content

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call the API; returns status and parsed JSON (None where there is none)."""
        request = urllib.request.Request(
            f"{self._url}/api/v1/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _parse(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _parse(error.read())

    def sightings(self, **chosen: object) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in {"limit": 200, **chosen}.items())
        items: list[dict[str, Any]] = self.get(f"sightings?{query}")["items"]
        return items

    def add_camera(self, name: str, url: str, **more: object) -> int:
        status, camera = self.call("POST", "cameras", {"name": name, "url": url, **more})
        assert status == 201, camera
        return int(camera["id"])


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
