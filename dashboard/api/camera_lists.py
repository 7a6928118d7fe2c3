"""Lists of cameras as CSV: take one over, as a whole or not at all, and give one out."""

from flask import Response
from pydantic import Field

from core.camera_lists import read_csv, write_csv
from core.storage.camera_imports import Outcome, import_cameras, record_import
from core.storage.cameras import list_cameras
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.camera_search import blueprint
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.audit import actor
from dashboard.services import services
from dashboard.uploads import Upload

_CSV = {
    "description": "name,url,transport,site,zone,is_paused,frames_per_second,long_side,rules",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}


class ListAsked(Asked):
    """Cameras as CSV; its first line names the columns, of which only name is needed."""

    file: Upload = Field(description="CSV in UTF-8, with commas or semicolons.")
    dry_run: bool = Field(False, description="Only say what would be done.")


class ImportedAnswer(Answered):
    line: str
    name: str
    outcome: Outcome


class ImportAnswer(Answered):
    """What became of each camera of the list; with dry_run, what would."""

    items: list[ImportedAnswer]
    dry_run: bool


@blueprint.get("/cameras/export", responses={200: _CSV})
@needs(Role.OPERATOR)
def export_list() -> Response:
    """Read the cameras as CSV, addresses without passwords. It can be edited and imported."""
    provided = services()
    with provided.database.read() as session:
        text = write_csv(list_cameras(session, provided.box, identity().scope))
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="cameras.csv"'
    return response


@blueprint.post("/cameras/import", responses={200: ImportAnswer})
@needs(Role.OPERATOR)
def import_list(form: ListAsked) -> Response:
    """Add the cameras that are new by their names, and change the others as the list says.

    All of it is done, or nothing: every line that cannot be taken is told. A column that
    is left out changes nothing; an empty cell means the default. An address as the
    export shows it keeps its password. Cameras that the list leaves out stay as they are.
    """
    provided = services()
    listed = read_csv(form.file.stream.read())
    with provided.database.write() as session:
        imported = import_cameras(
            session, provided.box, provided.settings.media, listed, actor(), identity().scope
        )
        record_import(session, actor(), imported)
        if form.dry_run:
            session.rollback()
    items = [ImportedAnswer(line=one.place, name=one.name, outcome=one.outcome) for one in imported]
    return answer(ImportAnswer(items=items, dry_run=form.dry_run))
