"""A backup made during writes is whole; restoring one is all or nothing."""

import io
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

import migrations
from core.errors import BadBackup, BadSettings
from core.settings import Settings, load_settings
from core.storage import copies
from core.storage.audit import SYSTEM
from core.storage.cameras import NewCamera, add_camera, list_cameras
from core.storage.copies import copy_database, replace_database
from core.storage.engine import Database
from core.storage.recording import read_mark
from core.storage.sites import list_sites
from launch.backups import back_up, read_manifest, restore
from launch.data_folder import hold_data_folder
from launch.database import migrate_database, open_key


class Silent:
    def say(self, line: str) -> None:
        pass

    def move(self, share: float, message: str) -> None:
        pass


def installation(folder: Path) -> Settings:
    """A database with a key, a camera and 20 MB of rows."""
    settings = load_settings(data=folder, database_url="", secret_key_file=None)
    folder.mkdir(mode=0o700)
    migrate_database(settings.database, open_key(settings))
    with closing(Database(settings.database)) as database, database.write() as session:
        add_camera(session, open_key(settings), NewCamera("door", "rtsp://a:b@c", "rtsp://a:***@c"))
    with closing(sqlite3.connect(folder / "maskwatch.db")) as connection, connection:
        connection.execute("CREATE TABLE ballast (n INTEGER PRIMARY KEY, x BLOB)")
        connection.executemany("INSERT INTO ballast (x) VALUES (?)", [(b"x" * 4000,)] * 5000)
    return settings


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Made once; tests copy it."""
    return installation(tmp_path_factory.mktemp("backups") / "data")


@pytest.fixture
def settings(pristine: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    for name in ("maskwatch.db", "secret.key"):
        (folder / name).write_bytes((pristine.data / name).read_bytes())
    return load_settings(data=folder, database_url="", secret_key_file=None)


@pytest.fixture
def saved(settings: Settings, tmp_path: Path) -> Path:
    """A backup with the key."""
    back_up(settings, tmp_path / "saved.tar.gz", True, SYSTEM, Silent())
    return tmp_path / "saved.tar.gz"


def names(settings: Settings) -> list[str]:
    with closing(Database(settings.database)) as database, database.read() as session:
        return [camera.name for camera in list_cameras(session, open_key(settings))]


def add(settings: Settings, name: str) -> None:
    with closing(Database(settings.database)) as database, database.write() as session:
        add_camera(session, open_key(settings), NewCamera(name, "rtsp://c", "rtsp://c"))


def count_ballast(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM ballast").fetchone()[0])


def test_a_backup_brings_a_database_back(settings: Settings, saved: Path) -> None:
    add(settings, "gate")

    kept = restore(settings, saved, SYSTEM, Silent())

    assert names(settings) == ["door"]
    assert kept is not None
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with closing(sqlite3.connect(kept)) as connection:
        rows = connection.execute("SELECT name FROM cameras ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["door", "gate"]


def test_a_backup_says_what_it_holds_and_is_its_owners_alone(
    settings: Settings, saved: Path, tmp_path: Path
) -> None:
    without = tmp_path / "without.tar.gz"
    back_up(settings, without, False, SYSTEM, Silent())

    manifest = read_manifest(saved)

    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert (manifest.holds_key, read_manifest(without).holds_key) == (True, False)
    assert manifest.revision == migrations.revisions()[0]
    assert "with the secret key" in manifest.describe()
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["manifest.json", "maskwatch.db", "secret.key"]
        assert {member.mode for member in archive} == {0o600}


def test_backups_and_restores_stand_in_the_audit(settings: Settings, saved: Path) -> None:
    restore(settings, saved, SYSTEM, Silent())

    with closing(sqlite3.connect(settings.data / "maskwatch.db")) as connection:
        query = "SELECT action, after FROM audit WHERE action LIKE 'database.%'"
        rows = connection.execute(query).fetchall()
    assert [row[0] for row in rows] == ["database.restore"]  # that of the backup came after it
    assert json.loads(rows[0][1])["file"] == saved.name


def test_a_copy_made_during_writes_ends_and_is_of_one_moment(
    settings: Settings, tmp_path: Path
) -> None:
    """Each writer's transaction adds two rows: a copy with an odd number would be torn."""
    file, target = settings.data / "maskwatch.db", tmp_path / "copy.db"
    with closing(Database(settings.database)):  # WAL, as always
        pass
    done = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as connection:
            while not done.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO ballast (x) VALUES ('a')")
                connection.execute("INSERT INTO ballast (x) VALUES ('b')")
                connection.execute("COMMIT")
                written += 1

    writer = threading.Thread(target=write)
    shares: list[float] = []

    def tell(share: float) -> None:
        shares.append(share)
        if len(shares) == 1:
            writer.start()
        seen = written
        while written == seen:  # a write between every two steps
            done.wait(0.001)

    copy_database(file, target, tell)
    done.set()
    writer.join()

    copies.check_integrity(target)
    assert count_ballast(target) == 5000
    assert len(shares) > 3
    assert count_ballast(file) == 5000 + 2 * written


def test_a_reader_sees_the_old_or_the_new_and_nothing_between(
    settings: Settings, tmp_path: Path
) -> None:
    file, copy = settings.data / "maskwatch.db", tmp_path / "copy.db"
    copy_database(file, copy, lambda _: None)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM ballast WHERE n > 10")
        connection.execute("CREATE TABLE fresh (n INTEGER)")
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("PRAGMA journal_mode = WAL")
        counts = []

        def look(_: float) -> None:
            counts.append(reader.execute("SELECT COUNT(*) FROM ballast").fetchone()[0])

        replace_database(copy, file, look)
        after = reader.execute("SELECT COUNT(*) FROM ballast").fetchone()[0]

        assert set(counts[:-1]) == {5000}  # the last is told after the end
        assert after == 10
        assert reader.execute("SELECT COUNT(*) FROM fresh").fetchone()[0] == 0
    copies.check_integrity(file)


def _restore_and_die(file: Path, copy: Path) -> None:
    def tell(share: float) -> None:
        if share > 0.5:
            os.kill(os.getpid(), signal.SIGKILL)

    replace_database(copy, file, tell)


def test_a_restore_that_is_killed_half_way_leaves_the_old_database(
    settings: Settings, tmp_path: Path
) -> None:
    file, copy = settings.data / "maskwatch.db", tmp_path / "copy.db"
    copy_database(file, copy, lambda _: None)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE ballast SET x = randomblob(4000)")
        connection.execute("INSERT INTO ballast (x) VALUES ('new')")
    process = multiprocessing.get_context("spawn").Process(
        target=_restore_and_die, args=(file, copy)
    )
    process.start()
    process.join(60)

    assert process.exitcode == -signal.SIGKILL
    assert count_ballast(file) == 5000
    copies.check_integrity(file)
    assert names(settings) == ["door"]


def test_recorders_read_anew_after_a_restore(settings: Settings, saved: Path) -> None:
    with closing(Database(settings.database)) as database:
        with database.read() as session:
            held = read_mark(session, 1)
        restore(settings, saved, SYSTEM, Silent())
        with database.read() as session:
            found = read_mark(session, 1)

    assert found.version > held.version + 1000


def test_an_older_backup_is_migrated(settings: Settings, tmp_path: Path) -> None:
    old = load_settings(data=tmp_path / "old", database_url="", secret_key_file=settings.key_file)
    migrations.upgrade(old.database, "0003")
    box = open_key(settings)
    with closing(sqlite3.connect(tmp_path / "old" / "maskwatch.db")) as connection, connection:
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('key_check', ?)", (box.seal("key_check"),)
        )
        connection.execute(
            "INSERT INTO cameras (name, sealed_address, redacted_address, transport, site, zone, "
            "is_paused, frames_per_second, long_side, version, created_at, updated_at) VALUES "
            "('old door', ?, '', 'tcp', 'north', '', 0, 5, 960, 1, 0, 0)",
            (box.seal("rtsp://c"),),
        )
    backup = tmp_path / "old.tar.gz"
    back_up(old, backup, False, SYSTEM, Silent())

    restore(settings, backup, SYSTEM, Silent())

    assert names(settings) == ["old door"]
    with closing(Database(settings.database)) as database, database.read() as session:
        assert [site.name for site in list_sites(session)] == ["north"]


def test_a_backup_of_a_later_release_is_refused(settings: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(settings.data / "maskwatch.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    back_up(settings, tmp_path / "later.tar.gz", False, SYSTEM, Silent())

    with pytest.raises(BadBackup, match="later release"):
        restore(settings, tmp_path / "later.tar.gz", SYSTEM, Silent())


def other_installation(settings: Settings, folder: Path) -> Settings:
    """The same program elsewhere, with a secret key of its own."""
    other = load_settings(data=folder, database_url="", secret_key_file=None)
    folder.mkdir(mode=0o700)
    migrate_database(other.database, open_key(other))
    return other


def test_a_backup_of_another_key_is_restored_with_its_key(
    settings: Settings, saved: Path, tmp_path: Path
) -> None:
    other = other_installation(settings, tmp_path / "other")
    own_key = other.key_file.read_bytes()

    restore(other, saved, SYSTEM, Silent())

    assert names(other) == ["door"]
    keys = other.key_file.read_bytes().split()
    assert keys == [settings.key_file.read_bytes().strip(), own_key.strip()]
    assert stat.S_IMODE(other.key_file.stat().st_mode) == 0o600


def test_a_backup_of_another_key_without_it_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = other_installation(settings, tmp_path / "other")
    back_up(settings, tmp_path / "keyless.tar.gz", False, SYSTEM, Silent())

    with pytest.raises(BadBackup, match="does not hold it"):
        restore(other, tmp_path / "keyless.tar.gz", SYSTEM, Silent())

    assert names(other) == []


def test_another_key_is_not_taken_while_up_runs(
    settings: Settings, saved: Path, tmp_path: Path
) -> None:
    other = other_installation(settings, tmp_path / "other")
    key = other.key_file.read_bytes()

    with hold_data_folder(other.data), pytest.raises(BadSettings, match="is in use"):
        restore(other, saved, SYSTEM, Silent())

    assert (names(other), other.key_file.read_bytes()) == ([], key)


def test_a_backup_starts_an_installation_in_an_empty_folder(saved: Path, tmp_path: Path) -> None:
    fresh = load_settings(data=tmp_path / "fresh", database_url="", secret_key_file=None)

    assert restore(fresh, saved, SYSTEM, Silent()) is None

    assert names(fresh) == ["door"]
    assert stat.S_IMODE((fresh.data / "maskwatch.db").stat().st_mode) == 0o600


def rewrite(backup: Path, changed: dict[str, bytes | None]) -> None:
    """Put other content into a backup; None leaves a file out."""
    with tarfile.open(backup) as archive:
        files: dict[str, bytes | None] = {}
        for member in archive:
            opened = archive.extractfile(member)
            assert opened is not None
            files[member.name] = opened.read()
    with tarfile.open(backup, "w:gz") as archive:
        for name, content in {**files, **changed}.items():
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"manifest.json": b"{}"}, "manifest is broken", id="odd manifest"),
        pytest.param({"manifest.json": None}, "does not begin", id="no manifest"),
        pytest.param({"maskwatch.db": b"x"}, "not what the manifest says", id="other database"),
        pytest.param({"maskwatch.db": None}, "not what the manifest says", id="no database"),
        pytest.param({"secret.key": b"x"}, "not what the manifest says", id="other key"),
    ],
)
def test_a_broken_backup_changes_nothing(
    settings: Settings, saved: Path, changed: dict[str, bytes | None], words: str
) -> None:
    add(settings, "gate")
    rewrite(saved, changed)

    with pytest.raises(BadBackup, match=words):
        restore(settings, saved, SYSTEM, Silent())

    assert names(settings) == ["door", "gate"]
    assert list(settings.data.glob(".maskwatch-*")) == []


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08broken"])
def test_what_is_no_archive_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "no.tar.gz"
    file.write_bytes(content)

    with pytest.raises(BadBackup, match=r"cannot be read|does not begin"):
        restore(settings, file, SYSTEM, Silent())


def test_files_that_the_manifest_does_not_name_are_left_in_the_archive(
    settings: Settings, saved: Path, tmp_path: Path
) -> None:
    rewrite(saved, {"../evil": b"x"})

    restore(settings, saved, SYSTEM, Silent())

    assert not (settings.data / "evil").exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("name", ["../evil", "{parent}/evil", "other.db"])
def test_a_manifest_that_names_other_files_is_refused(
    settings: Settings, saved: Path, tmp_path: Path, name: str
) -> None:
    name = name.format(parent=tmp_path)
    manifest = json.loads(read_manifest(saved).model_dump_json())
    manifest["files"][name] = {"bytes": 1, "sha256": sha256(b"x").hexdigest()}
    rewrite(saved, {"manifest.json": json.dumps(manifest).encode(), name: b"x"})

    with pytest.raises(BadBackup, match="another form"):
        restore(settings, saved, SYSTEM, Silent())

    assert not (settings.data / "evil").exists()
    assert not (tmp_path / "evil").exists()


def test_a_broken_database_is_not_backed_up(settings: Settings, tmp_path: Path) -> None:
    file = settings.data / "maskwatch.db"
    content = bytearray(file.read_bytes())
    content[4096 * 100 : 4096 * 120] = b"z" * 4096 * 20
    file.write_bytes(content)

    with pytest.raises(BadBackup):
        back_up(settings, tmp_path / "broken.tar.gz", False, SYSTEM, Silent())

    assert list(tmp_path.glob("*.tar.gz")) == []


def test_a_file_that_is_there_is_not_overwritten(settings: Settings, saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(BadSettings, match="is there already"):
        back_up(settings, saved, False, SYSTEM, Silent())
    assert saved.read_bytes() == before


def test_a_backup_without_room_is_refused_before_it_begins(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=30_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(BadSettings, match=r"has 30 MB free; 4\d MB are needed"):
        back_up(settings, tmp_path / "a.tar.gz", False, SYSTEM, Silent())


def test_a_servers_database_is_left_to_its_own_programs(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, database_url="postgresql://u:secret@host/db")

    with pytest.raises(BadSettings, match="pg_dump") as caught:
        back_up(settings, tmp_path / "a.tar.gz", False, SYSTEM, Silent())
    assert "secret" not in str(caught.value)
    with pytest.raises(BadSettings, match="pg_restore"):
        restore(settings, tmp_path / "a.tar.gz", SYSTEM, Silent())


def test_a_folder_without_a_database_is_named(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, database_url="")
    with pytest.raises(BadSettings, match="there is no database"):
        back_up(settings, tmp_path / "a.tar.gz", False, SYSTEM, Silent())
