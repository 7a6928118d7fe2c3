"""Show the pictures of sightings: sharp ones only to whom it is permitted, and written down."""

from http import HTTPStatus

from core.errors import Conflict, SecretUnreadable
from core.face_explanations import (
    TIMEOUT_S,
    TOPIC,
    ExplanationQuestion,
    decode_answer,
    encode_question,
)
from core.face_seals import FaceKey
from core.requests import ask
from core.storage.audit import record_change
from core.storage.pictures import SightingPicture, read_picture
from core.storage.sightings import get_sighting
from dashboard.access import identity
from dashboard.audit import actor
from dashboard.problems import Refused
from dashboard.services import services


def show_picture(sighting_id: int) -> bytes:
    """Give the JPEG that this asker may see of a sighting.

    A sharp one is blurred for those who may not see faces; for the others the look at
    it is audited before it is given. Raises NotFound, and Conflict where the key is lost.
    """
    picture = find(sighting_id)
    if not picture.is_sharp:
        return picture.content
    jpeg = unseal(picture)
    if identity().may_see_faces:
        note_view(sighting_id)
        return jpeg
    # Imported here: it loads OpenCV, which nothing else of a dashboard needs.
    from core.face_pictures import blur_jpeg

    return blur_jpeg(jpeg)


def explain_picture(sighting_id: int) -> bytes:
    """Give a PNG of where on the kept face the classifier looked, which a worker draws.

    Raises NotFound, Conflict with the reason where there can be none, Refused for those
    who may not see faces, and NoAnswer.
    """
    picture = find(sighting_id)
    if not picture.is_sharp:
        raise Conflict(
            "this picture was blurred before it was kept, and of a blurred face nothing can be "
            'explained; the evidence mode "sharp" keeps pictures that can be'
        )
    if not identity().may_see_faces:
        raise Refused(HTTPStatus.FORBIDDEN, "An explanation shows the face; you may not see faces.")
    with services().database.read() as session:
        version = get_sighting(session, sighting_id).model_version
    question = ExplanationQuestion(version, unseal(picture))
    note_view(sighting_id)
    found = decode_answer(ask(services().redis, TOPIC, encode_question(question), TIMEOUT_S))
    if found.error:
        raise Conflict(found.error)
    return found.png


def find(sighting_id: int) -> SightingPicture:
    """Read the picture of a sighting in this asker's scope. Raises NotFound."""
    with services().database.read() as session:
        return read_picture(session, sighting_id, identity().scope)


def unseal(picture: SightingPicture) -> bytes:
    """Open a sharp picture. Raises Conflict where it was sealed with a key that we lack."""
    try:
        return FaceKey(services().box).open(picture.content)
    except SecretUnreadable as error:
        raise Conflict(str(error)) from error


def note_view(sighting_id: int) -> None:
    """Write into the audit who looks at a face."""
    with services().database.write() as session:
        record_change(session, actor(), "picture.view", f"sighting {sighting_id}")
