"""Look at the picture that a camera's check brought: faces by a worker, then advice."""

from redis import Redis

from core.camera_advice import Advice, CameraLook, Light, advise, measure_picture
from core.checks import CameraCheck
from core.errors import BadPicture, MaskwatchError
from core.heartbeats import read_heartbeats
from core.picture_questions import (
    TOPIC,
    FoundFace,
    PictureOptions,
    PictureQuestion,
    decode_answer,
    encode_question,
)
from core.pictures import decode_jpeg
from core.requests import ask

TIMEOUT_S = 5.0
"""Seconds that one waits for a worker, after the check itself; advice without faces helps, too."""


def find_snapshot_faces(
    redis: Redis, check: CameraCheck, min_score: float
) -> tuple[FoundFace, ...] | None:
    """Have a worker find the faces of a snapshot; None if nobody could look in time."""
    if not check.snapshot_jpeg or not read_heartbeats(redis, "worker"):
        return None
    question = PictureQuestion(check.snapshot_jpeg, PictureOptions(min_score=min_score))
    try:
        found = decode_answer(ask(redis, TOPIC, encode_question(question), TIMEOUT_S))
    except MaskwatchError:
        return None
    return None if found.error else found.faces


def advise_on_check(
    check: CameraCheck, faces: tuple[FoundFace, ...] | None, long_side: int
) -> tuple[Advice, ...]:
    """Say what this camera is good for when its pictures are analysed with that long side."""
    picture, lights, snapshot_side = _measure(check.snapshot_jpeg, faces or ())
    analysed_side = min(long_side, max(check.width, check.height))
    scale = analysed_side / snapshot_side if snapshot_side else 1.0
    widths = None if faces is None else [face.box[2] * scale for face in faces]
    size_wh = (check.width, check.height)
    return advise(CameraLook(size_wh, long_side, check.frames_per_second, picture, widths, lights))


def _measure(
    snapshot_jpeg: bytes, faces: tuple[FoundFace, ...]
) -> tuple[Light | None, tuple[Light, ...], int]:
    """Measure a snapshot and its faces; its longer side, 0 where it cannot be decoded."""
    try:
        image = decode_jpeg(snapshot_jpeg)
    except BadPicture:
        return None, (), 0
    return *measure_picture(image, [face.box for face in faces]), max(image.shape[:2])
