"""Lists of cameras as CSV or YAML: take one over, as a whole or not at all, and give one out."""

from flask import Response
from pydantic import Field

from core.camera_lists import CameraList, ListFormat, scan_list, write_list
from core.storage.camera_imports import (
    ImportedCamera,
    Outcome,
    import_cameras,
    record_import,
    try_cameras,
)
from core.storage.cameras import list_cameras
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.camera_search import blueprint
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.audit import actor
from dashboard.problems import FAULTS_MAX
from dashboard.services import services
from dashboard.uploads import Upload

_LIST = {
    "description": "CSV: name,url,transport,site,zone,is_paused,frames_per_second,long_side,rules. "
    "YAML: the same fields of each camera in a list under `cameras`.",
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "application/yaml": {
            "schema": {
                "type": "object",
                "properties": {"cameras": {"type": "array", "items": {"type": "object"}}},
                "required": ["cameras"],
            }
        },
    },
}
_TYPES = {ListFormat.CSV: "text/csv", ListFormat.YAML: "application/yaml"}


class ExportQuery(Asked):
    format: ListFormat = Field(ListFormat.CSV, description="How the list is written.")


class ListAsked(Asked):
    """Cameras as CSV, whose first line names the columns, or as YAML; only names are needed."""

    file: Upload = Field(description="In UTF-8; CSV with commas or semicolons.")
    format: ListFormat = Field(ListFormat.CSV, description="How the list is written.")
    dry_run: bool = Field(
        False, description="Only say what would be done, and what cannot: that is no error then."
    )


class FieldChangeAnswer(Answered):
    """One field as a list writes it; addresses are without their passwords."""

    field: str
    before: str | None = Field(description="Null for a new camera.")
    after: str


class ImportedAnswer(Answered):
    line: str
    name: str
    outcome: Outcome
    changes: list[FieldChangeAnswer]


class ListFaultAnswer(Answered):
    line: str
    field: str = Field(description="Empty where the line as a whole is wrong.")
    message: str


class ImportAnswer(Answered):
    """What became of each camera of the list; with dry_run, what would.

    faults: what cannot be taken; always empty but with dry_run.
    """

    items: list[ImportedAnswer]
    faults: list[ListFaultAnswer]
    dry_run: bool


@blueprint.get("/cameras/export", responses={200: _LIST})
@needs(Role.OPERATOR)
def export_list(query: ExportQuery) -> Response:
    """Read the cameras as a list, addresses without passwords. It can be edited and imported."""
    provided = services()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    # Without the mark spreadsheets take UTF-8 for the machine's own letters.
    mark = "\ufeff" if query.format is ListFormat.CSV else ""
    response = Response(mark + write_list(cameras, query.format), mimetype=_TYPES[query.format])
    name = f"cameras.{query.format.value}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/cameras/import", responses={200: ImportAnswer})
@needs(Role.OPERATOR)
def import_list(form: ListAsked) -> Response:
    """Add the cameras that are new by their names, and change the others as the list says.

    All of it is done, or nothing: every line that cannot be taken is told. A column that
    is left out changes nothing; an empty cell means the default. An address as the
    export shows it keeps its password. Cameras that the list leaves out stay as they are.
    """
    found = scan_list(form.file.stream.read(), form.format)
    if form.dry_run:
        return answer(_preview(found))
    provided = services()
    listed = found.whole()
    with provided.database.write() as session:
        imported = import_cameras(
            session, provided.box, provided.settings.media, listed, actor(), identity().scope
        )
        record_import(session, actor(), imported)
    items = [_write_imported(one) for one in imported]
    return answer(ImportAnswer(items=items, faults=[], dry_run=False))


def _preview(found: CameraList) -> ImportAnswer:
    """Try all that could be read, and take it back."""
    provided = services()
    with provided.database.write() as session:
        imported, faults = try_cameras(
            session,
            provided.box,
            provided.settings.media,
            found.cameras,
            actor(),
            identity().scope,
        )
        session.rollback()
    return ImportAnswer(
        items=[_write_imported(one) for one in imported],
        faults=[
            ListFaultAnswer(line=one.place, field=one.field, message=one.message)
            for one in (*found.faults, *faults)[:FAULTS_MAX]
        ],
        dry_run=True,
    )


def _write_imported(one: ImportedCamera) -> ImportedAnswer:
    changes = [
        FieldChangeAnswer(field=change.field, before=change.before, after=change.after)
        for change in one.changes
    ]
    return ImportedAnswer(line=one.place, name=one.name, outcome=one.outcome, changes=changes)
