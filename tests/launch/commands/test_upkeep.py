"""The commands of upkeep, as an administrator calls them."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.preferences import Preferences, Retention
from core.settings import load_settings
from core.storage.engine import Database, utc_now
from core.storage.installation import write_time_zone
from core.storage.preferences import write_preferences
from core.storage.tables import AuditRow
from launch.database import migrate_database, open_key
from tests.core.storage.past import DAY, Person, keep, minutes_between, register_cameras
from tests.test_cli import call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation in Athens with one day's people at two cameras, kept for 30 days."""
    from zoneinfo import ZoneInfo

    settings = load_settings(data=tmp_path / "data")
    settings.data.mkdir(mode=0o700)
    migrate_database(settings.database, open_key(settings), time_zone="Europe/Athens")
    with closing(Database(settings.database)) as database, database.write() as session:
        write_time_zone(session, ZoneInfo("Europe/Athens"))
        register_cameras(session, 1, 2)
        for camera_id in (1, 2):
            people = [Person(camera_id, DAY + timedelta(hours=hour)) for hour in range(24)]
            keep(session, people, camera_id, minutes_between(DAY, DAY + timedelta(hours=24)))
        days = (utc_now() - DAY).days - 10
        write_preferences(
            session, Preferences(retention=Retention(pictures_days=max(1, days), sightings_days=1))
        )
    return settings.data


def count(data: Path, query: str) -> int:
    with closing(sqlite3.connect(data / "maskwatch.db")) as connection:
        return int(connection.execute(query).fetchone()[0])


def test_a_dry_run_tells_what_would_go_and_deletes_nothing(data: Path) -> None:
    said = call("prune", "--dry-run", "--data", data)
    told = call("prune", "--dry-run", "--json", "--data", data)

    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("would delete 48 pictures (0.0 MB), 48 sightings")
    assert json.loads(told.stdout)["sightings"] == 48
    assert count(data, "SELECT COUNT(*) FROM sightings") == 48


def test_pruning_deletes_and_is_audited_under_the_users_name(data: Path) -> None:
    done = call("prune", "--data", data)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("deleted 48 pictures")
    assert count(data, "SELECT COUNT(*) FROM sightings") == 0
    assert count(data, "SELECT COUNT(*) FROM rollups_hour") == 48
    url = f"sqlite:///{data / 'maskwatch.db'}"
    with closing(Database(url)) as database, database.read() as session:
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "history.prune"))
    assert row.actor_kind == "command"


def test_an_erasure_shows_its_counts_and_asks(data: Path) -> None:
    options = ("--camera", "1", "--from", "2026-03-01T08:00", "--to", "2026-03-01T10:00")

    refused = call("erase", *options, "--data", data, text="n\n")
    accepted = call("erase", *options, "--data", data, text="y\n")

    # 08:00 in Athens is 06:00 UTC
    assert "camera 1 from 2026-03-01T06:00+00:00 to 2026-03-01T08:00+00:00" in refused.stderr
    assert "2 sightings, 2 pictures, 120 minutes" in refused.stderr
    assert refused.exit_code == 1
    assert accepted.exit_code == 0, accepted.stderr
    assert accepted.stdout.startswith("erased 2 sightings, 2 pictures, 120 minutes")
    assert count(data, "SELECT COUNT(*) FROM sightings WHERE camera_id = 1") == 22
    assert count(data, "SELECT SUM(mask) FROM rollups_day WHERE camera_id = 1") == 22


def test_an_erasure_takes_the_cameras_name(data: Path) -> None:
    done = call("erase", "--camera", "camera 1", "--yes", "--json", "--data", data)

    assert json.loads(done.stdout)["sightings"] == 24
    assert count(data, "SELECT COUNT(*) FROM sightings WHERE camera_id = 2") == 24


def test_an_erasure_need_not_ask(data: Path) -> None:
    done = call("erase", "--all", "--yes", "--json", "--data", data)

    assert json.loads(done.stdout)["sightings"] == 48
    assert count(data, "SELECT COUNT(*) FROM rollups_minute") == 0


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        pytest.param((), 2, "--all erases everything", id="nothing named"),
        pytest.param(("--from", "noon"), 2, "found 'noon'", id="no time"),
        pytest.param(
            ("--from", "2026-03-02", "--to", "2026-03-01"), 2, "a time before", id="empty range"
        ),
        pytest.param(("--camera", "9"), 1, "there is no camera 9", id="no such camera"),
        pytest.param(("--camera", "x"), 1, 'there is no camera "x"', id="no camera of that name"),
    ],
)
def test_what_cannot_be_erased_is_said(
    data: Path, options: tuple[str, ...], status: int, words: str
) -> None:
    answer = call("erase", *options, "--yes", "--data", data)

    assert (answer.exit_code, words in answer.stderr) == (status, True)


def test_a_backup_is_made_and_restored(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"
    made = call("backup", "--output", file, "--data", data)
    call("erase", "--all", "--yes", "--data", data)
    refused = call("restore", file, "--data", data, text="n\n")
    before = count(data, "SELECT COUNT(*) FROM sightings")
    done = call("restore", file, "--yes", "--data", data)

    assert made.exit_code == 0, made.stderr
    assert "without the secret key" in made.stdout
    assert "keep a copy of it in another place" in made.stderr
    assert (refused.exit_code, before) == (1, 0)
    assert done.exit_code == 0, done.stderr
    assert "what was there before: " in done.stdout
    assert count(data, "SELECT COUNT(*) FROM sightings") == 48


def test_a_backup_with_its_key_tells_its_contents_as_json(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "saved.tar.gz"

    made = call("backup", "--with-key", "--json", "--output", file, "--data", data)

    answer = json.loads(made.stdout)
    assert answer["file"] == str(file)
    assert set(answer["files"]) == {"maskwatch.db", "secret.key"}
    assert made.stderr == ""
