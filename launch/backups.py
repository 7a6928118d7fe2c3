"""Back the embedded database up while everything runs, and restore it.

A backup is a .tar.gz of `manifest.json`, `maskwatch.db` and, if asked for, `secret.key`;
the manifest names their checksums. It is its owner's alone (mode 0600).
"""

import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadBackup, BadSettings
from core.model_folders import ModelFolder
from core.private_files import create_private, replace_private
from core.release import VERSION
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.audit import Actor, record_change
from core.storage.copies import (
    check_integrity,
    copy_database,
    outdate_recorders,
    read_revision,
    replace_database,
)
from core.storage.engine import Database
from core.storage.installation import check_key
from launch.data_folder import hold_data_folder, make_data_folder
from launch.database import migrate_database
from migrations import revisions

MANIFEST, DATABASE, KEY = "manifest.json", "maskwatch.db", "secret.key"
_FORMAT = 1
_MANIFEST_BYTES_MAX = 100_000
_COPY_BYTES = 1 << 20


class Shown(Protocol):
    """Where a backup tells how far it is: `launch/commands/progress.py`."""

    def say(self, line: str) -> None: ...

    def move(self, share: float, message: str) -> None: ...


class BackedUpFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. revision: the migration that its database is at."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: datetime
    release: str
    revision: str
    files: dict[str, BackedUpFile]

    @property
    def holds_key(self) -> bool:
        return KEY in self.files

    def describe(self) -> str:
        megabytes = self.files[DATABASE].bytes / 1e6
        key = "with" if self.holds_key else "without"
        return (
            f"the database of {self.made_at:%Y-%m-%d %H:%M} UTC, {megabytes:.1f} MB, "
            f"release {self.release}, {key} the secret key"
        )


def back_up(
    settings: Settings, output: Path, with_key: bool, actor: Actor, shown: Shown
) -> Manifest:
    """Write a backup of the embedded database; others may use it meanwhile.

    1. copy the database as it is now, and prove that the copy is whole
    2. write it with its manifest beside the output, then give it its name
    3. tell the audit
    Raises BadSettings where the output is there already or has no room.
    """
    file = embedded_database(settings)
    output = output.absolute()
    if output.exists():
        raise BadSettings(f"{output} is there already; give another file by --output")
    # The copy, and the archive of it.
    with _workshop(output.parent, 2 * file.stat().st_size) as folder:
        copy_database(file, folder / DATABASE, lambda share: shown.move(share * 0.6, "copying"))
        shown.move(0.6, "checking the copy")
        check_integrity(folder / DATABASE)
        if with_key:
            shutil.copyfile(settings.key_file, folder / KEY)
        manifest = _describe(folder)
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2))
        shown.move(0.8, "packing")
        _pack(folder, folder / "backup", manifest)
        (folder / "backup").rename(output)
    shown.move(1.0, "done")
    with closing(Database(settings.database)) as database:
        # A database of an earlier release, before it is migrated, has no audit.
        if database.has_table("audit"):
            with database.write() as session:
                after = {"file": output.name, "holds_key": manifest.holds_key}
                record_change(session, actor, "database.backup", "database", after=after)
    return manifest


def read_manifest(backup: Path) -> Manifest:
    """Read what a backup holds, without unpacking it. Raises BadBackup."""
    with _opened(backup) as archive:
        member = archive.next()
        content = archive.extractfile(member) if member and member.name == MANIFEST else None
        if member is None or content is None or member.size > _MANIFEST_BYTES_MAX:
            raise BadBackup(f"{backup} is no backup: it does not begin with {MANIFEST}")
        try:
            manifest = Manifest.model_validate_json(content.read())
        except ValidationError as error:
            raise BadBackup(f"{backup} is no backup: its manifest is broken") from error
    # Other names could lead out of the folder that it is unpacked in.
    is_ours = DATABASE in manifest.files and manifest.files.keys() <= {DATABASE, KEY}
    if manifest.format != _FORMAT or not is_ours:
        raise BadBackup(f"{backup} is a backup of another form; this release reads form {_FORMAT}")
    return manifest


def restore(
    settings: Settings,
    backup: Path,
    actor: Actor,
    shown: Shown,
    models: Sequence[ModelFolder] = (),
) -> Path | None:
    """Put a backup in the place of the embedded database; `up` may run meanwhile.

    1. unpack it, prove that it is whole, bring it to this release
    2. prove that our secret key opens it; else take the backup's, if nothing runs
    3. keep a copy of what is there; returns its file, None where there was nothing
    4. replace all of it in one transaction: readers see the one or the other
    models: the versions of this release, which the restored database learns of.
    Raises BadBackup and BadSettings; then nothing was changed.
    """
    make_data_folder(settings.data)
    file = embedded_database(settings, must_exist=False)
    manifest = read_manifest(backup)
    if manifest.revision not in revisions():
        raise BadBackup(
            f"{backup} was made by the later release {manifest.release}; restore it with that one"
        )
    present = file.stat().st_size if file.exists() else 0
    # Unpacked, in the write-ahead log until the end, and what is there as it was.
    with _workshop(settings.data, 2 * manifest.files[DATABASE].bytes + present) as folder:
        shown.move(0.0, "unpacking")
        _unpack(backup, folder, manifest)
        shown.move(0.3, "checking")
        copy = folder / DATABASE
        check_integrity(copy)
        if read_revision(copy) != manifest.revision:
            raise BadBackup(f"{backup}: database and manifest do not belong together")
        with _fitting_key(settings, folder, manifest) as box:
            migrate_database(f"sqlite:///{copy}", box, models)
            _note(copy, actor, backup, manifest)
            if file.exists():
                outdate_recorders(copy, file)
            kept = _keep(file, shown) if file.exists() else None
            replace_database(copy, file, lambda share: shown.move(0.6 + share * 0.4, "replacing"))
    shown.move(1.0, "done")
    return kept


def embedded_database(settings: Settings, *, must_exist: bool = True) -> Path:
    """Name the file of the embedded database. Raises BadSettings where a server is used."""
    if settings.database_url:
        raise BadSettings(
            "the database is a server's: back it up by `pg_dump --format=custom --file=FILE "
            "--dbname=ADDRESS`, and restore it by `pg_restore --clean --if-exists "
            "--single-transaction --dbname=ADDRESS FILE` while nothing of ours runs; ADDRESS is "
            "MASKWATCH_DATABASE_URL"
        )
    file = settings.data / DATABASE
    if must_exist and not file.exists():
        raise BadSettings(f"there is no database in {settings.data}; give its folder by --data")
    return file


def _note(copy: Path, actor: Actor, backup: Path, manifest: Manifest) -> None:
    """Tell the audit of the restored database, which then comes into being with it."""
    with closing(Database(f"sqlite:///{copy}")) as database:
        with database.write() as session:
            after = {"file": backup.name, "made_at": manifest.made_at}
            record_change(session, actor, "database.restore", "database", after=after)
        database.checkpoint()


@contextmanager
def _fitting_key(settings: Settings, folder: Path, manifest: Manifest) -> Iterator[SecretBox]:
    """Find the secret key that opens an unpacked backup.

    Ours, or the backup's: then nothing of ours may run, for all of it holds the other
    one. It is put before ours, which stays as a further line.
    """
    own = SecretBox.open(settings.key_file) if settings.key_file.exists() else None
    if own and _opens(folder / DATABASE, own):
        yield own
        return
    if not manifest.holds_key:
        raise BadBackup(
            f"the secret key {settings.key_file} is not the one of this backup, which does not "
            "hold it: put the right one there, or name it in MASKWATCH_SECRET_KEY_FILE"
        )
    theirs = SecretBox.open(folder / KEY)
    if not _opens(folder / DATABASE, theirs):
        raise BadBackup("the backup holds a secret key that does not open its own database")
    with hold_data_folder(settings.data):
        _put_key_first(folder / KEY, settings.key_file)
        yield theirs


def _opens(database_file: Path, box: SecretBox) -> bool:
    with closing(Database(f"sqlite:///{database_file}")) as database:
        try:
            with database.write() as session:
                check_key(session, box)
        except BadSettings:
            return False
    return True


def _put_key_first(new: Path, key_file: Path) -> None:
    try:
        old = key_file.read_bytes() if key_file.exists() else b""
        replace_private(key_file, new.read_bytes().rstrip() + b"\n" + old)
    except OSError as error:
        raise BadSettings(f"the secret key {key_file} cannot be written: {error}") from error


def _keep(file: Path, shown: Shown) -> Path:
    """Copy what is about to be replaced."""
    folder = file.parent / "replaced"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = folder / f"maskwatch-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    kept.touch(mode=0o600)
    copy_database(file, kept, lambda share: shown.move(0.4 + share * 0.2, "keeping what is there"))
    return kept


def _describe(folder: Path) -> Manifest:
    files = {name: _measure(folder / name) for name in (DATABASE, KEY) if (folder / name).exists()}
    return Manifest(
        format=_FORMAT,
        made_at=datetime.now(UTC),
        release=VERSION,
        revision=read_revision(folder / DATABASE),
        files=files,
    )


def _measure(file: Path) -> BackedUpFile:
    with file.open("rb") as content:
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
    return BackedUpFile(bytes=file.stat().st_size, sha256=checksum)


def _pack(folder: Path, target: Path, manifest: Manifest) -> None:
    with create_private(target) as file:
        # Pictures hardly get smaller, numbers do at once: level 1.
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
            for name in (MANIFEST, *manifest.files):
                archive.add(folder / name, arcname=name, filter=_for_owner_alone)
        file.flush()
        os.fsync(file.fileno())


def _for_owner_alone(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Name no account of this machine, and let no other read what is unpacked by hand."""
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member


def _unpack(backup: Path, folder: Path, manifest: Manifest) -> None:
    """Unpack the files that the manifest names, and no others, and compare their checksums.

    What is not as large as the manifest says is not written: it could fill the disk.
    """
    with _opened(backup) as archive:
        for member in archive:
            expected = manifest.files.get(member.name)
            content = archive.extractfile(member) if expected else None
            if expected and content and member.size == expected.bytes:
                with create_private(folder / member.name) as file:
                    shutil.copyfileobj(content, file, _COPY_BYTES)
    for name, listed in manifest.files.items():
        if not (folder / name).exists() or _measure(folder / name) != listed:
            raise BadBackup(f"{backup} is broken: {name} is not what the manifest says")


@contextmanager
def _opened(backup: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(backup, "r:gz") as archive:
            yield archive
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise BadBackup(f"{backup} cannot be read: {error}") from error


@contextmanager
def _workshop(parent: Path, bytes_needed: int) -> Iterator[Path]:
    """Make a folder of ours alone for the time of the work. Raises BadSettings."""
    if not parent.is_dir():
        raise BadSettings(f"there is no folder {parent}")
    free = shutil.disk_usage(parent).free
    if free < bytes_needed:
        raise BadSettings(
            f"{parent} has {free / 1e6:.0f} MB free; {bytes_needed / 1e6:.0f} MB are needed"
        )
    try:
        with TemporaryDirectory(prefix=".maskwatch-", dir=parent) as folder:
            yield Path(folder)
    except PermissionError as error:
        raise BadSettings(f"{parent} cannot be written: {error.strerror}") from error
