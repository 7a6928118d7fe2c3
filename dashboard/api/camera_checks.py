"""Look at a camera before it is saved: its picture, its faces, and what that promises."""

import base64
from http import HTTPStatus

from flask import Response
from pydantic import Field

from core.camera_advice import AdviceLevel, AdviceTopic
from core.camera_entries import LONG_SIDE_DEFAULT, LongSide, Transport, Url
from core.checks import (
    TIMEOUT_S,
    TOPIC,
    CameraCheck,
    CheckQuestion,
    decode_check,
    seal_question,
)
from core.requests import ask
from core.sources import parse_source
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.cameras import blueprint as blueprint
from dashboard.api.cameras import read_camera
from dashboard.api.operations import problems
from dashboard.api.schemas import Answered, Asked, Id, answer
from dashboard.camera_looks import advise_on_check, find_snapshot_faces
from dashboard.problems import unfit
from dashboard.processes import require_process
from dashboard.services import services


class CheckAsked(Asked):
    """A stream to look at. Without url, the address of the camera `camera_id` is checked."""

    url: Url | None = None
    camera_id: Id | None = None
    transport: Transport = "tcp"
    long_side: LongSide = LONG_SIDE_DEFAULT


class SnapshotFace(Answered):
    box: list[float] = Field(
        min_length=4, max_length=4, description="x, y, width and height in the snapshot's pixels."
    )
    score: float = Field(description="How sure the detector is that this is a face, 0 to 1.")


class AdviceAnswer(Answered):
    topic: AdviceTopic
    level: AdviceLevel
    text: str


class CheckAnswer(Answered):
    """What a stream showed; where ok is false, error says why."""

    ok: bool
    error: str
    width: int
    height: int
    frames_per_second: float | None
    codec: str
    snapshot_jpeg: str = Field(description="A JPEG in base64; empty where the check failed.")
    faces: list[SnapshotFace] | None = Field(
        description="Faces of the snapshot; null if no worker could look."
    )
    advice: list[AdviceAnswer] = Field(
        description="What to expect of this camera, and what to change first; one a topic."
    )


@blueprint.post(
    "/cameras/check",
    responses={
        200: CheckAnswer,
        **problems(HTTPStatus.NOT_FOUND, HTTPStatus.GATEWAY_TIMEOUT),
    },
)
@needs(Role.OPERATOR)
def check(body: CheckAsked) -> Response:
    """Open a stream, look at it for a moment, and say what it shows or why it fails.

    Where a worker runs it looks for faces. The advice says whether masks can be judged there.
    """
    question = CheckQuestion(_address_to_check(body), body.transport)
    return answer(_describe(_ask_ingest(question), body.long_side))


def _address_to_check(body: CheckAsked) -> str:
    if body.url is None and body.camera_id is None:
        raise unfit("url", "an address, or camera_id for a registered one", None)
    camera = None if body.camera_id is None else read_camera(body.camera_id)
    if camera is not None and body.url in (None, camera.redacted_address):
        return camera.address
    return parse_source(body.url or "", services().settings.media).text


def _ask_ingest(question: CheckQuestion) -> CameraCheck:
    """Have ingest open the stream. Raises Refused where none runs, NoAnswer if it is busy."""
    require_process("ingest", "open the stream")
    provided = services()
    sealed = seal_question(question, provided.box)
    return decode_check(ask(provided.redis, TOPIC, sealed, TIMEOUT_S))


def _describe(found: CameraCheck, long_side: int) -> CheckAnswer:
    provided = services()
    faces = find_snapshot_faces(provided.redis, found, provided.settings.min_score)
    advice = advise_on_check(found, faces, long_side) if found.ok else ()
    return CheckAnswer(
        ok=found.ok,
        error=found.error,
        width=found.width,
        height=found.height,
        frames_per_second=found.frames_per_second,
        codec=found.codec,
        snapshot_jpeg=base64.b64encode(found.snapshot_jpeg).decode(),
        faces=None
        if faces is None
        else [SnapshotFace(box=list(face.box), score=face.score) for face in faces],
        advice=[AdviceAnswer(topic=one.topic, level=one.level, text=one.text) for one in advice],
    )
