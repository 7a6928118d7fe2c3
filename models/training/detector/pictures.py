"""Pictures with the boxes of their faces, as the detector's training takes them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPicture
from core.types import LABELS, Boxes, Image, Label
from models.training.corrections import read_corrections
from models.training.examples import Example, Split


class Kind(IntEnum):
    """What is known of a box; the first three in the order of LABELS."""

    MASK = 0
    INCORRECT_MASK = 1
    NO_MASK = 2
    FACE = 3
    """A face; what it wears is not known."""
    IGNORE = 4
    """Neither face nor background: too unsure to learn from."""


Kinds: TypeAlias = NDArray[np.int8]
"""(n,) of Kind."""
_KIND_OF = {**{label.value: Kind(i) for i, label in enumerate(LABELS)}, "face": Kind.FACE}


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture and its boxes; group joins near-duplicates, as in the classifier's training."""

    pixels: Image
    boxes: Boxes
    kinds: Kinds
    source: str
    group: str

    @property
    def split(self) -> Split:
        """Place the whole group where the classifier's training places it."""
        return Example(Path(), None, Label.MASK, self.source, self.group).split


def read_scenes(folder: Path) -> Iterator[LabelledPicture]:
    """Read `*/annotations.json` of a data folder's `scenes`, labels corrected, with the pictures.

    EXIF orientation is ignored, as the annotators ignored it. Boxes of
    labels that are not known are to be ignored. Raises BadPicture.
    """
    corrections = read_corrections()
    for listing in sorted(folder.glob("*/annotations.json")):
        annotations = json.loads(listing.read_text())
        source = str(annotations["source"])
        for image in annotations["images"]:
            path = listing.parent / image["file"]
            file = path.relative_to(folder.parent).as_posix()
            group = corrections.group(file, str(image["group"] or f"{source}/{image['file']}"))
            boxes_xywh = np.asarray([box["bbox"] for box in image["boxes"]], np.float32)
            boxes_xywh = boxes_xywh.reshape(-1, 4)
            boxes = np.concatenate([boxes_xywh[:, :2], boxes_xywh[:, :2] + boxes_xywh[:, 2:]], 1)
            labels = [
                corrections.label(source, file, box["bbox"], box["label"]) for box in image["boxes"]
            ]
            kinds = [kind_of(label) for label in labels]
            yield LabelledPicture(
                read_pixels(path), boxes, np.asarray(kinds, np.int8), source, group
            )


def kind_of(label: str) -> Kind:
    """Turn an annotation's word into a kind; IGNORE for a word that is not known."""
    return _KIND_OF.get(label, Kind.IGNORE)


def read_frames(path: Path, every: int) -> Iterator[LabelledPicture]:
    """Read every so-manieth frame of a video, without boxes; the video is one group."""
    video = cv2.VideoCapture(str(path))
    index = 0
    while video.grab():
        if index % every == 0:
            pixels = np.asarray(video.retrieve()[1], np.uint8)
            yield without_boxes(pixels, path.stem, path.stem)
        index += 1
    video.release()


def read_pixels(path: Path) -> Image:
    """Read a picture as BGR without its EXIF orientation; raises BadPicture."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise BadPicture(f"{path}: not a readable picture; remove it or repair it")
    return np.asarray(pixels, np.uint8)


def without_boxes(pixels: Image, source: str, group: str) -> LabelledPicture:
    """Wrap a picture of which nothing is known yet, or that shows no face."""
    return LabelledPicture(
        pixels, np.zeros((0, 4), np.float32), np.zeros(0, np.int8), source, group
    )


def shrink(picture: LabelledPicture, long_side: int) -> LabelledPicture:
    """Shrink so that the longer side is at most long_side; smaller ones stay as they are."""
    scale = long_side / max(picture.pixels.shape[:2])
    if scale >= 1:
        return picture
    size_wh = (
        max(1, round(picture.pixels.shape[1] * scale)),
        max(1, round(picture.pixels.shape[0] * scale)),
    )
    pixels = np.asarray(cv2.resize(picture.pixels, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    boxes = (picture.boxes * scale).astype(np.float32)
    return LabelledPicture(pixels, boxes, picture.kinds, picture.source, picture.group)


def save_pictures(path: Path, pictures: Sequence[LabelledPicture]) -> None:
    """Write pictures decoded, so that training need not decode them again."""
    arrays = {f"pixels{i}": picture.pixels for i, picture in enumerate(pictures)}
    np.savez(
        path,
        **arrays,  # type: ignore[arg-type]  # names built here
        boxes=np.concatenate([picture.boxes for picture in pictures]),
        kinds=np.concatenate([picture.kinds for picture in pictures]),
        counts=np.asarray([len(picture.boxes) for picture in pictures]),
        sources=np.asarray([picture.source for picture in pictures]),
        groups=np.asarray([picture.group for picture in pictures]),
    )


def load_pictures(path: Path) -> list[LabelledPicture]:
    """Read what save_pictures wrote."""
    with np.load(path, allow_pickle=False) as stored:
        ends = np.cumsum(stored["counts"])[:-1]
        boxes, kinds = np.split(stored["boxes"], ends), np.split(stored["kinds"], ends)
        sources, groups = stored["sources"].tolist(), stored["groups"].tolist()
        return [
            LabelledPicture(stored[f"pixels{i}"], boxes[i], kinds[i], sources[i], groups[i])
            for i in range(len(sources))
        ]
