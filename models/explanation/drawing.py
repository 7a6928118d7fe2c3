"""Draw explanations: heat over a grey face, its outline, its legend, and all faces of a picture."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from core.types import Boxes, Image, Label
from models.explanation.faces import Explained
from models.explanation.heat import Heat

Colour = tuple[int, int, int]
"""RGB."""

GROUND: Colour = (18, 25, 33)
TEXT: Colour = (233, 239, 245)
SOFT: Colour = (163, 179, 195)
LABEL_COLOURS: dict[Label, Colour] = {
    Label.MASK: (79, 219, 139),
    Label.INCORRECT_MASK: (255, 180, 92),
    Label.NO_MASK: (255, 138, 130),
}
"""As on the dashboard, upon dark; the word always stands beside them."""
WORDS = {
    Label.MASK: "mask",
    Label.INCORRECT_MASK: "incorrect mask",
    Label.NO_MASK: "no mask",
}
COLOUR_MAP = cv2.COLORMAP_VIRIDIS
"""Perceptually uniform, and the same to all kinds of colour vision (Smith and van der Walt)."""
OPACITY = 0.72
"""Of the hottest pixel; cold ones show the grey face alone."""
FACE_SIDE = 240
"""Pixels of a face in a panel."""
GAP = 16
TILE_WH = (2 * FACE_SIDE + 4, FACE_SIDE + 64)
COLUMNS = 2
PICTURE_WIDTH = COLUMNS * TILE_WH[0] + (COLUMNS - 1) * GAP
LEGEND_HEIGHT = 44


def overlay(crop: Image, heat: Heat) -> Image:
    """Lay heat over the crop, which turns grey so that colour means heat alone; BGR."""
    grey = cv2.cvtColor(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    colours = cv2.applyColorMap(np.round(heat * 255).astype(np.uint8), COLOUR_MAP)
    opacity = OPACITY * np.sqrt(heat)[:, :, None]
    return np.asarray(grey * (1 - opacity) + colours * opacity, np.uint8)


def draw_crop(explained: Explained, model_version: str) -> Image:
    """Draw one face beside its heat, with the legend below; BGR."""
    width, height = TILE_WH
    sheet = PilImage.new("RGB", (width + 2 * GAP, height + LEGEND_HEIGHT + 2 * GAP), GROUND)
    _draw_tile(sheet, (GAP, GAP), explained, "")
    _draw_legend(sheet, (GAP, height + GAP + 8), model_version)
    return _to_bgr(sheet)


def draw_panel(image: Image, boxes: Boxes, faces: Sequence[Explained], model_version: str) -> Image:
    """Draw a picture with its faces numbered, then each face beside its heat; BGR.

    boxes: (n, 4) xyxy in pixels of the image, in the order of the faces; with
    none the panel says so.
    """
    picture = _number_faces(image, boxes, faces)
    rows = -(-len(faces) // COLUMNS)
    tile_top = GAP + picture.height + GAP
    legend_top = tile_top + rows * (TILE_WH[1] + GAP) + 8
    sheet = PilImage.new("RGB", (PICTURE_WIDTH + 2 * GAP, legend_top + LEGEND_HEIGHT), GROUND)
    sheet.paste(picture, (GAP + (PICTURE_WIDTH - picture.width) // 2, GAP))
    for index, explained in enumerate(faces):
        left = GAP + index % COLUMNS * (TILE_WH[0] + GAP)
        top = tile_top + index // COLUMNS * (TILE_WH[1] + GAP)
        _draw_tile(sheet, (left, top), explained, f"{index + 1}  ")
    _draw_legend(sheet, (GAP, legend_top), model_version if faces else "no face found")
    return _to_bgr(sheet)


def _draw_tile(
    sheet: PilImage.Image, corner: tuple[int, int], explained: Explained, number: str
) -> None:
    """Place the crop, the crop with heat and outline, and two lines of words."""
    left, top = corner
    found = explained.explanation
    size_wh = (FACE_SIDE, FACE_SIDE)
    crop = np.asarray(cv2.resize(explained.crop, size_wh, interpolation=cv2.INTER_CUBIC), np.uint8)
    heat = np.clip(cv2.resize(found.heat, size_wh, interpolation=cv2.INTER_LINEAR), 0, 1)
    scale = np.asarray(size_wh) / (explained.crop.shape[1], explained.crop.shape[0])
    heated = overlay(crop, np.asarray(heat, np.float32))
    _outline(heated, found.outline * scale)
    sheet.paste(_to_pil(crop), (left, top))
    sheet.paste(_to_pil(heated), (left + FACE_SIDE + 4, top))
    pen = ImageDraw.Draw(sheet)
    said = f"{number}{WORDS[found.label]}  {100 * found.probability:.0f} %"
    pen.text((left, top + FACE_SIDE + 8), said, LABEL_COLOURS[found.label], _font(20))
    share = (
        f"{100 * found.share_on_lower_face:.0f} % of the heat on nose, mouth and chin, "
        f"{100 * found.lower_face_area:.0f} % of the crop"
    )
    pen.text((left, top + FACE_SIDE + 36), share, SOFT, _font(14))


def _outline(pixels: Image, outline: np.ndarray) -> None:
    """Dash the outline in white upon black, so that it is seen on any colour."""
    points = [*outline, outline[0]]
    for start, end in pairwise(points):
        steps = max(2, int(np.linalg.norm(end - start) // 5))
        for step in range(0, steps, 2):
            ends = [start + (end - start) * each / steps for each in (step, step + 1)]
            first, second = (tuple(np.round(each).astype(int).tolist()) for each in ends)
            cv2.line(pixels, first, second, (0, 0, 0), 3, cv2.LINE_AA)
            cv2.line(pixels, first, second, (255, 255, 255), 1, cv2.LINE_AA)


def _number_faces(image: Image, boxes: Boxes, faces: Sequence[Explained]) -> PilImage.Image:
    """Scale the picture to the panel's width, and box and number its faces."""
    scale = min(PICTURE_WIDTH / image.shape[1], 1.5 * PICTURE_WIDTH / image.shape[0])
    size_wh = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = _to_pil(np.asarray(cv2.resize(image, size_wh, interpolation=method), np.uint8))
    pen, font = ImageDraw.Draw(picture), _font(16)
    for number, (box, face) in enumerate(zip(boxes * scale, faces, strict=True), start=1):
        colour = LABEL_COLOURS[face.explanation.label]
        left, top, right, bottom = np.round(box).astype(int).tolist()
        pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline=GROUND, width=4)
        pen.rectangle((left, top, right, bottom), outline=colour, width=2)
        wide = int(font.getlength(str(number))) + 10
        pen.rectangle((left, top, left + wide, top + 20), colour)
        pen.text((left + 5, top + 1), str(number), GROUND, font)
    return picture


def _draw_legend(sheet: PilImage.Image, corner: tuple[int, int], words: str) -> None:
    """A bar of the colours from no heat to most, and what drew it."""
    left, top = corner
    ramp = np.linspace(0, 255, 160).astype(np.uint8)[None].repeat(12, axis=0)
    bar = _to_pil(np.asarray(cv2.applyColorMap(ramp, COLOUR_MAP), np.uint8))
    pen, font = ImageDraw.Draw(sheet), _font(13)
    pen.text((left, top), "no heat", SOFT, font)
    start = left + int(font.getlength("no heat")) + 8
    sheet.paste(bar, (start, top + 2))
    pen.text((start + 168, top), "most: speaks for the label", SOFT, font)
    wide = int(font.getlength(words))
    pen.text((sheet.width - GAP - wide, top + 18), words, SOFT, font)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font: no machine is without it."""
    return ImageFont.load_default(size)


def _to_pil(pixels: Image) -> PilImage.Image:
    return PilImage.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))


def _to_bgr(sheet: PilImage.Image) -> Image:
    return np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1])
