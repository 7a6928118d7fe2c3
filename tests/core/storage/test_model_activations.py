"""One active version a task, a history to go back through, and a release's own versions."""

import threading
from collections.abc import Sequence

import pytest

from core.errors import Conflict, NotFound
from core.manifests import Task
from core.model_folders import ModelFolder
from core.storage.engine import Database
from core.storage.model_activations import activate, register_shipped, roll_back
from core.storage.model_versions import (
    add_version,
    find_versions,
    list_versions,
    mark_checked,
    read_active_ids,
    remove_version,
)
from tests.model_folders import make_folder


def add(database: Database, *versions: str) -> list[int]:
    """Add classifiers that were seen to run; their ids."""
    with database.write() as session:
        ids = [add_version(session, make_folder(one), "ann").id for one in versions]
        for version_id in ids:
            mark_checked(session, version_id)
    return ids


def make_active(database: Database, *ids: int) -> None:
    for version_id in ids:
        with database.write() as session:
            activate(session, version_id, "ann")


def active(database: Database, task: Task = Task.CLASSIFIER) -> str | None:
    with database.read() as session:
        (found,) = [o.version for o in list_versions(session) if o.is_active and o.task is task]
        return found


def go_back(database: Database) -> str:
    with database.write() as session:
        return roll_back(session, Task.CLASSIFIER, "ann").version


def test_the_last_activated_is_active(any_database: Database) -> None:
    a, b = add(any_database, "a", "b")

    make_active(any_database, a, b)

    assert active(any_database) == "b"
    with any_database.read() as session:
        assert read_active_ids(session) == {Task.CLASSIFIER: b}


def test_tasks_have_active_versions_of_their_own(any_database: Database) -> None:
    make_active(any_database, *add(any_database, "a"))
    with any_database.write() as session:
        detector = add_version(session, make_folder("d", Task.DETECTOR), "ann")
        mark_checked(session, detector.id)
        activate(session, detector.id, "ann")

    assert (active(any_database), active(any_database, Task.DETECTOR)) == ("a", "d")


def test_what_was_never_seen_to_run_is_not_activated(database: Database) -> None:
    with database.write() as session:
        added = add_version(session, make_folder(), "ann")
        with pytest.raises(Conflict, match="never seen to run"):
            activate(session, added.id, "ann")
        with pytest.raises(NotFound):
            activate(session, 99, "ann")


def test_rollbacks_walk_back_step_by_step(any_database: Database) -> None:
    make_active(any_database, *add(any_database, "a", "b", "c"))

    assert [go_back(any_database), go_back(any_database)] == ["b", "a"]
    assert active(any_database) == "a"
    with pytest.raises(Conflict, match="no classifier was active before"):
        go_back(any_database)


def test_a_rollback_after_a_new_activation_undoes_that_one(database: Database) -> None:
    a, b, c = add(database, "a", "b", "c")
    make_active(database, a, b)
    go_back(database)
    make_active(database, c)

    assert go_back(database) == "a"


def test_activating_the_active_one_again_is_no_step(database: Database) -> None:
    a, b = add(database, "a", "b")
    make_active(database, a, b, b)

    assert go_back(database) == "a"


def test_a_rollback_leaves_out_what_was_removed(any_database: Database) -> None:
    a, b, c = add(any_database, "a", "b", "c")
    make_active(any_database, a, b, c)
    with any_database.write() as session:
        remove_version(session, b)

    assert go_back(any_database) == "a"


def test_a_rollback_skips_what_is_active_already(database: Database) -> None:
    a, b = add(database, "a", "b")
    make_active(database, a, b, a)
    with database.write() as session:
        remove_version(session, b)

    with pytest.raises(Conflict):
        go_back(database)


def test_nothing_can_be_rolled_back_before_the_first(database: Database) -> None:
    with pytest.raises(Conflict):
        go_back(database)


def test_two_activations_at_once_happen_one_after_the_other(any_database: Database) -> None:
    first, *others = add(any_database, "first", "a", "b", "c", "d")
    make_active(any_database, first)
    together = threading.Barrier(len(others))

    def run(version_id: int) -> None:
        together.wait()
        make_active(any_database, version_id)

    threads = [threading.Thread(target=run, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seen = [active(any_database), *(go_back(any_database) for _ in others)]
    assert sorted(str(one) for one in seen[:-1]) == ["a", "b", "c", "d"]
    assert seen[-1] == "first"


def shipped(*versions: str, task: Task = Task.CLASSIFIER) -> list[ModelFolder]:
    """What a release brings: manifests and cards, no contents."""
    folders = [make_folder(one, task) for one in versions]
    return [ModelFolder(one.manifest, one.card) for one in folders]


def release(database: Database, folders: Sequence[ModelFolder]) -> None:
    with database.write() as session:
        register_shipped(session, folders)


def test_a_release_makes_its_first_version_active(any_database: Database) -> None:
    for _ in range(2):  # as at every start
        release(any_database, [*shipped("one", "edge"), *shipped("det", task=Task.DETECTOR)])

    assert (active(any_database), active(any_database, Task.DETECTOR)) == ("one", "det")
    with any_database.read() as session:
        versions = list_versions(session)
    assert [one.version for one in versions] == ["edge", "one", "det"]
    assert all(one.is_shipped and one.checked_at for one in versions)


def test_the_next_release_takes_over_from_its_own(any_database: Database) -> None:
    release(any_database, shipped("one", "edge"))
    release(any_database, shipped("two", "edge"))

    assert active(any_database) == "two"
    with any_database.read() as session:
        assert [one.version for one in list_versions(session)] == ["two", "edge"]
    with pytest.raises(Conflict):
        go_back(any_database)


def test_what_somebody_chose_stays_active(any_database: Database) -> None:
    release(any_database, shipped("one", "edge"))
    with any_database.read() as session:
        (edge,) = find_versions(session, "edge")
    make_active(any_database, edge.id)
    release(any_database, shipped("two", "edge"))
    assert active(any_database) == "edge"

    make_active(any_database, *add(any_database, "mine"))
    release(any_database, shipped("three"))
    assert active(any_database) == "mine"


def test_a_release_that_comes_back_brings_its_version_back(database: Database) -> None:
    release(database, shipped("one"))
    release(database, shipped("two"))
    release(database, shipped("one"))

    assert active(database) == "one"


def test_a_shipped_version_takes_the_place_of_one_of_its_name(database: Database) -> None:
    add(database, "one")
    release(database, shipped("one"))

    with database.read() as session:
        (found,) = find_versions(session, "one")
    assert found.is_shipped


def test_a_shipped_version_stays(database: Database) -> None:
    release(database, shipped("one", "edge"))
    with database.write() as session:
        (edge,) = find_versions(session, "edge")
        with pytest.raises(Conflict, match="came with this release"):
            remove_version(session, edge.id)


def test_a_release_without_models_changes_nothing(database: Database) -> None:
    make_active(database, *add(database, "mine"))
    release(database, [])
    assert active(database) == "mine"
