"""Model versions: list, read, upload, activate after a check, roll back, remove."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus

from flask import Response
from flask_openapi3.models.file import FileStorage
from pydantic import Field

from core.errors import Conflict
from core.manifests import Task
from core.measurements import Measurement
from core.model_checks import TIMEOUT_S, TOPIC, decode_check, encode_question
from core.model_folders import TEXT_BYTES_MAX, VERSION_BYTES_MAX
from core.requests import ask
from core.storage.model_activations import Activation, read_activations
from core.storage.model_audit import (
    activate_audited,
    record_added,
    remove_audited,
    roll_back_audited,
)
from core.storage.model_versions import (
    ModelVersion,
    add_version,
    get_version,
    list_versions,
    mark_checked,
    read_card,
)
from core.storage.users import Role
from dashboard.access import identity, needs, takes_bodies_of
from dashboard.api.operations import api_blueprint, problems
from dashboard.api.schemas import Answered, Asked, Id, answer, answer_nothing
from dashboard.audit import actor
from dashboard.model_uploads import read_upload
from dashboard.problems import API_PREFIX
from dashboard.processes import require_process
from dashboard.services import services

UPLOAD_BYTES_MAX = VERSION_BYTES_MAX + 3 * TEXT_BYTES_MAX

blueprint = api_blueprint("models", "What finds faces and tells what they wear.")


class ModelPath(Asked):
    model_id: Id


class ModelUpload(Asked):
    """A model folder: its files one by one, or a zip of them all."""

    files: list[FileStorage]


class RollbackAsked(Asked):
    task: Task


class ModelFileAnswer(Answered):
    name: str
    size: int = Field(description="Bytes.")
    sha256: str
    runtime: str = Field(description="What opens it.")


class LabelMeasureAnswer(Answered):
    """null: not measured, or nothing was called so."""

    label: str
    faces: int
    precision: float | None = Field(description="Of what was called so, how much is.")
    recall: float | None = Field(description="Of what is so, how much was found.")


class SizeMeasureAnswer(Answered):
    from_px: int = Field(description="Of the longer side of the face in the picture.")
    to_px: int | None = Field(description="Not included; null: no bound.")
    faces: int | None
    share: float = Field(description="Told rightly by a classifier, found by a detector.")


class MeasurementAnswer(Answered):
    """How a version did on labelled faces."""

    data: str = Field(description="Whose faces; compare versions by the same.")
    is_new_source: bool = Field(description="It learned nothing from there; others flatter.")
    faces: int
    figures: dict[str, float] = Field(description="By name, such as macro_f1; 0 to 1.")
    labels: list[LabelMeasureAnswer]
    sizes: list[SizeMeasureAnswer]


class ModelAnswer(Answered):
    """A model version; one of each task is active."""

    id: int
    task: Task
    version: str
    architecture: str
    precision: str
    input_side: int = Field(description="Pixels of a classifier's input; 0 for a detector.")
    is_active: bool
    active_since: datetime | None = Field(description="null where it is not active.")
    activated_by: str | None
    is_next_back: bool = Field(description="A roll back of its task goes to it.")
    is_shipped: bool = Field(description="It came with this release.")
    added_at: datetime
    added_by: str
    checked_at: datetime | None = Field(description="When its networks were last seen to run.")
    figures: dict[str, float] = Field(description="What its card leads with.")
    measurements: list[MeasurementAnswer] = Field(
        description="Of its manifest: by label and by size of the faces."
    )
    trained_on: list[str]
    command: str = Field(description="What made it.")
    licence: str
    files: list[ModelFileAnswer]


class ModelCardAnswer(ModelAnswer):
    card: str = Field(description="The model card, in Markdown.")


class ModelPage(Answered):
    items: list[ModelAnswer]
    next_cursor: str | None = None


@blueprint.get("/models", responses={200: ModelPage})
@needs(Role.VIEWER)
def list_all() -> Response:
    """List the model versions, the newest of each task first."""
    with services().database.read() as session:
        versions = list_versions(session)
        activations = read_activations(session)
    return answer(ModelPage(items=[_write(one, activations) for one in versions]))


@blueprint.get("/models/<int:model_id>", responses={200: ModelCardAnswer})
@needs(Role.VIEWER)
def read(path: ModelPath) -> Response:
    """Read one version with its model card."""
    with services().database.read() as session:
        version = get_version(session, path.model_id)
        card = read_card(session, path.model_id)
        activations = read_activations(session)
    return answer(ModelCardAnswer(card=card, **_write(version, activations).model_dump()))


@blueprint.post("/models", responses={201: ModelAnswer})
@needs(Role.ADMIN)
@takes_bodies_of(UPLOAD_BYTES_MAX)
def upload(form: ModelUpload) -> Response:
    """Add a model folder: a zip, or its files one by one; its activation checks it."""
    folder = read_upload(form.files)
    with services().database.write() as session:
        version = add_version(session, folder, identity().name)
        record_added(session, actor(), version)
        activations = read_activations(session)
    response = answer(_write(version, activations), HTTPStatus.CREATED)
    response.headers["Location"] = f"{API_PREFIX}/models/{version.id}"
    return response


@blueprint.post(
    "/models/<int:model_id>/activate",
    responses={200: ModelAnswer, **problems(HTTPStatus.GATEWAY_TIMEOUT)},
)
@needs(Role.ADMIN)
def make_active(path: ModelPath) -> Response:
    """Have a worker run the version; if it does, all workers take it within seconds."""
    database = services().database
    with database.read() as session:
        version = get_version(session, path.model_id)
    _have_checked(version)
    with database.write() as session:
        mark_checked(session, version.id)
        version = activate_audited(session, actor(), version.id)
        activations = read_activations(session)
    return answer(_write(version, activations))


@blueprint.post("/models/rollback", responses={200: ModelAnswer})
@needs(Role.ADMIN)
def go_back(body: RollbackAsked) -> Response:
    """Go back to the version that was active before; once more goes a step further."""
    with services().database.write() as session:
        version = roll_back_audited(session, actor(), body.task)
        activations = read_activations(session)
    return answer(_write(version, activations))


@blueprint.delete("/models/<int:model_id>", responses={204: None})
@needs(Role.ADMIN)
def remove(path: ModelPath) -> Response:
    """Remove a version with its files. The active and the shipped ones stay."""
    with services().database.write() as session:
        remove_audited(session, actor(), path.model_id)
    return answer_nothing()


def _have_checked(version: ModelVersion) -> None:
    """Have a worker load and run a version. Raises Conflict, NoAnswer, Refused."""
    redis = services().redis
    require_process("worker", "try the model")
    check = decode_check(ask(redis, TOPIC, encode_question(version.id), TIMEOUT_S))
    if not check.ok:
        raise Conflict(f"{version.version} is not activated: {check.error}")


def _write(version: ModelVersion, activations: Mapping[Task, Activation]) -> ModelAnswer:
    manifest, active = version.manifest, activations.get(version.task)
    return ModelAnswer(
        id=version.id,
        task=version.task,
        version=version.version,
        architecture=manifest.architecture,
        precision=manifest.precision,
        input_side=manifest.input_side,
        is_active=version.is_active,
        active_since=active.at if active and version.is_active else None,
        activated_by=active.by if active and version.is_active else None,
        is_next_back=active is not None and active.version_before == version.id,
        is_shipped=version.is_shipped,
        added_at=version.added_at,
        added_by=version.added_by,
        checked_at=version.checked_at,
        figures=manifest.figures,
        measurements=[_write_measurement(one) for one in manifest.measurements],
        trained_on=list(manifest.trained_on),
        command=manifest.command,
        licence=manifest.licence,
        files=[
            ModelFileAnswer(
                name=file.name, size=file.size, sha256=file.sha256, runtime=file.runtime
            )
            for file in manifest.files
        ],
    )


def _write_measurement(one: Measurement) -> MeasurementAnswer:
    return MeasurementAnswer(
        data=one.data,
        is_new_source=one.is_new_source,
        faces=one.faces,
        figures=one.figures,
        labels=[LabelMeasureAnswer(**asdict(label)) for label in one.labels],
        sizes=[SizeMeasureAnswer(**asdict(size)) for size in one.sizes],
    )
