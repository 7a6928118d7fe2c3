"""Explain one face and end: `python -m models.explanation.one_face FOLDER`.

Reads the JPEG of a crop from stdin and writes an ExplanationAnswer to stdout. A
process of its own, for it takes 7 s of one core and 800 MB: TensorFlow must neither
stay in a worker's memory nor hold up its live frames. Nothing of the face touches a disk.
"""

import os
import sys
from pathlib import Path

import cv2

from core.errors import BadPicture, MaskwatchError
from core.face_explanations import ExplanationAnswer, encode_answer
from core.pictures import decode_jpeg
from core.processes import bind_to_parent
from core.types import Image
from models.explanation.drawing import draw_crop
from models.explanation.explain import explain_face
from models.explanation.faces import Explained
from models.explanation.network import open_network
from models.runtimes.quiet import need_tensorflow

NICENESS = 5
"""Live frames come first."""


def main() -> None:
    """Answer for the face on stdin; what goes wrong becomes a sentence."""
    bind_to_parent()
    os.nice(NICENESS)
    try:
        answer = ExplanationAnswer(explain(sys.stdin.buffer.read(), Path(sys.argv[1])))
    except MaskwatchError as error:
        answer = ExplanationAnswer(error=str(error))
    sys.stdout.buffer.write(encode_answer(answer))


def explain(jpeg: bytes, folder: Path) -> bytes:
    """Draw a crop beside its heat, as PNG. folder: of the model version.

    Raises BadPicture, BadSettings without TensorFlow, and WeightsMismatch where the
    version has no Keras file.
    """
    crop = decode_jpeg(jpeg)
    need_tensorflow("an explanation")
    network = open_network(folder)
    return _encode_png(
        draw_crop(Explained(crop, explain_face(crop, network)), network.model_version)
    )


def _encode_png(image: Image) -> bytes:
    is_encoded, content = cv2.imencode(".png", image)
    if not is_encoded:
        raise BadPicture("the explanation cannot be encoded as PNG")
    return content.tobytes()


if __name__ == "__main__":
    main()
