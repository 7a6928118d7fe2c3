"""Load what commands analyse with: the active versions, or folders that the user names."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.errors import BadSettings
from core.manifests import Task
from core.settings import Settings
from models.analysis import Analyser, MaskClassifier, load_analyser, load_classifier
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.registry import ModelRegistry, tasks_in_use
from models.runtimes.cores import count_cores


def locate_active(settings: Settings, weights: Sequence[Path] = ()) -> dict[Task, Path]:
    """Find the folders of the active versions; a task that is left out uses the shipped one.

    weights: model folders to use instead, each for the task that its manifest names.
    Raises WeightsMismatch, DatabaseAway and BadSettings.
    """
    given = {read_manifest(folder).task: folder for folder in weights}
    if len(given) != len(weights):
        raise BadSettings("two model folders are for the same task; give one of each")
    if given.keys() >= set(tasks_in_use(settings.detector_choice)):
        return given
    with closing(ModelRegistry(settings)) as registry:
        ids = registry.read_active_ids()
        active = {task: registry.locate(ids[task]) for task in ids.keys() - given.keys()}
    return active | given


def load_active(
    settings: Settings, weights: Sequence[Path] = (), threads: int | None = None
) -> Analyser:
    """Load detector and classifier; arguments and errors as of locate_active."""
    folders = locate_active(settings, weights)
    return load_analyser(
        threads,
        classifier=folders.get(Task.CLASSIFIER),
        detector=folders.get(Task.DETECTOR),
        choice=settings.detector_choice,
        runtime=settings.runtime_choice,
    )


def locate_classifier(settings: Settings, weights: Sequence[Path] = ()) -> Path:
    """Find the folder of the classifier in use; arguments and errors as of locate_active."""
    return locate_active(settings, weights).get(Task.CLASSIFIER, SHIPPED_CLASSIFIER)


def load_active_classifier(settings: Settings, weights: Sequence[Path] = ()) -> MaskClassifier:
    """Load the classifier alone; arguments and errors as of locate_active."""
    return load_classifier(
        locate_classifier(settings, weights), count_cores(), settings.runtime_choice
    )
