"""Settings come from the environment; options win; nonsense fails at start."""

from pathlib import Path

import pytest

from core.errors import BadSettings
from core.settings import load_settings


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_DATA", "/from/environment")
    assert load_settings().data == Path("/from/environment")
    assert load_settings(data=Path("/from/option")).data == Path("/from/option")
    assert load_settings(data=None).data == Path("/from/environment")


def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_BATCH_FRAMES", "0")
    with pytest.raises(BadSettings, match="MASKWATCH_BATCH_FRAMES is '0'"):
        load_settings()


def test_the_embedded_redis_is_found_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    with pytest.raises(BadSettings, match="maskwatch up"):
        _ = settings.redis
    settings.embedded_redis_file.parent.mkdir()
    settings.embedded_redis_file.write_text("redis://:pw@127.0.0.1:7000/0\n")
    assert settings.redis == "redis://:pw@127.0.0.1:7000/0"


def test_postgres_addresses_name_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_DATABASE_URL", "postgres://u:p@h/db")
    assert load_settings().database == "postgresql+psycopg://u:p@h/db"


def test_an_embedded_database_is_there_once_it_was_made(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    assert not settings.database_is_there
    (tmp_path / "maskwatch.db").touch()
    assert settings.database_is_there
    assert load_settings(data=tmp_path / "other", database_url="postgres://h/db").database_is_there
