"""Cameras: list, register, change, remove, check before saving, snapshot."""

import base64
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field, StringConstraints

from core.checks import TIMEOUT_S, TOPIC, CheckQuestion, decode_check, seal_question
from core.heartbeats import CameraHealth, CameraState, read_health
from core.requests import ask
from core.sources import parse_source
from core.storage.cameras import (
    FRAMES_PER_SECOND_DEFAULT,
    LONG_SIDE_DEFAULT,
    Camera,
    NewCamera,
    add_camera,
    change_camera,
    get_camera,
    list_cameras,
    remove_camera,
)
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Name, Text, answer, answer_nothing
from dashboard.problems import API_PREFIX, Refused, unfit
from dashboard.services import services

SNAPSHOT_WAIT_S = 3.0

Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    Field(
        description="rtsp, rtsps, http or https address, the index of a webcam, "
        "or a file of the media folder. Answers never hold its password.",
    ),
]
Transport = Literal["tcp", "udp"]
Rate = Annotated[float, Field(ge=0.5, le=30, description="Frames a second that are analysed.")]
LongSide = Annotated[int, Field(ge=160, le=3840, description="Longer side for analysis, pixels.")]


blueprint = api_blueprint("cameras", "What is watched.")

_JPEG: dict[Any, Any] = {
    "description": "A picture.",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}


class CameraPath(Asked):
    camera_id: Id


class CameraAsked(Asked):
    """A camera to register."""

    name: Name
    url: Url
    transport: Transport = "tcp"
    site: Text = ""
    zone: Text = ""
    is_paused: bool = False
    frames_per_second: Rate = FRAMES_PER_SECOND_DEFAULT
    long_side: LongSide = LONG_SIDE_DEFAULT


class CameraChanges(Asked):
    """What to change of a camera; what is left out or null stays."""

    name: Name | None = None
    url: Url | None = None
    transport: Transport | None = None
    site: Text | None = None
    zone: Text | None = None
    is_paused: bool | None = None
    frames_per_second: Rate | None = None
    long_side: LongSide | None = None


class CheckAsked(Asked):
    """A stream to look at. Without url, the address of the camera `camera_id` is checked."""

    url: Url | None = None
    camera_id: Id | None = None
    transport: Transport = "tcp"


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
    zone: str
    is_paused: bool
    frames_per_second: float
    long_side: int
    version: int
    created_at: datetime
    updated_at: datetime
    health: HealthAnswer | None


class CameraPage(Answered):
    items: list[CameraAnswer]
    next_cursor: str | None = None


class CheckAnswer(Answered):
    """What a stream showed; where ok is false, error says why."""

    ok: bool
    error: str
    width: int
    height: int
    frames_per_second: float | None
    codec: str
    snapshot_jpeg: str = Field(description="A JPEG in base64; empty where the check failed.")


@blueprint.get("/cameras", responses={200: CameraPage})
@needs(Role.VIEWER)
def list_all() -> Response:
    """List the cameras by name."""
    provided = services()
    health = read_health(provided.redis)
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box)
    return answer(CameraPage(items=[_write(one, health.get(one.id)) for one in cameras]))


@blueprint.post("/cameras", responses={201: CameraAnswer})
@needs(Role.OPERATOR)
def register_camera(body: CameraAsked) -> Response:
    """Register a camera; ingest opens it within 2 seconds."""
    provided = services()
    fields = body.model_dump(exclude={"url"}) | _address_fields(body.url)
    with provided.database.write() as session:
        camera = add_camera(session, provided.box, NewCamera(**fields))
    response = answer(_write(camera, None), HTTPStatus.CREATED)
    response.headers["Location"] = f"{API_PREFIX}/cameras/{camera.id}"
    return response


@blueprint.post("/cameras/check", responses={200: CheckAnswer})
@needs(Role.OPERATOR)
def check(body: CheckAsked) -> Response:
    """Open a stream, look at it for a moment, and say what it shows or why it fails."""
    question = CheckQuestion(_address_to_check(body), body.transport)
    return answer(_ask_ingest(question))


@blueprint.get("/cameras/<int:camera_id>", responses={200: CameraAnswer})
@needs(Role.VIEWER)
def read(path: CameraPath) -> Response:
    """Read one camera."""
    return answer(_write(_read(path.camera_id), _health_of(path.camera_id)))


@blueprint.patch("/cameras/<int:camera_id>", responses={200: CameraAnswer})
@needs(Role.OPERATOR)
def change(path: CameraPath, body: CameraChanges) -> Response:
    """Change a camera. Without a url it keeps its address and password."""
    provided = services()
    changes = body.model_dump(exclude_none=True)
    with provided.database.write() as session:
        camera = get_camera(session, provided.box, path.camera_id)
        if "url" in changes:
            changes |= _changed_address(camera, changes.pop("url"))
        if changes:
            camera = change_camera(session, provided.box, camera.id, **changes)
    return answer(_write(camera, _health_of(camera.id)))


@blueprint.delete("/cameras/<int:camera_id>", responses={204: None})
@needs(Role.OPERATOR)
def remove(path: CameraPath) -> Response:
    """Take a camera off; its history stays."""
    with services().database.write() as session:
        remove_camera(session, path.camera_id)
    return answer_nothing()


@blueprint.get("/cameras/<int:camera_id>/snapshot.jpg", responses={200: _JPEG})
@needs(Role.VIEWER)
def snapshot(path: CameraPath) -> Response:
    """Read the newest live picture; waits up to 3 seconds for one."""
    camera = _read(path.camera_id)
    frame = services().hub.wait_for_frame(camera.id, SNAPSHOT_WAIT_S)
    if frame is None:
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE, f'The camera "{camera.name}" delivers no picture now.'
        )
    return Response(frame.jpeg, mimetype="image/jpeg")


def _read(camera_id: int) -> Camera:
    provided = services()
    with provided.database.read() as session:
        return get_camera(session, provided.box, camera_id)


def _health_of(camera_id: int) -> CameraHealth | None:
    return read_health(services().redis).get(camera_id)


def _write(camera: Camera, health: CameraHealth | None) -> CameraAnswer:
    return CameraAnswer(
        id=camera.id,
        name=camera.name,
        url=camera.redacted_address,
        transport=camera.transport,
        site=camera.site,
        zone=camera.zone,
        is_paused=camera.is_paused,
        frames_per_second=camera.frames_per_second,
        long_side=camera.long_side,
        version=camera.version,
        created_at=camera.created_at,
        updated_at=camera.updated_at,
        health=None if health is None else _write_health(health),
    )


def _write_health(health: CameraHealth) -> HealthAnswer:
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


def _address_fields(url: str) -> dict[str, str]:
    """Check an address. Raises BadRequest for the field url."""
    address = parse_source(url, services().settings.media)
    return {"address": address.text, "redacted_address": address.redacted()}


def _changed_address(camera: Camera, url: str) -> dict[str, str]:
    """Read a new address; the one that we answered, sent back, changes nothing."""
    return {} if url == camera.redacted_address else _address_fields(url)


def _address_to_check(body: CheckAsked) -> str:
    if body.url is None and body.camera_id is None:
        raise unfit("url", "an address, or camera_id for a registered one", None)
    camera = None if body.camera_id is None else _read(body.camera_id)
    if camera is not None and body.url in (None, camera.redacted_address):
        return camera.address
    return _address_fields(body.url or "")["address"]


def _ask_ingest(question: CheckQuestion) -> CheckAnswer:
    """Have ingest open the stream. Raises NoAnswer where no ingest runs."""
    provided = services()
    sealed = seal_question(question, provided.box)
    found = decode_check(ask(provided.redis, TOPIC, sealed, TIMEOUT_S))
    return CheckAnswer(
        ok=found.ok,
        error=found.error,
        width=found.width,
        height=found.height,
        frames_per_second=found.frames_per_second,
        codec=found.codec,
        snapshot_jpeg=base64.b64encode(found.snapshot_jpeg).decode(),
    )
