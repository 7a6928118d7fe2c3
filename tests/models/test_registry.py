"""Model versions on their way: from a folder into SQL, from SQL to where they are loaded."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

import migrations
from core.errors import BadSettings, NotFound, WeightsMismatch
from core.manifests import NAME, FileKind, Task, parse_manifest
from core.model_folders import FILE_BYTES_MAX
from core.settings import Settings, load_settings
from core.storage.engine import Database
from core.storage.model_activations import activate, register_shipped
from core.storage.model_versions import add_version, list_versions, mark_checked, remove_version
from core.storage.tables import ModelFileRow, ModelVersionRow
from models.manifest import SHIPPED_CLASSIFIER, describe_file, read_manifest, write_manifest
from models.registry import ModelRegistry, read_folder
from models.shipped import shipped_folders
from tests.model_folders import make_folder
from tests.models.versions import copy_shipped


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    """Those of the fixture `database`."""
    return load_settings(data=tmp_path)


@pytest.fixture
def registry(settings: Settings) -> ModelRegistry:
    return ModelRegistry(settings, threads=1)


def add(database: Database, version: str = "test-1", task: Task = Task.CLASSIFIER) -> int:
    """Add a version of files that are no networks."""
    with database.write() as session:
        return add_version(session, make_folder(version, task), "ann").id


def test_a_folder_is_read_with_its_files_and_its_card(tmp_path: Path) -> None:
    folder = copy_shipped(tmp_path / "model", "test-1")

    read = read_folder(folder)

    assert read.manifest == (folder / NAME).read_text()
    assert read.card == (folder / "MODEL_CARD.md").read_text()
    expected = {file.name for file in read_manifest(folder).files}
    assert read.contents.keys() == expected


def test_a_folder_of_other_files_than_its_manifests_is_not_read(tmp_path: Path) -> None:
    folder = copy_shipped(tmp_path / "model", "test-1")
    (folder / "classifier.bin").write_bytes(b"other")

    with pytest.raises(WeightsMismatch, match=r"classifier\.bin: expected \d+ bytes"):
        read_folder(folder)


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "network.bin").open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    files = (describe_file(tmp_path / "network.bin", FileKind.OPENVINO),)
    manifest = parse_manifest(make_folder().manifest)
    write_manifest(tmp_path, replace(manifest, files=files))

    with pytest.raises(WeightsMismatch, match="at most 20000000 bytes, found 20000001"):
        read_folder(tmp_path)


def test_the_release_brings_the_classifier_that_it_loads() -> None:
    first, *_ = shipped_folders()

    assert first.manifest == (SHIPPED_CLASSIFIER / NAME).read_text()
    assert first.card
    assert first.contents == {}


def test_a_version_is_fetched_into_the_cache_once(
    database: Database, registry: ModelRegistry, settings: Settings
) -> None:
    version_id = add(database)

    folder = registry.locate(version_id)
    written_at = (folder / "network.bin").stat().st_mtime_ns

    assert folder == settings.models / "classifier-test-1"
    assert registry.locate(version_id) == folder
    assert (folder / "network.bin").stat().st_mtime_ns == written_at
    assert (folder / "network.bin").read_bytes() == make_folder().contents["network.bin"]
    assert sorted(path.name for path in settings.models.iterdir()) == [".lock", folder.name]


@pytest.mark.parametrize("name", ["network.bin", "manifest.json"])
@pytest.mark.parametrize("content", [b"tampered", None], ids=["altered", "gone"])
def test_a_cache_that_was_tampered_with_is_fetched_again(
    database: Database, registry: ModelRegistry, name: str, content: bytes | None
) -> None:
    version_id = add(database)
    folder = registry.locate(version_id)
    (folder / name).unlink()
    if content:
        (folder / name).write_bytes(content)

    assert read_manifest(registry.locate(version_id)).model_version == "test-1"
    assert (folder / "network.bin").read_bytes() == make_folder().contents["network.bin"]


def test_a_version_that_was_tampered_with_in_sql_is_refused(
    database: Database, registry: ModelRegistry, settings: Settings
) -> None:
    version_id = add(database)
    with database.write() as session:
        session.execute(update(ModelFileRow).values(content=b"tampered"))

    with pytest.raises(WeightsMismatch, match=r"network\.xml: expected .* found 8 bytes"):
        registry.locate(version_id)

    assert [path.name for path in settings.models.iterdir()] == [".lock"]


def test_copies_of_removed_versions_go_when_another_is_fetched(
    database: Database, registry: ModelRegistry, settings: Settings
) -> None:
    registry.locate(gone := add(database, "gone"))
    registry.locate(add(database, "kept"))
    (settings.models / ".fetching-by-a-killed-process").mkdir()
    with database.write() as session:
        remove_version(session, gone)

    registry.locate(add(database, "new"))

    names = {path.name for path in settings.models.iterdir()}
    assert names == {".lock", "classifier-kept", "classifier-new"}


def test_several_processes_fetch_one_after_the_other(
    database: Database, settings: Settings
) -> None:
    version_id = add(database)
    found: list[Path] = []

    def locate() -> None:
        found.append(ModelRegistry(settings).locate(version_id))

    threads = [threading.Thread(target=locate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [settings.models / "classifier-test-1"] * 4


def test_a_shipped_version_is_loaded_from_where_it_lies(
    database: Database, registry: ModelRegistry
) -> None:
    with database.write() as session:
        register_shipped(session, shipped_folders())

    ids = registry.read_active_ids()

    assert registry.locate(ids[Task.CLASSIFIER]) == SHIPPED_CLASSIFIER


def test_a_version_of_another_release_is_refused(
    database: Database, registry: ModelRegistry
) -> None:
    with database.write() as session:
        register_shipped(session, [make_folder()])
        (version,) = list_versions(session)

    with pytest.raises(WeightsMismatch, match="came with another release"):
        registry.locate(version.id)


def test_a_name_that_leads_elsewhere_is_refused_even_from_sql(
    database: Database, registry: ModelRegistry
) -> None:
    version_id = add(database)
    with database.write() as session:
        evil = make_folder().manifest.replace("network.bin", "../network.bin")
        session.execute(update(ModelVersionRow).values(manifest=evil))

    with pytest.raises(WeightsMismatch, match="outside the folder"):
        registry.locate(version_id)


def test_what_never_was_is_not_found(registry: ModelRegistry) -> None:
    with pytest.raises(NotFound):
        registry.locate(9)


def test_a_data_folder_that_cannot_be_written_is_named(
    database: Database, registry: ModelRegistry, settings: Settings
) -> None:
    version_id = add(database)
    settings.models.write_text("a file where the folder should be")

    with pytest.raises(BadSettings, match="cannot be written"):
        registry.locate(version_id)


def test_the_active_version_is_loaded_and_answers(
    database: Database, registry: ModelRegistry, tmp_path: Path
) -> None:
    with database.write() as session:
        new = read_folder(copy_shipped(tmp_path / "model", "test-1"))
        added = add_version(session, new, "ann")
        mark_checked(session, added.id)
        activate(session, added.id, "ann")
    registry.check(added.id)

    loaded = registry.load(registry.read_active_ids())

    assert loaded.versions == ("test-1",)
    crops = [np.full((64, 64, 3), 120, np.uint8)]
    assert loaded.analyser.classifier.classify(crops).shape == (1, 3)


def test_a_version_that_is_no_network_does_not_load(
    database: Database, registry: ModelRegistry
) -> None:
    version_id = add(database)

    with pytest.raises(WeightsMismatch, match="test-1 cannot be loaded and run"):
        registry.check(version_id)
    with pytest.raises(WeightsMismatch, match="the active model cannot be loaded and run"):
        registry.load({Task.CLASSIFIER: version_id})


def test_without_a_database_the_shipped_versions_are_there(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "new")
    registry = ModelRegistry(settings, threads=1)

    assert registry.read_active_ids() == {}
    assert registry.load({}).versions == (read_manifest(SHIPPED_CLASSIFIER).model_version,)
    with pytest.raises(BadSettings, match="MASKWATCH_DATABASE_URL"):
        registry.locate(1)
    assert not settings.data.exists()


def test_a_database_of_an_earlier_release_tells_of_no_versions(
    settings: Settings, database: Database, registry: ModelRegistry
) -> None:
    migrations.downgrade(settings.database, "0001")
    assert registry.read_active_ids() == {}

    migrations.upgrade(settings.database)
    with database.write() as session:
        register_shipped(session, shipped_folders())
    assert registry.read_active_ids().keys() >= {Task.CLASSIFIER}


def test_a_detector_is_followed_only_where_it_is_in_use(
    settings: Settings, database: Database
) -> None:
    with database.write() as session:
        register_shipped(session, [make_folder("c"), make_folder("d", Task.DETECTOR)])

    for name, tasks in (("centerface", {Task.CLASSIFIER}), ("fast", set(Task))):
        chosen = load_settings(data=settings.data, detector=name)
        assert ModelRegistry(chosen).read_active_ids().keys() == tasks


def test_a_classifier_is_found_by_its_name(registry: ModelRegistry, database: Database) -> None:
    with database.write() as session:
        register_shipped(session, shipped_folders())
    name = read_manifest(SHIPPED_CLASSIFIER).model_version
    assert registry.find(name) == SHIPPED_CLASSIFIER


def test_a_classifier_that_is_gone_is_not_found_nor_is_a_detector(
    registry: ModelRegistry, database: Database
) -> None:
    version_id = add(database, "test-1")
    add(database, "faces-1", Task.DETECTOR)
    with database.write() as session:
        remove_version(session, version_id)
    for name in ("test-1", "faces-1"):
        with pytest.raises(NotFound, match="is not kept any more"):
            registry.find(name)


def test_without_a_database_no_classifier_is_found_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        ModelRegistry(load_settings(data=tmp_path / "empty")).find("test-1")
