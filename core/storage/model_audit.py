"""What the audit says of changes of model versions."""

from typing import Any

from sqlalchemy.orm import Session

from core.manifests import Task
from core.storage.audit import Actor, record_change
from core.storage.model_activations import activate, roll_back
from core.storage.model_versions import ModelVersion, get_version, read_active_ids, remove_version


def record_added(session: Session, actor: Actor, version: ModelVersion) -> None:
    """Write down that a version was added."""
    record_change(session, actor, "model.add", _subject(version), None, _facts(version))


def activate_audited(session: Session, actor: Actor, version_id: int) -> ModelVersion:
    """Make a version the active one, and write that down. Raises as `activate` does."""
    before = _active(session, get_version(session, version_id).task)
    version = activate(session, version_id, actor.name)
    _record_active(session, actor, "model.activate", before, version)
    return version


def roll_back_audited(session: Session, actor: Actor, task: Task) -> ModelVersion:
    """Go back to the version before, and write that down. Raises as `roll_back` does."""
    before = _active(session, task)
    version = roll_back(session, task, actor.name)
    _record_active(session, actor, "model.roll_back", before, version)
    return version


def remove_audited(session: Session, actor: Actor, version_id: int) -> None:
    """Remove a version, and write that down. Raises as `remove_version` does."""
    version = get_version(session, version_id)
    remove_version(session, version_id)
    record_change(session, actor, "model.remove", _subject(version), _facts(version))


def _record_active(
    session: Session, actor: Actor, action: str, before: str | None, version: ModelVersion
) -> None:
    facts = {"active": before}, {"active": version.version}
    record_change(session, actor, action, _subject(version), *facts)


def _active(session: Session, task: Task) -> str | None:
    version_id = read_active_ids(session).get(task)
    return None if version_id is None else get_version(session, version_id).version


def _subject(version: ModelVersion) -> str:
    return f'{version.task} "{version.version}"'


def _facts(version: ModelVersion) -> dict[str, Any]:
    return {
        "architecture": version.manifest.architecture,
        "precision": version.manifest.precision.value,
        "files": {file.name: file.sha256 for file in version.manifest.files},
    }
