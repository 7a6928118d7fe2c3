"""The pages; what moves on them is fetched by their scripts from the API and the live channel."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from core.storage.cameras import get_camera
from core.storage.installation import read_time_zone
from core.storage.preferences import read_preferences
from core.storage.sightings import get_sighting
from core.storage.users import Role
from dashboard.access import identity, needs, open_to_all
from dashboard.api.layouts import read_wall
from dashboard.api.schemas import ID_MAX
from dashboard.browser_sessions import sign_out
from dashboard.identities import Identity, signed_in
from dashboard.modules import modules_of
from dashboard.security import own_path
from dashboard.services import services

ID = f"int(max={ID_MAX})"
"""The id in a page's address: a larger one is no page, rather than a question to the database."""

blueprint = Blueprint("pages", __name__)
blueprint.add_app_template_global(modules_of)


@blueprint.before_request
def renew_cookie() -> None:
    """Let the browser keep the cookie from the last page on that was opened."""
    session.modified = session.permanent


@blueprint.get("/")
@needs(Role.VIEWER)
def wall() -> str:
    return render_wall(identity())


@blueprint.get("/cameras")
@needs(Role.VIEWER)
def cameras() -> str:
    return render_template("cameras.html")


@blueprint.get("/cameras/new")
@needs(Role.OPERATOR)
def new_camera() -> str:
    with services().database.read() as reading:
        zone = read_time_zone(reading)
    next_path = own_path(request.args.get("next"))
    return render_template("camera_wizard.html", time_zone=zone, next_path=next_path)


@blueprint.get("/cameras/import")
@needs(Role.OPERATOR)
def import_cameras() -> str:
    return render_template("camera_import.html")


@blueprint.get(f"/cameras/<{ID}:camera_id>")
@needs(Role.OPERATOR)
def edit_camera(camera_id: int) -> str:
    provided = services()
    with provided.database.read() as reading:
        camera = get_camera(reading, provided.box, camera_id, identity().scope)
        zone = read_time_zone(reading)
    return render_template("camera.html", camera=camera, time_zone=zone)


@blueprint.get("/sightings")
@needs(Role.VIEWER)
def sightings() -> str:
    with services().database.read() as reading:
        evidence = read_preferences(reading).evidence
    return render_template(
        "sightings.html", evidence=evidence.value, sees_faces=identity().may_see_faces
    )


@blueprint.get("/sightings/<int(max=9223372036854775807):sighting_id>")
@needs(Role.VIEWER)
def sighting(sighting_id: int) -> str:
    with services().database.read() as reading:
        found = get_sighting(reading, sighting_id, identity().scope)
        evidence = read_preferences(reading).evidence
    return render_template(
        "sighting.html",
        sighting_id=found.id,
        evidence=evidence.value,
        sees_faces=identity().may_see_faces,
    )


@blueprint.get("/history")
@needs(Role.VIEWER)
def history() -> str:
    with services().database.read() as reading:
        zone = read_time_zone(reading)
    return render_template("history.html", time_zone=zone)


@blueprint.get("/settings")
@needs(Role.ADMIN)
def settings() -> str:
    return render_template("settings.html")


@blueprint.get("/settings/erase")
@needs(Role.ADMIN)
def erase() -> str:
    return render_template("erase.html")


@blueprint.get("/account")
@needs(Role.VIEWER)
def account() -> str:
    return render_template("account.html")


@blueprint.post("/sign-out")
@open_to_all
def leave() -> Response:
    who = signed_in()
    sign_out()
    return redirect(url_for("kiosk.show" if who and who.is_kiosk else "sign_in.sign_in_page"))


def render_wall(who: Identity, is_kiosk: bool = False) -> str:
    """Write the live wall for someone, with what its script would ask for first."""
    wall = read_wall(who)
    services().hub.expect(camera.id for camera in wall.cameras)
    return render_template(
        "wall.html",
        is_kiosk=is_kiosk,
        wall=wall.model_dump(mode="json"),
    )
