"""Draw schematic faces, for tests of training that need no photographs."""

import json
from pathlib import Path

import cv2
import numpy as np

from core.types import Image, Label

LANDMARKS = np.asarray([[34, 40], [62, 40], [48, 55], [38, 70], [58, 70]], np.float32)
"""Eyes, nose and mouth corners of draw_face's 96-pixel picture."""
BOX = (22, 18, 74, 88)


def draw_face(label: Label = Label.NO_MASK, skin: int = 170) -> Image:
    """A round head of 96x96 pixels, with a blue patch for a mask."""
    image = np.full((96, 96, 3), 60, np.uint8)
    cv2.ellipse(image, (48, 52), (27, 36), 0, 0, 360, (skin - 50, skin - 20, skin), -1)
    for x, y in LANDMARKS.astype(int).tolist():
        cv2.circle(image, (x, y), 3, (30, 30, 40), -1)
    upper = {Label.MASK: 48, Label.INCORRECT_MASK: 63, Label.NO_MASK: 96}[label]
    image[upper:86, 26:70] = (220, 180, 120)
    return image


def save_index(folder: Path, per_label: int = 40) -> None:
    """Write crops in the layout of an index, and one scene with two boxes."""
    (folder / "faces").mkdir(parents=True)
    rows = ["file,source,label,group"]
    for label in Label:
        for number in range(per_label):
            file = f"faces/{label}{number}.png"
            cv2.imwrite(str(folder / file), draw_face(label, 120 + number))
            rows.append(f"{file},drawn,{label},{label}{number}")
    rows.append("faces/mask0.png,drawn,not_face,other")
    (folder / "faces" / "index.csv").write_text("\n".join(rows) + "\n")
    _save_scene(folder / "scenes" / "park")


def _save_scene(folder: Path) -> None:
    (folder / "images").mkdir(parents=True)
    scene = np.hstack([draw_face(Label.MASK), draw_face(Label.NO_MASK)])
    cv2.imwrite(str(folder / "images" / "two.png"), scene)
    x, y, right, bottom = BOX
    boxes = [
        {"bbox": [x + left, y, right - x, bottom - y], "label": label}
        for left, label in ((0, "mask"), (96, "no_mask"), (50, "ignore"))
    ]
    image = {"file": "images/two.png", "width": 192, "height": 96, "group": "", "boxes": boxes}
    (folder / "annotations.json").write_text(json.dumps({"source": "park", "images": [image]}))
