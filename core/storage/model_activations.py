"""Questions about active models: one version a task, by a history that is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.manifests import ModelManifest, Task, parse_manifest
from core.model_folders import ModelFolder
from core.storage.engine import utc_now
from core.storage.model_versions import (
    ModelVersion,
    delete_version,
    lock_version,
    make_row,
    read_row,
    take_turn,
)
from core.storage.tables import ModelActivationRow, ModelVersionRow


@dataclass(frozen=True, slots=True)
class Activation:
    """The active version of a task. version_before: what a roll back goes to, if to any."""

    version_id: int
    at: datetime
    by: str
    version_before: int | None


def activate(session: Session, version_id: int, by: str) -> ModelVersion:
    """Make a version the active one of its task; workers follow within seconds.

    Raises NotFound, and Conflict for a version that was never seen to run.
    """
    row = lock_version(session, version_id)
    if row.checked_at is None:
        raise Conflict(f"{row.version} was never seen to run; check it first")
    current = _newest_activation(session, row.task)
    if current is None or current.model_version_id != row.id:
        _add_activation(session, row, by, current.id if current else None)
    return read_row(row, {row.task: row.id})


def roll_back(session: Session, task: Task, by: str) -> ModelVersion:
    """Go back to what was active before; asked again, a step further.

    Versions that were removed meanwhile are left out. Raises Conflict where nothing
    was active before.
    """
    take_turn(session, task)
    earlier = _find_earlier(session, task)
    if earlier is None:
        raise Conflict(f"no {task} was active before this one; activate another by its name")
    row = session.get_one(ModelVersionRow, earlier.model_version_id)
    _add_activation(session, row, by, earlier.previous_id)
    return read_row(row, {row.task: row.id})


def read_activations(session: Session) -> dict[Task, Activation]:
    """Read since when the active versions are active, and what would come after a roll back."""
    found = {}
    for task in Task:
        current, earlier = _newest_activation(session, task), _find_earlier(session, task)
        if current is not None:
            before = earlier.model_version_id if earlier else None
            found[task] = Activation(
                current.model_version_id, current.activated_at, current.activated_by, before
            )
    return found


def _find_earlier(session: Session, task: Task) -> ModelActivationRow | None:
    """Find what a roll back goes to: the last other version that is still there."""
    current = _newest_activation(session, task)
    earlier = _step_back(session, current)
    while earlier is not None:
        row = session.get_one(ModelVersionRow, earlier.model_version_id)
        if row.removed_at is None and current and row.id != current.model_version_id:
            return earlier
        earlier = _step_back(session, earlier)
    return None


def register_shipped(session: Session, shipped: Sequence[ModelFolder]) -> None:
    """Make the versions of this release known, and those of other releases unknown.

    The first of each task becomes active where none is, and where the active one came
    with another release; a version that somebody added stays active.
    """
    manifests = [parse_manifest(one.manifest) for one in shipped]
    for new, manifest in zip(shipped, manifests, strict=True):
        _register(session, new, manifest)
    session.flush()
    here = {(one.task, one.model_version) for one in manifests}
    for task in Task:
        take_turn(session, task)
        _activate_shipped(session, [one for one in manifests if one.task is task])
    for row in _shipped_rows(session):
        if (Task(row.task), row.version) not in here:
            delete_version(session, row)


def _register(session: Session, new: ModelFolder, manifest: ModelManifest) -> None:
    """Write a shipped version as it is now; one of its name that was there becomes it."""
    row = session.scalar(_named(manifest.task, manifest.model_version))
    if row is None:
        row = make_row(new, manifest, "this release", is_shipped=True)
        session.add(row)
    row.manifest, row.card, row.is_shipped = new.manifest, new.card, True
    row.checked_at, row.removed_at = utc_now(), None


def _activate_shipped(session: Session, manifests: Sequence[ModelManifest]) -> None:
    """Activate the first of one task's manifests, if the active one is not to be had any more."""
    if not manifests:
        return
    current = _newest_activation(session, manifests[0].task)
    active = session.get_one(ModelVersionRow, current.model_version_id) if current else None
    is_here = active is not None and (
        not active.is_shipped or active.version in [one.model_version for one in manifests]
    )
    if not is_here:
        first = session.scalars(_named(manifests[0].task, manifests[0].model_version)).one()
        _add_activation(session, first, "this release", current.id if current else None)


def _shipped_rows(session: Session) -> list[ModelVersionRow]:
    chosen = select(ModelVersionRow).where(ModelVersionRow.is_shipped)
    return list(session.scalars(chosen.where(ModelVersionRow.removed_at.is_(None))))


def _named(task: Task, version: str) -> Select[ModelVersionRow]:
    chosen = select(ModelVersionRow).where(ModelVersionRow.task == task.value)
    return chosen.where(ModelVersionRow.version == version)


def _add_activation(
    session: Session, row: ModelVersionRow, by: str, previous_id: int | None
) -> None:
    session.add(
        ModelActivationRow(
            task=row.task,
            model_version_id=row.id,
            activated_at=utc_now(),
            activated_by=by,
            previous_id=previous_id,
        )
    )
    session.flush()


def _newest_activation(session: Session, task: str) -> ModelActivationRow | None:
    chosen = select(ModelActivationRow).where(ModelActivationRow.task == task)
    return session.scalar(chosen.order_by(ModelActivationRow.id.desc()).limit(1))


def _step_back(
    session: Session, activation: ModelActivationRow | None
) -> ModelActivationRow | None:
    if activation is None or activation.previous_id is None:
        return None
    return session.get_one(ModelActivationRow, activation.previous_id)
