"""Measure what pictures of faces cost: in workers, in Redis, in the recorder.

`python -m benchmarks.evidence FOLDER [--faces 300]`: FOLDER holds pictures with faces,
at any depth. Times are CPU time of this process, medians.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import click
import cv2
import numpy as np
from cryptography.fernet import Fernet

from core.errors import BadPicture
from core.evidence import EvidencePolicy
from core.face_crops import cut_crops
from core.face_pictures import LONG_SIDE, choose_faces, cut_face_crops
from core.face_seals import FaceKey, FaceSeal
from core.pictures import decode_jpeg, encode_jpeg, fit_size, read_picture
from core.preferences import EvidenceMode
from core.secrets import SecretBox
from core.types import Faces, Image, Probabilities
from models.analysis import Analyser, load_analyser

QUALITIES = (70, 80, 85, 90, 95)
SEED = 1
LONG_SIDE_OF_FRAMES = 960
ENDINGS = {".jpg", ".jpeg", ".png"}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--faces", "count", default=300, show_default=True)
def main(folder: Path, count: int) -> None:
    """Print a row a JPEG quality, then what a frame's pictures cost by mode."""
    analyser = load_analyser(1)
    frames = list(islice(_frames(folder, analyser), max(1, count // 3)))
    crops = [crop for image, faces in frames for crop in _best_crops(image, faces)][:count]
    click.echo(
        f"{len(crops)} faces of {len(frames)} frames; longer side median "
        f"{median(max(crop.shape[:2]) for crop in crops):.0f} px"
    )
    click.echo("| JPEG quality | bytes, median | 95 % | labels changed | probability moved | ms |")
    click.echo("| --- | --- | --- | --- | --- | --- |")
    plain = analyser.classifier.classify(crops)
    for quality in QUALITIES:
        click.echo(_quality_row(quality, crops, plain, analyser))
    for mode, policy in _policies().items():
        click.echo(_mode_row(mode, policy, frames))


def _frames(folder: Path, analyser: Analyser) -> Iterator[tuple[Image, Faces]]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    Random(SEED).shuffle(paths)  # noqa: S311  # no secret
    for path in paths:
        try:
            image = read_picture(path)
        except BadPicture:
            continue
        size_wh = fit_size((image.shape[1], image.shape[0]), LONG_SIDE_OF_FRAMES)
        frame = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
        [faces] = analyser.analyse([frame], 0.5)
        if choose_faces(faces):
            yield frame, faces


def _best_crops(image: Image, faces: Faces) -> list[Image]:
    """Cut the faces that would be sent, shrunk as they would be."""
    crops = cut_crops(image, faces.boxes[choose_faces(faces)])
    return [_shrink(crop) for crop in crops]


def _shrink(crop: Image) -> Image:
    size_wh = fit_size((crop.shape[1], crop.shape[0]), LONG_SIDE)
    return np.asarray(cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def _quality_row(
    quality: int, crops: Sequence[Image], plain: Probabilities, analyser: Analyser
) -> str:
    jpegs = [encode_jpeg(crop, quality) for crop in crops]
    seen = analyser.classifier.classify([decode_jpeg(jpeg) for jpeg in jpegs])
    sizes = [len(jpeg) for jpeg in jpegs]
    changed = (seen.argmax(axis=1) != plain.argmax(axis=1)).mean()
    moved = np.abs(seen - plain).max(axis=1).mean()
    cost = _median_ms([partial(encode_jpeg, crop, quality) for crop in crops])
    return (
        f"| {quality} | {median(sizes):.0f} | {np.percentile(sizes, 95):.0f} | {changed:.1%} "
        f"| {moved:.4f} | {cost:.3f} |"
    )


def _policies() -> dict[EvidenceMode, EvidencePolicy]:
    seal = FaceSeal(FaceKey(SecretBox([Fernet.generate_key()])).public)
    return {mode: EvidencePolicy(mode, seal) for mode in EvidenceMode}


def _mode_row(
    mode: EvidenceMode, policy: EvidencePolicy, frames: Sequence[tuple[Image, Faces]]
) -> str:
    made = [cut_face_crops(image, faces, policy) for image, faces in frames]
    faces = sum(len(crops) for crops in made)
    content = sum(len(crop.content) for crops in made for crop in crops)
    works = [partial(cut_face_crops, image, faces, policy) for image, faces in frames]
    total_ms = sum(_time_ms(work) for work in works)
    each = f"{content / faces:.0f} bytes and {total_ms / faces:.2f} ms a face" if faces else "none"
    return f"{mode.value}: {each}; {content / len(frames):.0f} bytes a frame"


def _median_ms(works: Sequence[Callable[[], object]]) -> float:
    return median(_time_ms(work) for work in works)


def _time_ms(work: Callable[[], object]) -> float:
    begun = process_time()
    for _ in range(5):
        work()
    return (process_time() - begun) / 5 * 1000


if __name__ == "__main__":
    main()
