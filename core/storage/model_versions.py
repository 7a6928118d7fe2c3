"""Questions about model versions: which there are, which is active, and their files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound, WeightsMismatch
from core.manifests import ModelFile, ModelManifest, Task, parse_manifest
from core.model_folders import ModelFolder, check_content, check_folder
from core.storage.engine import utc_now
from core.storage.tables import ModelActivationRow, ModelFileRow, ModelVersionRow


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version that may be activated. checked_at: when its networks were last seen to run."""

    id: int
    manifest: ModelManifest
    manifest_text: str = field(repr=False)
    is_shipped: bool
    is_active: bool
    added_at: datetime
    added_by: str
    checked_at: datetime | None

    @property
    def task(self) -> Task:
        return self.manifest.task

    @property
    def version(self) -> str:
        return self.manifest.model_version


def list_versions(session: Session) -> list[ModelVersion]:
    """List the versions by task, the newest first."""
    active = _active_ids(session)
    rows = session.scalars(
        select(ModelVersionRow)
        .where(ModelVersionRow.removed_at.is_(None))
        .order_by(ModelVersionRow.task, ModelVersionRow.id.desc())
    )
    return [read_row(row, active) for row in rows]


def get_version(session: Session, version_id: int) -> ModelVersion:
    """Read one version. Raises NotFound."""
    return read_row(version_row(session, version_id), _active_ids(session))


def find_versions(session: Session, version: str) -> list[ModelVersion]:
    """Find the versions of that name; a classifier and a detector may have the same."""
    return [one for one in list_versions(session) if one.version == version]


def read_active_ids(session: Session) -> dict[Task, int]:
    """Read which versions are active, by task: cheap enough to ask every two seconds."""
    return {Task(task): version_id for task, version_id in _active_ids(session).items()}


def read_card(session: Session, version_id: int) -> str:
    """Read the model card, in Markdown. Raises NotFound."""
    return version_row(session, version_id).card


def read_content(session: Session, version_id: int, file: ModelFile) -> bytes:
    """Read one file of a version that was added. Raises WeightsMismatch if it is another one."""
    row = session.get(ModelFileRow, (version_id, file.name))
    if row is None:
        raise WeightsMismatch(
            f"{file.name}: the database holds no such file of this model version; add it again"
        )
    check_content(file, row.content)
    return row.content


def add_version(session: Session, new: ModelFolder, by: str) -> ModelVersion:
    """Add a version, which is neither checked nor active yet.

    Raises WeightsMismatch where manifest and files do not fit each other or are too
    large, and Conflict where the name is taken.
    """
    manifest = check_folder(new)
    row = make_row(new, manifest, by, is_shipped=False)
    session.add(row)
    _flush(session, manifest)
    for name, content in new.contents.items():
        session.add(ModelFileRow(model_version_id=row.id, name=name, content=content))
    session.flush()
    return read_row(row, {})


def mark_checked(session: Session, version_id: int) -> None:
    """Remember that the networks of a version were seen to run. Raises NotFound."""
    version_row(session, version_id).checked_at = utc_now()


def remove_version(session: Session, version_id: int) -> None:
    """Remove a version with its files. Raises NotFound, and Conflict if it is active or shipped."""
    row = lock_version(session, version_id)
    if row.is_shipped:
        raise Conflict(f"{row.version} came with this release and stays")
    if _active_ids(session).get(row.task) == row.id:
        raise Conflict(f"{row.version} is active; activate another {row.task} first")
    delete_version(session, row)


def delete_version(session: Session, row: ModelVersionRow) -> None:
    """Delete a version; one that was active leaves its row, for history to point to."""
    session.execute(delete(ModelFileRow).where(ModelFileRow.model_version_id == row.id))
    was_active = ModelActivationRow.model_version_id == row.id
    if session.scalar(select(ModelActivationRow.id).where(was_active).limit(1)) is None:
        session.delete(row)
    else:
        row.removed_at, row.card = utc_now(), ""


def make_row(
    new: ModelFolder, manifest: ModelManifest, by: str, *, is_shipped: bool
) -> ModelVersionRow:
    return ModelVersionRow(
        task=manifest.task.value,
        version=manifest.model_version,
        manifest=new.manifest,
        card=new.card,
        is_shipped=is_shipped,
        added_at=utc_now(),
        added_by=by,
    )


def _active_ids(session: Session) -> dict[str, int]:
    newest = select(func.max(ModelActivationRow.id)).group_by(ModelActivationRow.task)
    chosen = select(ModelActivationRow.task, ModelActivationRow.model_version_id)
    rows = session.execute(chosen.where(ModelActivationRow.id.in_(newest)))
    return {row[0]: row[1] for row in rows}


def lock_version(session: Session, version_id: int) -> ModelVersionRow:
    """Read a version once it is our turn to change its task. Raises NotFound."""
    task = session.scalar(select(ModelVersionRow.task).where(ModelVersionRow.id == version_id))
    if task is not None:
        take_turn(session, Task(task))
    return version_row(session, version_id)


def take_turn(session: Session, task: Task) -> None:
    """Let changes of a task's active version happen one after the other.

    PostgreSQL locks the rows; on SQLite the transaction holds the write lock already.
    """
    rows = select(ModelVersionRow).where(ModelVersionRow.task == task.value)
    locked = rows.order_by(ModelVersionRow.id).with_for_update()
    session.scalars(locked.execution_options(populate_existing=True)).all()


def version_row(session: Session, version_id: int) -> ModelVersionRow:
    row = session.get(ModelVersionRow, version_id)
    if row is None or row.removed_at is not None:
        raise NotFound(f"there is no model version {version_id}")
    return row


def read_row(row: ModelVersionRow, active: Mapping[str, int]) -> ModelVersion:
    return ModelVersion(
        id=row.id,
        manifest=parse_manifest(row.manifest),
        manifest_text=row.manifest,
        is_shipped=row.is_shipped,
        is_active=active.get(row.task) == row.id,
        added_at=row.added_at,
        added_by=row.added_by,
        checked_at=row.checked_at,
    )


def _flush(session: Session, manifest: ModelManifest) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(
            f"there is, or was, a {manifest.task} {manifest.model_version} already; sightings "
            "name their version, so give this one another model_version"
        ) from error
