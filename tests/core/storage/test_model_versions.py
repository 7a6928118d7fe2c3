"""Model versions: added whole, read as they were, removed where nothing holds them."""

import pytest
from sqlalchemy import update

from core.errors import Conflict, NotFound, WeightsMismatch
from core.manifests import Task
from core.storage.engine import Database
from core.storage.model_activations import activate
from core.storage.model_versions import (
    ModelVersion,
    add_version,
    find_versions,
    get_version,
    list_versions,
    mark_checked,
    read_active_ids,
    read_card,
    read_content,
    remove_version,
)
from core.storage.tables import ModelFileRow
from tests.model_folders import make_folder


def add(database: Database, version: str = "test-1", task: Task = Task.CLASSIFIER) -> ModelVersion:
    with database.write() as session:
        return add_version(session, make_folder(version, task), "ann")


def test_a_version_is_read_as_it_was_added(any_database: Database) -> None:
    added = add(any_database)

    with any_database.read() as session:
        (listed,) = list_versions(session)
        assert listed == added == get_version(session, added.id)
        assert (listed.task, listed.version) == (Task.CLASSIFIER, "test-1")
        assert (listed.added_by, listed.is_shipped, listed.is_active) == ("ann", False, False)
        assert listed.checked_at is None
        assert listed.manifest_text == make_folder().manifest
        assert read_card(session, added.id) == "# Card"
        for file in listed.manifest.files:
            assert read_content(session, added.id, file) == make_folder().contents[file.name]


def test_a_name_is_taken_for_its_task_alone(any_database: Database) -> None:
    add(any_database)
    add(any_database, task=Task.DETECTOR)

    with pytest.raises(Conflict, match="there is, or was, a classifier test-1 already"):
        add(any_database)

    with any_database.read() as session:
        found = find_versions(session, "test-1")
        assert [one.task for one in found] == [Task.CLASSIFIER, Task.DETECTOR]


def test_the_newest_of_a_task_is_listed_first(database: Database) -> None:
    for version in ("a", "c", "b"):
        add(database, version)

    with database.read() as session:
        assert [one.version for one in list_versions(session)] == ["b", "c", "a"]


def test_an_altered_file_is_refused(any_database: Database) -> None:
    added = add(any_database)
    with any_database.write() as session:
        session.execute(update(ModelFileRow).values(content=b"something else"))

    with any_database.read() as session, pytest.raises(WeightsMismatch, match="found 14 bytes"):
        read_content(session, added.id, added.manifest.files[0])


def test_a_version_that_was_never_active_is_removed_without_a_trace(
    any_database: Database,
) -> None:
    added = add(any_database)

    with any_database.write() as session:
        remove_version(session, added.id)

    add(any_database)
    with any_database.read() as session:
        assert session.query(ModelFileRow).count() == 2
        assert len(list_versions(session)) == 1


def test_the_name_of_one_that_was_active_stays_taken(any_database: Database) -> None:
    first, second = add(any_database, "a"), add(any_database, "b")
    with any_database.write() as session:
        for one in (first, second):
            mark_checked(session, one.id)
            activate(session, one.id, "ann")
    with any_database.write() as session:
        remove_version(session, first.id)

    with pytest.raises(Conflict, match="or was"):
        add(any_database, "a")
    with any_database.read() as session:
        assert [one.version for one in list_versions(session)] == ["b"]
        with pytest.raises(NotFound):
            get_version(session, first.id)
        with pytest.raises(WeightsMismatch, match="no such file"):
            read_content(session, first.id, first.manifest.files[0])


def test_the_active_version_stays(database: Database) -> None:
    added = add(database)
    with database.write() as session:
        mark_checked(session, added.id)
        activate(session, added.id, "ann")

    with database.write() as session, pytest.raises(Conflict, match="test-1 is active"):
        remove_version(session, added.id)


def test_what_never_was_is_not_found(database: Database) -> None:
    with database.write() as session:
        assert read_active_ids(session) == {}
        for ask in (get_version, read_card, mark_checked, remove_version):
            with pytest.raises(NotFound, match="no model version 9"):
                ask(session, 9)
