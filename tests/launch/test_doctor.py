"""The doctor takes every look, and one that fails hinders no other."""

from pathlib import Path

import pytest
from redis import Redis

from core.errors import WeightsMismatch
from core.settings import load_settings
from launch.database import open_database, open_key
from launch.doctor import Finding, examine


def findings_by_subject(data: Path, **chosen: object) -> dict[str, Finding]:
    return {one.subject: one for one in examine(load_settings(data=data, **chosen))}


def test_a_fresh_machine_is_well(tmp_path: Path) -> None:
    found = findings_by_subject(tmp_path / "data")
    assert all(found[name].ok for name in ("versions", "display", "Redis", "database"))
    assert "not been started" in found["Redis"].detail
    assert not (tmp_path / "data").exists()


def test_it_names_what_does_not_answer(tmp_path: Path, redis: Redis) -> None:
    port = redis.connection_pool.connection_kwargs["port"]
    found = findings_by_subject(
        tmp_path,
        redis_url=f"redis://127.0.0.1:{port}/0",
        database_url="postgresql://u:secret@127.0.0.1:1/x",
    )
    assert found["Redis"].ok
    assert not found["database"].ok
    assert "secret" not in found["database"].detail


def test_it_finds_the_embedded_database_and_key(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path)
    open_key(settings)
    with open_database(settings):
        pass
    found = findings_by_subject(tmp_path)
    assert found["database"].detail == "answers"
    assert found["secret key"].detail.endswith("can be read")


def test_a_named_key_that_is_missing_is_amiss(tmp_path: Path) -> None:
    found = findings_by_subject(tmp_path, secret_key_file=tmp_path / "none")
    assert not found["secret key"].ok


@pytest.mark.parametrize("display", [":0", ""])
def test_it_says_whether_there_is_a_display(
    display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    found = findings_by_subject(tmp_path)["display"]
    assert found.detail.startswith("there" if display else "none")


def test_it_takes_another_rooms_looks_too(tmp_path: Path) -> None:
    def fail() -> str:
        raise WeightsMismatch("no such file; name another one")

    settings = load_settings(data=tmp_path)

    *_, good, bad = examine(settings, ("detector", lambda: "runs"), ("other", fail))

    assert good == Finding("detector", True, "runs")
    assert bad == Finding("other", False, "no such file; name another one")
