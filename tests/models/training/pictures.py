"""Write small pictures, each unlike the others, in the layouts that datasets come in."""

import json
from pathlib import Path

import cv2
import numpy as np

from core.types import Image


def noise(seed: int, side: int = 40) -> Image:
    """A picture of coarse random colours: no two seeds look alike."""
    cells = np.random.default_rng(seed).integers(0, 255, (16, 17, 3), np.uint8)
    return np.asarray(cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def save_picture(path: Path, seed: int, side: int = 40) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), noise(seed, side))
    return path


def save_folders(folder: Path, counts: dict[str, int]) -> None:
    """Write so many pictures into each named folder: {"train/mask": 3}."""
    for place, (name, count) in enumerate(counts.items()):
        for number in range(count):
            save_picture(folder / name / f"{number}.png", 1000 * place + number)


def save_voc(folder: Path, file: str, boxes: list[tuple[str, tuple[float, ...]]]) -> Path:
    """Write one Pascal VOC file with boxes (name, xyxy)."""
    things = "".join(
        f"<object><name>{name}</name><bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin>"
        f"<xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"
        for name, box in boxes
    )
    path = folder / f"{Path(file).stem}.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<annotation><filename>{file}</filename>{things}</annotation>")
    return path


def save_coco(path: Path, files: list[str], boxes: list[tuple[int, str, list[float]]]) -> None:
    """Write a COCO file with boxes (index of the file, name, xywh)."""
    names = sorted({name for _, name, _ in boxes})
    content = {
        "images": [{"id": n, "file_name": file} for n, file in enumerate(files)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(names)],
        "annotations": [
            {"image_id": image, "category_id": names.index(name), "bbox": box}
            for image, name, box in boxes
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
