"""The embedded Valkey: durable, on loopback, behind a password that stays private."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from core.connections import connect_redis
from core.settings import Settings, load_settings
from launch.data_folder import make_data_folder
from launch.embedded_valkey import ValkeyFiles, is_free, prepare_valkey, valkey_command


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # A folder as people name them, that must be quoted in the configuration.
    data = tmp_path / 'my "mask" data'
    make_data_folder(data)
    return load_settings(data=data)


@contextmanager
def running(files: ValkeyFiles) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(valkey_command(files), stdout=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.terminate()


def test_it_keeps_what_it_was_given(settings: Settings) -> None:
    for expected in (None, b"here"):
        with running(prepare_valkey(settings)):
            redis = connect_redis(settings)
            assert redis.get("frame") == expected
            redis.set("frame", b"here")
            redis.close()


def test_it_asks_for_the_password(settings: Settings) -> None:
    with running(prepare_valkey(settings)):
        connect_redis(settings).close()
        port = int(settings.redis.rpartition(":")[2].removesuffix("/0"))
        with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()


def test_the_password_is_in_no_command_line(settings: Settings) -> None:
    with running(prepare_valkey(settings)) as server:
        connect_redis(settings).close()
        password = settings.redis.split("@")[0].removeprefix("redis://:")
        assert len(password) >= 32
        assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
        assert password not in Path(f"/proc/{server.pid}/environ").read_text()


def test_its_files_are_their_owners_alone(settings: Settings) -> None:
    files = prepare_valkey(settings)
    for path in (files.configuration, settings.embedded_redis_file):
        assert path.stat().st_mode & 0o777 == 0o600


def test_address_and_password_stay_from_start_to_start(settings: Settings) -> None:
    prepare_valkey(settings)
    first = settings.redis
    prepare_valkey(settings)
    assert settings.redis == first


def test_a_port_taken_meanwhile_is_changed(settings: Settings) -> None:
    with running(prepare_valkey(settings)):
        connect_redis(settings).close()
        first = settings.redis
        prepare_valkey(settings)
        assert settings.redis != first
        assert settings.redis.split("@")[0] == first.split("@")[0]


def test_a_broken_address_file_is_written_anew(settings: Settings) -> None:
    settings.embedded_redis_file.write_text("redis://:x@127.0.0.1:notaport/0")
    prepare_valkey(settings)
    assert re.fullmatch(r"redis://:[\w-]{43}@127\.0\.0\.1:\d+/0", settings.redis)


def test_a_port_is_free_until_somebody_listens(valkey_port: int) -> None:
    assert not is_free("127.0.0.1", valkey_port)


def test_an_address_of_another_machine_raises() -> None:
    with pytest.raises(OSError, match="assign"):
        is_free("192.0.2.1", 8080)


@pytest.fixture
def valkey_port(redis: Redis) -> int:
    return int(redis.connection_pool.connection_kwargs["port"])
