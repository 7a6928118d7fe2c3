"""Load examples as small pictures, each with its face's box and landmarks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPicture
from core.face_crops import CONTEXT, cut_crops, square_regions
from core.pictures import read_picture
from core.types import LABELS, Boxes, Image
from models.detectors.boxes import FacePoints, overlaps
from models.detectors.centerface import CenterFace
from models.training.examples import Example

MARGIN = 2.0
"""Side of a kept picture in box sides: room for jitter, rotation and the detector."""
SIDE_MAX = 192
"""Pixels of a kept picture; 17,000 of them fit in 2 GB."""
PADDING = 0.25
"""Of the picture's side, added around it before detection: tight crops have no background."""
SAME_FACE = 0.3
"""Intersection over union above which the detector's box is the annotated face."""
SCORE_MIN = 0.2
"""Of a detected face; below it even a plain grey picture has some."""
DETECTOR_SIZE_WH = (256, 256)


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled face, ready to be cut.

    pixels: (h, w, 3) BGR; box: (4,) xyxy in them; landmarks: (5, 2) xy or None
    where the detector saw no face; label: index into LABELS; annotated: (4,)
    xyxy, the box that the picture's makers gave, or None; face_px: its longer
    side in pixels of the stored picture.
    """

    pixels: Image
    box: NDArray[np.float32]
    landmarks: NDArray[np.float32] | None
    label: int
    source: str
    group: str = ""
    path: Path = Path()
    face_px: float = 0.0
    annotated: NDArray[np.float32] | None = None


def load_samples(
    examples: Sequence[Example], detector_path: Path, threads: int, report: Callable[[str], None]
) -> list[Sample]:
    """Load each example and look for its face with our own detector.

    The detector's box is taken where it agrees with the annotation, since that
    is what the classifier will see; unreadable pictures are reported and left out.
    """
    detector = CenterFace(detector_path, threads, [DETECTOR_SIZE_WH], score_floor=SCORE_MIN)
    samples: list[Sample] = []
    pictures = _read_pictures(examples, report)
    while chunk := list(islice(pictures, 64)):
        points = detector.detect_points([_pad(sample.pixels) for sample in chunk])
        samples += [
            _with_points(sample, found) for sample, found in zip(chunk, points, strict=True)
        ]
    return samples


def serving_crop(sample: Sample) -> Image:
    """Cut the face as serving does."""
    return cut_crops(sample.pixels, sample.box[None])[0]


def _read_pictures(examples: Sequence[Example], report: Callable[[str], None]) -> Iterator[Sample]:
    """Read each picture once for all of its faces."""
    for (path, seconds), faces in groupby(examples, key=lambda face: (face.path, face.seconds)):
        try:
            # The annotations are in pixels of the stored picture.
            image = (
                read_picture(path, upright=False) if seconds is None else read_frame(path, seconds)
            )
        except BadPicture as error:
            report(f"left out: {error}")
            continue
        yield from (_crop(image, example) for example in faces)


def read_frame(path: Path, seconds: float) -> Image:
    """Read the frame of a video that is shown at that time. Raises BadPicture."""
    video = cv2.VideoCapture(str(path))
    try:
        video.set(cv2.CAP_PROP_POS_FRAMES, round(seconds * video.get(cv2.CAP_PROP_FPS)))
        is_read, frame = video.read()
    finally:
        video.release()
    if not is_read:
        raise BadPicture(f"{path}: no frame at {seconds} s")
    return np.asarray(frame, np.uint8)


def _crop(image: Image, example: Example) -> Sample:
    """Keep one face with its surroundings, at most SIDE_MAX pixels."""
    region = box = np.asarray([0, 0, image.shape[1], image.shape[0]])
    if example.box_xyxy is None:
        # The whole picture is the face with its context.
        box = _shrink_about_centre(box, 1 / CONTEXT)
    else:
        box = np.asarray(example.box_xyxy)
        region = square_regions(box[None], MARGIN, (image.shape[1], image.shape[0]))[0]
    left, top, right, bottom = region
    scale = min(1.0, SIDE_MAX / max(right - left, bottom - top))
    size_wh = (max(2, round((right - left) * scale)), max(2, round((bottom - top) * scale)))
    pixels = cv2.resize(image[top:bottom, left:right], size_wh, interpolation=cv2.INTER_AREA)
    box_in_region = ((box - [left, top, left, top]) * scale).astype(np.float32)
    return Sample(
        pixels=np.asarray(pixels, np.uint8),
        box=box_in_region,
        landmarks=None,
        label=LABELS.index(example.label),
        source=example.source,
        group=example.group,
        path=example.path,
        face_px=float((box[2:] - box[:2]).max()),
        annotated=box_in_region,
    )


def _shrink_about_centre(box: NDArray[Any], ratio: float) -> NDArray[Any]:
    centre = np.tile((box[:2] + box[2:]) / 2, 2)
    return np.asarray(centre + (box - centre) * ratio)


def _pad(pixels: Image) -> Image:
    rows, columns = _padding(pixels)
    return np.asarray(
        cv2.copyMakeBorder(pixels, rows, rows, columns, columns, cv2.BORDER_REFLECT), np.uint8
    )


def _padding(pixels: Image) -> tuple[int, int]:
    return int(pixels.shape[0] * PADDING), int(pixels.shape[1] * PADDING)


def _with_points(sample: Sample, points: FacePoints) -> Sample:
    """Take box and landmarks of the detected face that is this sample's."""
    rows, columns = _padding(sample.pixels)
    boxes: Boxes = points.found.boxes - np.asarray([columns, rows, columns, rows], np.float32)
    agreement = overlaps(sample.box, boxes)
    if not len(boxes) or agreement.max() < SAME_FACE:
        return sample
    best = int(agreement.argmax())
    landmarks = points.landmarks[best] - np.asarray([columns, rows], np.float32)
    return replace(sample, box=boxes[best], landmarks=landmarks)
