"""The first start: the first camera, then what is kept of faces, then the wall.

It begins with the set-up link, can be left and taken up again, and is done once.
"""

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from core.preferences import EvidenceMode
from core.storage.cameras import Camera, NewCamera, add_camera, list_cameras
from core.storage.first_start import begin_first_start, end_first_start, is_first_start
from core.storage.preferences import change_preferences, read_preferences
from core.storage.users import Role
from dashboard.access import needs
from dashboard.audit import actor
from dashboard.identities import signed_in_if_known
from dashboard.pages import blueprint
from dashboard.services import services
from dashboard.words import mark, translate

DEMO_NAME = mark("Demo entrance")
DEMO_ADDRESS = "demo:entrance"


def register_first_start(app: Flask) -> None:
    """Let the wall ask whether it leads there."""
    app.jinja_env.globals["first_start_is_open"] = first_start_is_open


def first_start_is_open() -> bool:
    """Say whether who asks may set up, and has not done so."""
    who = signed_in_if_known()
    return who is not None and who.is_admin and _is_open()


@blueprint.get("/first-start")
@needs(Role.ADMIN)
def first_start() -> Response | str:
    """Show the step that is next, or the one that is asked for."""
    if not _is_open():
        return redirect(url_for("pages.wall"))
    cameras = _cameras()
    step = request.args.get("step") or ("evidence" if cameras else "camera")
    return render_template(
        "first_start.html",
        step="camera" if step == "camera" else "evidence",
        cameras=cameras,
        evidence=_evidence(),
    )


@blueprint.post("/first-start/demo")
@needs(Role.ADMIN)
def add_demo_camera() -> Response:
    """Add a camera whose people are drawn; it can be removed like any other."""
    if not _cameras():
        provided = services()
        new = NewCamera(translate(DEMO_NAME), DEMO_ADDRESS, DEMO_ADDRESS)
        with provided.database.write() as session:
            begin_first_start(session)
            add_camera(session, provided.box, new, actor())
    return redirect(url_for("pages.first_start"))


@blueprint.post("/first-start/evidence")
@needs(Role.ADMIN)
def choose_first_evidence() -> Response:
    """Keep what is chosen, and be done for ever."""
    if not _is_open():
        return redirect(url_for("pages.wall"))
    try:
        mode = EvidenceMode(request.form.get("evidence", ""))
    except ValueError as error:
        raise BadRequest from error
    with services().database.write() as session:
        chosen = read_preferences(session).model_copy(update={"evidence": mode})
        change_preferences(session, chosen, actor())
        end_first_start(session)
    return redirect(url_for("pages.wall"))


def _is_open() -> bool:
    with services().database.read() as session:
        return is_first_start(session)


def _cameras() -> list[Camera]:
    provided = services()
    with provided.database.read() as session:
        return list_cameras(session, provided.box)


def _evidence() -> EvidenceMode:
    with services().database.read() as session:
        return read_preferences(session).evidence
