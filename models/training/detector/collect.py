"""Gather what the detector learns from, decoded and completed by teachers, into two files.

`python -m models.training.detector.collect DATA OUTPUT --yunet yunet_n.onnx`

DATA has scenes/*/annotations.json, faces/index.csv and videos/*.mp4, each
optional. Teachers are CenterFace and the user's YuNet. Writes OUTPUT/scenes.npz
and OUTPUT/crops.npz; about half a minute for 100 scenes on two cores.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import click
import cv2
import numpy as np

from core.assets import asset_path
from models.detectors.boxes import SizeWh
from models.detectors.centerface import CenterFace
from models.detectors.protocol import FaceDetector
from models.detectors.yunet import YuNet
from models.runtimes.cores import count_cores
from models.training.corrections import Corrections, read_corrections
from models.training.detector.pictures import (
    Kind,
    LabelledPicture,
    kind_of,
    read_frames,
    read_pixels,
    read_scenes,
    save_pictures,
    shrink,
    without_boxes,
)
from models.training.detector.teachers import SCORE_MIN, Findings, consult, fill_in

SCENE_LONG_SIDE = 640
SCENE_SIZES_WH: tuple[tuple[SizeWh, ...], ...] = (
    ((960, 576), (576, 960), (960, 960)),
    ((480, 288), (288, 480), (480, 480)),
)
"""Teachers see each scene enlarged, for small faces, and shrunk, for large ones."""
CROP_LONG_SIDE = 192
CROP_SIDE_MIN = 100
"""Smaller crops are doubled before teachers see them."""
CROP_SIZES_WH: tuple[tuple[SizeWh, ...], ...] = (((256, 256),), ((160, 160),))
CROP_MARGIN = 0.3
"""Black around a crop, in its longer sides: teachers miss faces that fill the picture."""
FACE_SHARE_MIN = 0.08
"""Of a crop's area: a smaller face is not the one that the crop is of."""
RIVAL_SHARE = 0.35
"""Of the largest face's area: with a second face of more, the crop's label may be of either."""
FRAMES_EVERY = 10
CROPS_EVERY = 3
"""A crop is pasted a dozen times in a training as it is; all of them take a quarter of an hour."""
NOT_A_FACE = "not_face"

Teachers: TypeAlias = tuple[Sequence[FaceDetector], Sequence[FaceDetector]]


def load_teachers(yunet: Path, sizes_wh: Sequence[Sequence[SizeWh]]) -> Teachers:
    """Load CenterFace and YuNet, each once for every set of input sizes."""
    threads = count_cores()
    centerface = asset_path("centerface.onnx")
    return (
        [CenterFace(centerface, threads, sizes, SCORE_MIN) for sizes in sizes_wh],
        [YuNet(yunet, threads, sizes, SCORE_MIN) for sizes in sizes_wh],
    )


def gather_scenes(data: Path, teachers: Teachers) -> Iterator[LabelledPicture]:
    """Give each scene and each tenth frame of the videos, with the teachers' boxes."""
    for picture in _scenes_and_frames(data):
        small = shrink(picture, SCENE_LONG_SIDE)
        yield fill_in(small, consult(teachers, small.pixels))


def gather_crops(data: Path, teachers: Teachers) -> Iterator[LabelledPicture]:
    """Give the close crops in which the teachers see a face, and those of no face."""
    corrections, index = read_corrections(), data / "faces" / "index.csv"
    if not index.exists():
        return
    with index.open(newline="") as lines:
        for row in islice(csv.DictReader(lines), 0, None, CROPS_EVERY):
            picture, label = _read_crop(data, row, corrections)
            done = picture if label == NOT_A_FACE else find_face(picture, kind_of(label), teachers)
            if done is not None:
                yield done


def find_face(picture: LabelledPicture, kind: Kind, teachers: Teachers) -> LabelledPicture | None:
    """Let teachers box a crop's faces, the largest of the given kind; None where they see none."""
    height, width = picture.pixels.shape[:2]
    margin = int(CROP_MARGIN * max(height, width))
    widened = np.zeros((height + 2 * margin, width + 2 * margin, 3), np.uint8)
    widened[margin : margin + height, margin : margin + width] = picture.pixels
    found = consult(teachers, widened)
    limits = np.asarray([width, height, width, height], np.float32)
    agreed, lone = (np.clip(boxes - margin, 0, limits) for boxes in (found.agreed, found.lone))
    filled = fill_in(picture, Findings(agreed, lone))
    return label_largest(filled, kind)


def label_largest(picture: LabelledPicture, kind: Kind) -> LabelledPicture | None:
    """Give a crop's label to its largest face; None if that is too small to be the one meant."""
    areas = (picture.boxes[:, 2:] - picture.boxes[:, :2]).prod(axis=1)
    if not len(areas) or areas.max() < FACE_SHARE_MIN * picture.pixels[:, :, 0].size:
        return None
    kinds, largest = picture.kinds.copy(), int(areas.argmax())
    rival = np.delete(areas, largest).max(initial=0)
    is_plain = rival < RIVAL_SHARE * areas[largest]
    kinds[largest] = kind if is_plain and kind < Kind.FACE else Kind.FACE
    return LabelledPicture(picture.pixels, picture.boxes, kinds, picture.source, picture.group)


def _scenes_and_frames(data: Path) -> Iterator[LabelledPicture]:
    yield from read_scenes(data / "scenes")
    for video in sorted((data / "videos").glob("*.mp4")):
        yield from read_frames(video, FRAMES_EVERY)


def _read_crop(
    data: Path, row: dict[str, str], corrections: Corrections
) -> tuple[LabelledPicture, str]:
    """Read one row of the index; its picture has no boxes yet."""
    group = corrections.group(row["file"], row["group"] or row["file"])
    picture = without_boxes(read_pixels(data / row["file"]), row["source"], group)
    pixels = shrink(picture, CROP_LONG_SIDE).pixels
    if max(pixels.shape[:2]) < CROP_SIDE_MIN:
        doubled = cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        pixels = np.asarray(doubled, np.uint8)
    label = corrections.label(row["source"], row["file"], (), row["label"])
    return without_boxes(pixels, row["source"], group), label


def _keep(
    path: Path, gather: Callable[[Path, Teachers], Iterator[LabelledPicture]], data: Path,
    teachers: Teachers,
) -> None:  # fmt: skip
    pictures = []
    for count, picture in enumerate(gather(data, teachers), start=1):
        pictures.append(picture)
        if count % 100 == 0:
            click.echo(f"{path.name}: {count} pictures")
    if pictures:
        save_pictures(path, pictures)
    click.echo(f"{path}: {len(pictures)} pictures, {sum(len(p.kinds) for p in pictures)} boxes")


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("output", type=click.Path(file_okay=False, path_type=Path))
@click.option("--yunet", required=True, type=click.Path(exists=True, path_type=Path))
def main(data: Path, output: Path, yunet: Path) -> None:
    """Gather the pictures of DATA into OUTPUT."""
    output.mkdir(parents=True, exist_ok=True)
    _keep(output / "scenes.npz", gather_scenes, data, load_teachers(yunet, SCENE_SIZES_WH))
    _keep(output / "crops.npz", gather_crops, data, load_teachers(yunet, CROP_SIZES_WH))


if __name__ == "__main__":
    main()
