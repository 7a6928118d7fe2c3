"""Cut training inputs out of pictures: many sizes of face, pasted faces, worse cameras."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Boxes, Image
from models.training.detector.pictures import Kind, Kinds, LabelledPicture

FACE_PX = (7.0, 280.0)
"""Sizes that a chosen face may get, spread on a logarithmic scale."""
SMALL_LEAN = 1.3
"""Exponent of the place on that scale; above 1 there are more small faces."""
SCALES = (0.2, 3.0)
"""How far a picture may be shrunk or enlarged for that."""
MOSAIC_SHARE = 0.35
"""Of the inputs, made of four cuts."""
PASTED_PX = (8.0, 160.0)
SMALLEST_PX = 6.0
"""A face smaller than this is neither face nor background."""
VISIBLE_MIN = 0.5
"""A face of which less is left inside the input is neither face nor background."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One input (side, side, 3) uint8 BGR with its boxes in its pixels."""

    pixels: Image
    boxes: Boxes
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class Stock:
    """What inputs are made of: pools of scenes with the share of each, and close crops of faces."""

    scenes: Sequence[Sequence[LabelledPicture]]
    shares: Sequence[float]
    crops: Sequence[Sequence[LabelledPicture]]
    crop_shares: Sequence[float]


@dataclass(frozen=True, slots=True)
class Batch:
    """pixels (b, side, side, 3); faces (b, m, 4); kinds (b, m), -1 where there is no box."""

    pixels: Image
    faces: NDArray[np.float32]
    kinds: NDArray[np.int32]


def make_batch(stock: Stock, count: int, side: int, rng: np.random.Generator) -> Batch:
    """Make so many inputs; boxes are padded to a multiple of 16, so that few shapes compile."""
    samples = [make_sample(stock, side, rng) for _ in range(count)]
    most = max(len(sample.kinds) for sample in samples)
    room = max(16, -(-most // 16) * 16)
    faces = np.zeros((count, room, 4), np.float32)
    kinds = np.full((count, room), -1, np.int32)
    for i, sample in enumerate(samples):
        faces[i, : len(sample.boxes)] = sample.boxes
        kinds[i, : len(sample.kinds)] = sample.kinds
    return Batch(np.stack([sample.pixels for sample in samples]), faces, kinds)


def make_sample(stock: Stock, side: int, rng: np.random.Generator) -> Sample:
    """Cut a scene or four, paste faces onto it, and make the picture worse."""
    if rng.random() < MOSAIC_SHARE:
        sample = make_mosaic(stock, side, rng)
    else:
        sample = cut(_choose(stock, rng), (side, side), rng)
    for _ in range(int(rng.poisson(0.9)) if stock.crops else 0):
        crops = stock.crops[int(rng.choice(len(stock.crops), p=stock.crop_shares))]
        sample = paste(sample, crops[int(rng.integers(len(crops)))], rng)
    return Sample(worsen(sample.pixels, rng), sample.boxes, sample.kinds)


def make_mosaic(stock: Stock, side: int, rng: np.random.Generator) -> Sample:
    """Fill the quarters about a random point with cuts: more faces, and less black."""
    x, y = (int(side * rng.uniform(0.35, 0.65)) for _ in range(2))
    pixels = np.zeros((side, side, 3), np.uint8)
    boxes, kinds = [], []
    for x0, y0, x1, y1 in ((0, 0, x, y), (x, 0, side, y), (0, y, x, side), (x, y, side, side)):
        part = cut(_choose(stock, rng), (x1 - x0, y1 - y0), rng)
        pixels[y0:y1, x0:x1] = part.pixels
        boxes.append(part.boxes + np.asarray([x0, y0, x0, y0], np.float32))
        kinds.append(part.kinds)
    return Sample(pixels, np.concatenate(boxes), np.concatenate(kinds))


def cut(picture: LabelledPicture, input_wh: tuple[int, int], rng: np.random.Generator) -> Sample:
    """Cut a part at a random scale; black where the picture ends, as in a letterbox."""
    height, width = picture.pixels.shape[:2]
    scale, middle = _aim(picture, max(input_wh), rng)
    left, top = (
        _place(centre - side / scale * rng.uniform(0.1, 0.9), side / scale, length)
        for centre, side, length in zip(middle, input_wh, (width, height), strict=True)
    )
    x0, y0 = max(0, round(left)), max(0, round(top))
    x1 = min(width, round(left + input_wh[0] / scale))
    y1 = min(height, round(top + input_wh[1] / scale))
    size_wh = (
        min(input_wh[0], max(1, round((x1 - x0) * scale))),
        min(input_wh[1], max(1, round((y1 - y0) * scale))),
    )
    part = _resize(picture.pixels[y0:y1, x0:x1], size_wh, scale, rng)
    pixels = np.zeros((input_wh[1], input_wh[0], 3), np.uint8)
    pixels[: size_wh[1], : size_wh[0]] = part
    boxes = (picture.boxes - np.asarray([x0, y0, x0, y0], np.float32)) * np.float32(scale)
    sample = clip(Sample(pixels, boxes, picture.kinds), size_wh)
    return flip(sample) if rng.random() < 0.5 else sample


def paste(sample: Sample, crop: LabelledPicture, rng: np.random.Generator) -> Sample:
    """Paste a close crop, feathered, where no face is; no such place: the sample stays."""
    grown = _resized_crop(crop, sample.pixels.shape[0], rng)
    if grown is None:
        return sample
    height, width = grown.pixels.shape[:2]
    side = sample.pixels.shape[0]
    for _ in range(4):
        x, y = int(rng.integers(side - width + 1)), int(rng.integers(side - height + 1))
        place = np.asarray([x, y, x + width, y + height], np.float32)
        if not _covers_any(place, sample.boxes):
            break
    else:
        return sample
    pixels = sample.pixels.copy()
    cover = _feather(height, width, rng)
    under = pixels[y : y + height, x : x + width]
    mixed = under + (grown.pixels.astype(np.float32) - under) * cover
    pixels[y : y + height, x : x + width] = mixed.astype(np.uint8)
    moved = grown.boxes + np.asarray([x, y, x, y], np.float32)
    boxes = np.concatenate([sample.boxes, moved])
    return Sample(pixels, boxes, np.concatenate([sample.kinds, _sized(moved, grown.kinds)]))


def clip(sample: Sample, size_wh: tuple[int, int]) -> Sample:
    """Clip boxes to the picture's part of the input; what is cut away or tiny is to be ignored."""
    limits = np.asarray([*size_wh, *size_wh], np.float32)
    boxes = np.clip(sample.boxes, 0, limits).astype(np.float32)
    area = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    before = np.maximum((sample.boxes[:, 2:] - sample.boxes[:, :2]).prod(axis=1), 1e-6)
    kinds = np.where(area / before < VISIBLE_MIN, Kind.IGNORE, sample.kinds).astype(np.int8)
    left = area > 0.1 * before
    return Sample(sample.pixels, boxes[left], _sized(boxes, kinds)[left])


def flip(sample: Sample) -> Sample:
    """Mirror left and right."""
    boxes = sample.boxes.copy()
    boxes[:, [0, 2]] = sample.pixels.shape[1] - sample.boxes[:, [2, 0]]
    return Sample(np.ascontiguousarray(sample.pixels[:, ::-1]), boxes, sample.kinds)


def worsen(pixels: Image, rng: np.random.Generator) -> Image:
    """Do to a picture what cameras, night and networks do."""
    if rng.random() < 0.7:
        pixels = _relight(pixels, rng)
    if rng.random() < 0.12:
        grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        pixels = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
    if rng.random() < 0.15:
        pixels = _blur(pixels, rng)
    if rng.random() < 0.15:
        pixels = _add_noise(pixels, rng)
    if rng.random() < 0.3:
        pixels = _compress(pixels, rng)
    return pixels


def _choose(stock: Stock, rng: np.random.Generator) -> LabelledPicture:
    pool = stock.scenes[int(rng.choice(len(stock.scenes), p=stock.shares))]
    return pool[int(rng.integers(len(pool)))]


def _aim(
    picture: LabelledPicture, side: int, rng: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Choose a scale and a point that shall lie in the cut, mostly a face of a wanted size."""
    height, width = picture.pixels.shape[:2]
    faces = np.nonzero(picture.kinds <= Kind.FACE)[0]
    if len(faces) == 0 or rng.random() < 0.3:
        scale = 640 / max(height, width) * float(np.exp(rng.uniform(np.log(0.5), np.log(1.6))))
        return scale, (rng.uniform(0, width), rng.uniform(0, height))
    box = picture.boxes[rng.choice(faces)]
    largest = FACE_PX[1] * side / 320
    place = rng.random() ** SMALL_LEAN
    wanted = FACE_PX[0] * float((largest / FACE_PX[0]) ** place)
    scale = wanted / max(1.0, float((box[2:] - box[:2]).max()))
    return float(np.clip(scale, *SCALES)), tuple(((box[:2] + box[2:]) / 2).tolist())


def _place(start: float, reach: float, length: int) -> float:
    """Keep the cut inside the picture where it fits; else begin where the picture begins."""
    if reach <= length:
        return float(np.clip(start, 0, length - reach))
    return 0.0


def _resize(part: Image, size_wh: tuple[int, int], scale: float, rng: np.random.Generator) -> Image:
    if scale < 1:
        method = cv2.INTER_AREA if rng.random() < 0.7 else cv2.INTER_LINEAR
    else:
        method = cv2.INTER_LINEAR if rng.random() < 0.6 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, size_wh, interpolation=method), np.uint8)


def _resized_crop(
    crop: LabelledPicture, side: int, rng: np.random.Generator
) -> LabelledPicture | None:
    """Bring a crop's largest face to a random size; None if it then has no room."""
    sizes = (crop.boxes[:, 2:] - crop.boxes[:, :2]).max(axis=1) if len(crop.boxes) else None
    face = float(sizes.max()) if sizes is not None else float(max(crop.pixels.shape[:2]))
    wanted = float(np.exp(rng.uniform(np.log(PASTED_PX[0]), np.log(PASTED_PX[1]))))
    scale = min(wanted / face, 2.5)
    width, height = (max(4, round(n * scale)) for n in crop.pixels.shape[1::-1])
    if max(width, height) > side:
        return None
    pixels = _resize(crop.pixels, (width, height), scale, rng)
    boxes = (crop.boxes * scale).astype(np.float32)
    if rng.random() < 0.5:
        mirrored = flip(Sample(pixels, boxes, crop.kinds))
        pixels, boxes = mirrored.pixels, mirrored.boxes
    return LabelledPicture(pixels, boxes, crop.kinds, crop.source, crop.group)


def _covers_any(place: Boxes, boxes: Boxes) -> bool:
    """Whether a tenth or more of any box lies under the place."""
    sides = np.minimum(place[2:], boxes[:, 2:]) - np.maximum(place[:2], boxes[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    return bool((shared > 0.1 * (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)).any())


def _feather(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(height, width, 1): 1 inside, falling to 0 at the rim over up to a twelfth of the size."""
    rim = max(1.0, rng.uniform(0.0, 1 / 12) * min(height, width))
    ys = np.minimum(np.arange(height) + 0.5, height - np.arange(height) - 0.5)
    xs = np.minimum(np.arange(width) + 0.5, width - np.arange(width) - 0.5)
    cover = np.clip(ys / rim, 0, 1)[:, None] * np.clip(xs / rim, 0, 1)[None]
    return np.asarray(cover[:, :, None], np.float32)


def _sized(boxes: Boxes, kinds: Kinds) -> Kinds:
    tiny = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0) < SMALLEST_PX
    return np.where(tiny, Kind.IGNORE, kinds).astype(np.int8)


def _relight(pixels: Image, rng: np.random.Generator) -> Image:
    """Change brightness, contrast, gamma and colour balance by one table for each channel."""
    levels = np.arange(256, dtype=np.float32) / 255
    gamma = float(np.exp(rng.normal(0, 0.3)))
    gain = rng.uniform(0.25, 0.6) if rng.random() < 0.1 else rng.uniform(0.75, 1.25)
    tables = [
        np.clip(levels**gamma * gain * rng.uniform(0.9, 1.1) + rng.uniform(-0.06, 0.06), 0, 1)
        for _ in range(3)
    ]
    table = (np.stack(tables, axis=-1)[None] * 255).astype(np.uint8)  # (1, 256, 3)
    return np.asarray(cv2.LUT(pixels, table), np.uint8)


def _blur(pixels: Image, rng: np.random.Generator) -> Image:
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 1.6)), np.uint8)
    length = int(rng.integers(3, 7))
    kernel = np.zeros((length, length), np.float32)
    if rng.random() < 0.5:
        kernel[length // 2] = 1 / length
    else:
        np.fill_diagonal(kernel, 1 / length)
    return np.asarray(cv2.filter2D(pixels, -1, kernel), np.uint8)


def _add_noise(pixels: Image, rng: np.random.Generator) -> Image:
    height, width = pixels.shape[:2]
    noise = rng.standard_normal((height // 2 + 1, width, 3), np.float32) * rng.uniform(3, 14)
    noise = np.concatenate([noise, -noise[::-1]])[:height]  # half the draws, twice the speed
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def _compress(pixels: Image, rng: np.random.Generator) -> Image:
    quality = int(rng.integers(25, 90))
    _, stream = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(stream, cv2.IMREAD_COLOR), np.uint8)
