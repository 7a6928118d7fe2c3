"""Measure what one face and one picture cost on one core.

`python -m benchmarks.models` prints the networks' milliseconds, preprocessing
included. Each figure is the best of several rounds: other work on the machine
only ever adds.
"""

import time
from collections.abc import Callable

import cv2
import numpy as np

from core.assets import asset_path
from core.types import Image
from models.analysis import load_analyser

ROUNDS = 30
PICTURE_WH = (960, 540)
"""Pixels; what a camera sends by default."""


def main() -> None:
    analyser = load_analyser(threads=1)
    picture, crop = _picture_with_one_face(), np.full((90, 90, 3), 120, np.uint8)
    print(f"model {analyser.model_version}, one core, milliseconds, best of {ROUNDS}")
    figures = {
        "detector, 960x540 picture": _best_ms(lambda: analyser.detector.detect([picture])),
        "classifier, one crop": _best_ms(lambda: analyser.classifier.classify([crop])),
        "classifier, of 16 crops": _best_ms(lambda: analyser.classifier.classify([crop] * 16)) / 16,
        "analyse, one face": _best_ms(lambda: analyser.analyse([picture], 0.5)),
    }
    for name, milliseconds in figures.items():
        print(f"{milliseconds:7.2f}  {name}")


def _picture_with_one_face() -> Image:
    portrait = np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)
    picture = np.full((PICTURE_WH[1], PICTURE_WH[0], 3), 90, np.uint8)
    picture[:300, :256] = cv2.resize(portrait, (256, 300), interpolation=cv2.INTER_AREA)
    return picture


def _best_ms(work: Callable[[], object]) -> float:
    work()
    return min(_timed(work) for _ in range(ROUNDS)) * 1000


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
