"""Commands analyse with the active versions, or with the folders that they are given."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import BadSettings, WeightsMismatch
from core.manifests import Task
from core.settings import Settings, load_settings
from core.storage.engine import Database
from core.storage.model_activations import activate
from core.storage.model_versions import add_version, mark_checked
from models.active import load_active, load_active_classifier, locate_active
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.registry import read_folder
from tests.models.versions import copy_shipped


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data=tmp_path)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return copy_shipped(tmp_path / "mine", "mine-1")


def test_without_a_database_the_shipped_versions_are_used(settings: Settings) -> None:
    assert locate_active(settings) == {}
    shipped = read_manifest(SHIPPED_CLASSIFIER).model_version
    assert load_active_classifier(settings).model_version == shipped
    assert load_active(settings, threads=1).model_version == shipped
    assert not settings.database_is_there


def test_the_active_version_is_used(settings: Settings, database: Database, mine: Path) -> None:
    with database.write() as session:
        added = add_version(session, read_folder(mine), "ann")
        mark_checked(session, added.id)
        activate(session, added.id, "ann")

    assert locate_active(settings) == {Task.CLASSIFIER: settings.models / "classifier-mine-1"}
    assert load_active(settings, threads=1).model_version == "mine-1"


def test_a_given_folder_is_used_instead(settings: Settings, mine: Path) -> None:
    assert locate_active(settings, [mine]) == {Task.CLASSIFIER: mine}
    classifier = load_active_classifier(settings, [mine])
    assert classifier.model_version == "mine-1"
    assert classifier.classify([np.zeros((9, 9, 3), np.uint8)]).shape == (1, 3)


def test_two_folders_for_one_task_are_refused(settings: Settings, mine: Path) -> None:
    with pytest.raises(BadSettings, match="two model folders"):
        locate_active(settings, [mine, mine])


def test_a_folder_that_is_none_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=r"manifest\.json"):
        locate_active(settings, [tmp_path])
