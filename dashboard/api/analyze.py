"""Analyse what is sent: pictures at once, never kept; a recorded video as a job."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response
from flask_limiter import Limiter
from pydantic import Field, RootModel
from werkzeug.datastructures import FileStorage

from core.errors import NoAnswer
from core.picture_questions import (
    LONG_SIDE,
    PICTURE_BYTES_MAX,
    PICTURES_MAX,
    TIMEOUT_S,
    TOPIC,
    PictureAnswer,
    PictureOptions,
    PictureQuestion,
    decode_answer,
    encode_question,
)
from core.requests import ask_all
from core.storage.users import Role
from core.types import LABELS, Label
from dashboard.access import identity, needs, takes_bodies_of
from dashboard.api.jobs import JobAnswer, answer_accepted
from dashboard.api.operations import api_blueprint, problems
from dashboard.api.schemas import Answered, Asked, Id, Moment, answer
from dashboard.problems import Refused, unfit
from dashboard.processes import require_process
from dashboard.services import services
from dashboard.uploads import Upload, name_upload, no_upload, upload_bytes_max
from dashboard.videos import SentVideo, take_video

RATE = "60 per minute"
"""Requests of one user or token: their pictures share the workers with the cameras."""
ALL_BYTES_MAX = 48_000_000
"""Of all pictures of one request, which are in memory at once."""

_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")

blueprint = api_blueprint("analyze", "Have pictures and recorded videos analysed.")


def limit_asks(limiter: Limiter) -> None:
    """Limit how often one user or token may ask."""
    limiter.limit(RATE, key_func=lambda: identity().name)(blueprint)


class AnalysisAsked(Asked):
    """One to 16 pictures, or one recorded video with its camera and the time of its start."""

    pictures: list[Upload] = Field(
        default_factory=list,
        max_length=PICTURES_MAX,
        description="JPEG, PNG or WebP, told by their content; at most 16 MB each, 48 MB in all.",
    )
    long_side: int = Field(
        LONG_SIDE, ge=160, le=3840, description="Pixels; larger pictures are shrunk to it."
    )
    min_score: float | None = Field(
        None,
        ge=0.05,
        le=0.99,
        description="Score below which a face is left out; default MASKWATCH_MIN_SCORE.",
    )
    no_exif: bool = Field(False, description="Ignore the orientation that the file names.")
    video: Upload = Field(
        default_factory=no_upload,
        description="A recorded video, whose history is written by a job.",
    )
    camera_id: Id | None = Field(None, description="The camera that the video is of.")
    starts_at: Moment | None = Field(
        None, description="When the video's first frame was taken; all of it lies in the past."
    )
    replace: bool = Field(
        False,
        description="Erase the history of that camera and time first. Needs an administrator.",
    )


class LabelProbabilities(Answered):
    """Together 1."""

    mask: float
    incorrect_mask: float
    no_mask: float


class FoundFaceAnswer(Answered):
    box: list[float] = Field(
        min_length=4,
        max_length=4,
        description="x, y, width and height in pixels of the stored picture.",
    )
    score: float = Field(description="How sure the detector is that this is a face, 0 to 1.")
    label: Label
    probabilities: LabelProbabilities


class AnalysedPicture(Answered):
    file: str = Field(description="Its name, as it was sent.")
    width: int
    height: int
    faces: list[FoundFaceAnswer]


class UnreadablePicture(Answered):
    file: str = Field(description="Its name, as it was sent.")
    error: str = Field(description="Why it was not analysed, and what to do.")


class Analysis(RootModel[list[AnalysedPicture | UnreadablePicture]]):
    """One entry a picture, in the order in which they were sent."""


@blueprint.post(
    "/analyze",
    responses={
        200: Analysis,
        202: JobAnswer,
        **problems(
            HTTPStatus.NOT_FOUND,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.GATEWAY_TIMEOUT,
            HTTPStatus.INSUFFICIENT_STORAGE,
        ),
    },
)
@needs(Role.OPERATOR)
@takes_bodies_of(upload_bytes_max)
def analyze(form: AnalysisAsked) -> Response:
    """Find the faces in pictures at once; or write the history of a recorded video, by a job.

    Pictures are kept nowhere; workers answer, as `maskwatch detect --json` does. A picture
    that cannot be read is answered by its error, in its place.

    A video is answered by 202 and its job. The history is written at the video's own
    times, all at once as the job ends: one that is cancelled leaves nothing.
    """
    if bool(form.pictures) is bool(form.video):
        raise unfit("pictures", f"1 to {PICTURES_MAX} pictures, or a video", "none or both")
    if form.video:
        return _ask_backfill(form)
    return answer(Analysis(_find_faces(form)))


def _ask_backfill(form: AnalysisAsked) -> Response:
    """Have the history of a video written by a job."""
    if form.camera_id is None or form.starts_at is None:
        name = "camera_id" if form.camera_id is None else "starts_at"
        raise unfit(name, "a value, for a video needs it", "nothing")
    if form.replace and not identity().is_admin:
        raise Refused(HTTPStatus.FORBIDDEN, "Only an administrator replaces history.")
    sent = SentVideo(form.video, form.camera_id, form.starts_at, form.replace)
    return answer_accepted(take_video(sent))


def _find_faces(form: AnalysisAsked) -> list[AnalysedPicture | UnreadablePicture]:
    """Have the readable ones looked at, all at once; the others are answered here."""
    settings = services().settings
    options = PictureOptions(
        form.long_side,
        form.min_score or settings.min_score,
        not form.no_exif,
        settings.media_max_megapixels,
    )
    contents = _read(form.pictures)
    errors = [_find_fault(content) for content in contents]
    sound = [content for content, error in zip(contents, errors, strict=True) if not error]
    answers = iter(_ask_workers([PictureQuestion(content, options) for content in sound]))
    return [
        _describe(
            name_upload(picture),
            PictureAnswer(error=error) if error else next(answers),
        )
        for picture, error in zip(form.pictures, errors, strict=True)
    ]


def _read(pictures: Sequence[FileStorage]) -> list[bytes]:
    """Read them into memory, a byte more than is allowed where one is too large."""
    contents: list[bytes] = []
    room = ALL_BYTES_MAX
    for picture in pictures:
        contents.append(picture.stream.read(PICTURE_BYTES_MAX + 1))
        room -= len(contents[-1])
        if room < 0:
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The pictures are over {ALL_BYTES_MAX // 1_000_000} MB together; send fewer.",
            )
    return contents


def _find_fault(content: bytes) -> str:
    """Say why a file is no picture for us; empty where it looks like one."""
    if len(content) > PICTURE_BYTES_MAX:
        return f"the picture is over {PICTURE_BYTES_MAX // 1_000_000} MB; make it smaller"
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if is_webp or content.startswith(_BEGINNINGS):
        return ""
    return "this is not a JPEG, PNG or WebP picture" if content else "the file is empty"


def _ask_workers(questions: Sequence[PictureQuestion]) -> list[PictureAnswer]:
    """Spread the pictures over the workers. Raises NoAnswer, and Refused where none runs."""
    redis = services().redis
    if not questions:
        return []
    require_process("worker", "look at pictures")
    entries = [encode_question(question) for question in questions]
    try:
        return [decode_answer(one) for one in ask_all(redis, TOPIC, entries, TIMEOUT_S)]
    except NoAnswer as error:
        raise Refused(
            HTTPStatus.GATEWAY_TIMEOUT,
            f"The workers did not answer within {TIMEOUT_S:.0f} s. Send fewer or smaller "
            "pictures, or start more workers (`maskwatch worker`).",
        ) from error


def _describe(name: str, found: PictureAnswer) -> AnalysedPicture | UnreadablePicture:
    if found.error:
        return UnreadablePicture(file=name, error=found.error)
    faces = [
        FoundFaceAnswer(
            box=list(face.box),
            score=face.score,
            label=face.label,
            probabilities=LabelProbabilities(
                **dict(zip(map(str, LABELS), face.probabilities, strict=True))
            ),
        )
        for face in found.faces
    ]
    return AnalysedPicture(file=name, width=found.width, height=found.height, faces=faces)
