"""Cameras: list, register, change, remove, snapshot."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import Field

from core.camera_entries import CameraChanges, CameraEntry
from core.camera_rules import CameraRules
from core.heartbeats import CameraHealth, CameraState, read_health
from core.sources import parse_source
from core.storage.cameras import (
    Camera,
    NewCamera,
    add_camera,
    change_camera,
    get_camera,
    hold_camera,
    list_cameras,
    remove_camera,
)
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, answer, answer_nothing
from dashboard.audit import actor
from dashboard.etags import check_match, tag_version
from dashboard.problems import API_PREFIX, Refused
from dashboard.services import services

SNAPSHOT_WAIT_S = 3.0

blueprint = api_blueprint("cameras", "What is watched.")

_JPEG: dict[Any, Any] = {
    "description": "A picture.",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}


class CameraPath(Asked):
    camera_id: Id


class HealthAnswer(Answered):
    state: CameraState
    reason: str
    since: datetime
    width: int | None
    height: int | None
    frames_per_second: float | None
    codec: str
    reconnects: int


class CameraAnswer(Answered):
    """A registered camera; health is null until ingest has reported it."""

    id: int
    name: str
    url: str = Field(description="Without user and password.")
    transport: str
    site: str
    site_id: int | None = Field(description="Null where it hangs at no site.")
    zone: str
    zone_id: int | None
    is_paused: bool
    frames_per_second: float
    long_side: int
    rules: CameraRules
    version: int
    created_at: datetime
    updated_at: datetime
    health: HealthAnswer | None


class CameraPage(Answered):
    items: list[CameraAnswer]
    next_cursor: str | None = None


@blueprint.get("/cameras", responses={200: CameraPage})
@needs(Role.VIEWER)
def list_all() -> Response:
    """List the cameras by name."""
    provided = services()
    health = read_health(provided.redis)
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    return answer(CameraPage(items=[_write(one, health.get(one.id)) for one in cameras]))


@blueprint.post("/cameras", responses={201: CameraAnswer})
@needs(Role.OPERATOR)
def register_camera(body: CameraEntry) -> Response:
    """Register a camera; ingest opens it within 2 seconds."""
    provided = services()
    fields = dict(body)
    address = _address_fields(fields.pop("url"))
    with provided.database.write() as session:
        new = NewCamera(**fields, **address)
        camera = add_camera(session, provided.box, new, actor(), identity().scope)
    response = tag_version(answer(_write(camera, None), HTTPStatus.CREATED), camera.version)
    response.headers["Location"] = f"{API_PREFIX}/cameras/{camera.id}"
    return response


@blueprint.get("/cameras/<int:camera_id>", responses={200: CameraAnswer})
@needs(Role.VIEWER)
def read(path: CameraPath) -> Response:
    """Read one camera."""
    camera = read_camera(path.camera_id)
    return tag_version(answer(_write(camera, _health_of(camera.id))), camera.version)


@blueprint.patch("/cameras/<int:camera_id>", responses={200: CameraAnswer})
@needs(Role.OPERATOR)
def change(path: CameraPath, body: CameraChanges) -> Response:
    """Change a camera. Without a url it keeps its address and password.

    With If-Match only the version that was seen is changed.
    """
    provided, who = services(), identity()
    changes = {name: value for name, value in body if value is not None}
    with provided.database.write() as session:
        camera = hold_camera(session, provided.box, path.camera_id, who.scope)
        check_match(camera.version)
        if "url" in changes:
            changes |= _changed_address(camera, changes.pop("url"))
        camera = change_camera(session, provided.box, camera.id, actor(), who.scope, **changes)
    return tag_version(answer(_write(camera, _health_of(camera.id))), camera.version)


@blueprint.delete("/cameras/<int:camera_id>", responses={204: None})
@needs(Role.OPERATOR)
def remove(path: CameraPath) -> Response:
    """Take a camera off; its history stays."""
    provided, scope = services(), identity().scope
    with provided.database.write() as session:
        check_match(hold_camera(session, provided.box, path.camera_id, scope).version)
        remove_camera(session, path.camera_id, actor(), scope)
    return answer_nothing()


@blueprint.get("/cameras/<int:camera_id>/snapshot.jpg", responses={200: _JPEG})
@needs(Role.VIEWER)
def snapshot(path: CameraPath) -> Response:
    """Read the newest live picture; waits up to 3 seconds for one."""
    camera = read_camera(path.camera_id)
    frame = services().hub.wait_for_frame(camera.id, SNAPSHOT_WAIT_S)
    if frame is None:
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE, f'The camera "{camera.name}" delivers no picture now.'
        )
    return Response(frame.jpeg, mimetype="image/jpeg")


def read_camera(camera_id: int) -> Camera:
    """Read a camera that the asker may see. Raises NotFound."""
    provided = services()
    with provided.database.read() as session:
        return get_camera(session, provided.box, camera_id, identity().scope)


def _health_of(camera_id: int) -> CameraHealth | None:
    return read_health(services().redis).get(camera_id)


def _write(camera: Camera, health: CameraHealth | None) -> CameraAnswer:
    return CameraAnswer(
        id=camera.id,
        name=camera.name,
        url=camera.redacted_address,
        transport=camera.transport,
        site=camera.site,
        site_id=camera.site_id,
        zone=camera.zone,
        zone_id=camera.zone_id,
        is_paused=camera.is_paused,
        frames_per_second=camera.frames_per_second,
        long_side=camera.long_side,
        rules=camera.rules,
        version=camera.version,
        created_at=camera.created_at,
        updated_at=camera.updated_at,
        health=None if health is None else write_health(health),
    )


def write_health(health: CameraHealth) -> HealthAnswer:
    width, height = health.size_wh or (None, None)
    return HealthAnswer(
        state=health.state,
        reason=health.reason,
        since=health.since,
        width=width,
        height=height,
        frames_per_second=health.frames_per_second,
        codec=health.codec,
        reconnects=health.reconnects,
    )


def _address_fields(url: str) -> dict[str, Any]:
    """Check an address. Raises BadRequest for the field url."""
    address = parse_source(url, services().settings.media)
    return {"address": address.text, "redacted_address": address.redacted()}


def _changed_address(camera: Camera, url: str) -> dict[str, str]:
    """Read a new address; the one that we answered, sent back, changes nothing."""
    return {} if url == camera.redacted_address else _address_fields(url)
