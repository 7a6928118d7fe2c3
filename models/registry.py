"""Model versions: from a folder into the database, and from there to where they are loaded.

A version's files are rows of the database. Whoever loads one keeps a copy in
DATA/models, and trusts it only if every file has the checksum of the manifest in SQL.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.detectors import DetectorChoice, DetectorName
from core.errors import BadSettings, NotFound, WeightsMismatch
from core.manifests import NAME, Task, parse_manifest
from core.model_folders import FILE_BYTES_MAX, ModelFolder
from core.settings import Settings
from core.storage.engine import Database
from core.storage.model_versions import (
    ModelVersion,
    find_versions,
    get_version,
    list_versions,
    read_active_ids,
    read_content,
)
from models.analysis import Analyser, load_analyser
from models.manifest import SHIPPED_DETECTOR, read_manifest
from models.shipped import SHIPPED, describe_folder
from models.trials import explain_failures, try_version


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """Networks that are ready. versions: names of those that are versions, the classifier first."""

    analyser: Analyser
    versions: tuple[str, ...]


class ModelRegistry:
    """The model versions of an installation, as files that can be loaded.

    Without a database, this release's versions are all there is.
    """

    def __init__(self, settings: Settings, threads: int | None = None) -> None:
        """threads: cores that a loaded version may use."""
        self._database = Database(settings.database) if settings.database_is_there else None
        self._cache, self._threads = settings.models, threads
        self._choice = settings.detector_choice
        self._runtime = settings.runtime_choice
        self._has_tables = False

    def read_active_ids(self) -> dict[Task, int]:
        """Read which versions are active, of the tasks in use. Raises DatabaseAway."""
        if self._database is None:
            return {}
        # A database of an earlier release, that nobody has migrated yet, has none.
        self._has_tables = self._has_tables or self._database.has_table("model_versions")
        if not self._has_tables:
            return {}
        with self._database.read() as session:
            ids = read_active_ids(session)
        return {task: ids[task] for task in tasks_in_use(self._choice) if task in ids}

    def load(self, ids: Mapping[Task, int]) -> LoadedModels:
        """Load and warm up these versions; those of this release for a task that is left out.

        Raises NotFound, WeightsMismatch, DatabaseAway and BadSettings.
        """
        folders = {task: self.locate(version_id) for task, version_id in ids.items()}
        with explain_failures("the active model"):
            analyser = load_analyser(
                self._threads,
                classifier=folders.get(Task.CLASSIFIER),
                detector=folders.get(Task.DETECTOR),
                choice=self._choice,
                runtime=self._runtime,
            )
            analyser.warm_up()
        finder = folders.get(Task.DETECTOR, SHIPPED_DETECTOR)
        is_ours = Task.DETECTOR in tasks_in_use(self._choice)
        names = [parse_manifest((finder / NAME).read_text()).model_version] if is_ours else []
        return LoadedModels(analyser, (analyser.model_version, *names))

    def check(self, version_id: int) -> None:
        """Load a version alone and run it on generated pictures; errors as of load."""
        try_version(self.locate(version_id), runtime=self._runtime)

    def locate(self, version_id: int) -> Path:
        """Find a version's folder, fetching its files if need be. Errors as of load."""
        if self._database is None:
            raise BadSettings("no database is set here; set MASKWATCH_DATABASE_URL")
        with self._database.read() as session:
            version = get_version(session, version_id)
        if version.is_shipped:
            return _find_shipped(version)
        return self._materialise(self._database, version)

    def find(self, name: str) -> Path:
        """Find the folder of the classifier of that name; errors as of load."""
        if self._database is None:
            raise BadSettings("no database is set here; set MASKWATCH_DATABASE_URL")
        with self._database.read() as session:
            named = find_versions(session, name)
        ids = [one.id for one in named if one.task is Task.CLASSIFIER]
        if not ids:
            raise NotFound(f"the classifier {name} is not kept any more")
        return self.locate(ids[0])

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

    def _materialise(self, database: Database, version: ModelVersion) -> Path:
        """Have the version's files in the cache: those there if they are right, or fetched."""
        folder = self._cache / _copy_name(version)
        try:
            with _hold(self._cache):
                if not _is_intact(folder, version):
                    self._forget_removed(database)
                    self._fetch(database, folder, version)
        except OSError as error:
            raise BadSettings(
                f"{folder} cannot be written ({error.strerror}); give a data folder that can, "
                "by --data or MASKWATCH_DATA"
            ) from error
        return folder

    def _forget_removed(self, database: Database) -> None:
        """Delete copies of removed versions, and what a killed process had begun to fetch."""
        with database.read() as session:
            known = {_copy_name(version) for version in list_versions(session)}
        for folder in self._cache.iterdir():
            if folder.is_dir() and folder.name not in known:
                shutil.rmtree(folder)

    def _fetch(self, database: Database, folder: Path, version: ModelVersion) -> None:
        """Write the files beside the folder, then put them in its place in one step."""
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=self._cache) as beside:
            fresh = Path(beside, "fresh")
            fresh.mkdir()
            for file in version.manifest.files:
                with database.read() as session:
                    (fresh / file.name).write_bytes(read_content(session, version.id, file))
            (fresh / NAME).write_text(version.manifest_text)
            if folder.exists():
                folder.rename(Path(beside, "old"))
            fresh.rename(folder)


def tasks_in_use(choice: DetectorChoice) -> list[Task]:
    """Name the tasks whose versions are loaded; only one detector is a version of ours."""
    is_ours = choice.name is DetectorName.FAST
    return [Task.CLASSIFIER, Task.DETECTOR] if is_ours else [Task.CLASSIFIER]


def read_folder(folder: Path) -> ModelFolder:
    """Read a model folder with its files' contents. Raises WeightsMismatch."""
    manifest = read_manifest(folder)
    for file in manifest.files:
        if file.size > FILE_BYTES_MAX:
            raise WeightsMismatch(
                f"{folder / file.name}: expected at most {FILE_BYTES_MAX} bytes, found {file.size}"
            )
    contents = {file.name: (folder / file.name).read_bytes() for file in manifest.files}
    described = describe_folder(folder)
    return ModelFolder(described.manifest, described.card, contents)


def _find_shipped(version: ModelVersion) -> Path:
    for folder in SHIPPED:
        if (folder / NAME).exists() and (folder / NAME).read_text() == version.manifest_text:
            return folder
    raise WeightsMismatch(
        f"{version.version} came with another release than this; update this installation, or "
        "run `maskwatch migrate` with it"
    )


def _copy_name(version: ModelVersion) -> str:
    return f"{version.task}-{version.version}"


def _is_intact(folder: Path, version: ModelVersion) -> bool:
    """Say whether a folder holds this version, as SQL knows it."""
    try:
        return read_manifest(folder) == version.manifest
    except WeightsMismatch:
        return False


@contextmanager
def _hold(cache: Path) -> Iterator[None]:
    """Let one process at a time change the cache."""
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
