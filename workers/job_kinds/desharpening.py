"""Desharpening: blur kept sharp pictures for good, or remove them, where the mode has changed."""

from collections.abc import Mapping

from core.desharpening import Desharpened, DesharpeningParameters, SharpPictures
from core.errors import BadPicture, SecretUnreadable
from core.face_pictures import blur_jpeg
from core.face_seals import FaceKey
from core.secrets import SecretBox
from core.storage.pictures import (
    count_sharp_pictures,
    read_sharp_pictures,
    remove_pictures,
    replace_by_blurred,
)
from core.storage.space import breathing
from workers.job_context import JobContext, Kind

BATCH_PICTURES = 200
"""In one transaction; opening and blurring them takes about 50 ms."""


def run(asked: DesharpeningParameters, context: JobContext) -> Desharpened:
    """Go through the sharp pictures by their sightings' ids; run again, it goes on."""
    with context.database.read() as session:
        count = count_sharp_pictures(session)
    key = FaceKey(SecretBox.open(context.settings.key_file))
    after, done, total = 0, 0, Desharpened()
    while True:
        context.report(min(1.0, done / count) if count else None, f"{done} of {count} pictures")
        with context.database.read() as session:
            sealed = read_sharp_pictures(session, after, BATCH_PICTURES)
        if not sealed:
            context.say(total.describe())
            return total
        total += _let_go(context, sealed, asked.sharp_pictures, key)
        after, done = max(sealed), done + len(sealed)


def _let_go(
    context: JobContext, sealed: Mapping[int, bytes], way: SharpPictures, key: FaceKey
) -> Desharpened:
    """Blur or remove one batch, in one transaction."""
    if way is SharpPictures.REMOVE:
        with breathing(context.database), context.database.write() as session:
            return Desharpened(removed=remove_pictures(session, sealed))
    blurred = {
        sighting_id: jpeg
        for sighting_id, content in sealed.items()
        if (jpeg := _blur(content, key)) is not None
    }
    with breathing(context.database), context.database.write() as session:
        replaced = replace_by_blurred(session, blurred)
    return Desharpened(blurred=replaced, unreadable=len(sealed) - len(blurred))


def _blur(content: bytes, key: FaceKey) -> bytes | None:
    """Blur a sealed picture; None where it cannot be opened."""
    try:
        return blur_jpeg(key.open(content))
    except (SecretUnreadable, BadPicture):
        return None


KIND = Kind(DesharpeningParameters, run)
