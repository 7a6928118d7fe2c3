"""Try a model version on generated pictures before anybody relies on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.errors import WeightsMismatch
from core.manifests import Task
from core.runtimes import RuntimeChoice
from core.types import LABELS, Detections, Image, Probabilities
from models.analysis import MaskClassifier, load_classifier
from models.detectors.chosen import load_detector
from models.detectors.protocol import FaceDetector
from models.manifest import read_manifest

_SUM_TOLERANCE = 0.02
"""Half precision and eight bits leave a row's sum this far from 1."""
_CROPS_HW = ((1, 1), (20, 30), (64, 64), (300, 200))
_PICTURES_HW = ((96, 160), (360, 640), (640, 360))


def try_version(folder: Path, threads: int = 1, runtime: RuntimeChoice | None = None) -> None:
    """Load the networks of a folder and run them. Raises WeightsMismatch saying what is wrong."""
    manifest = read_manifest(folder)
    with explain_failures(manifest.model_version):
        if manifest.task is Task.CLASSIFIER:
            try_classifier(load_classifier(folder, threads, runtime))
        else:
            try_detector(load_detector(folder, threads, runtime))


@contextmanager
def explain_failures(name: str) -> Iterator[None]:
    """Turn what the runtimes raise for a file that is no network into WeightsMismatch."""
    try:
        yield
    except (RuntimeError, ValueError, TypeError, LookupError, AttributeError, OSError) as error:
        raise WeightsMismatch(f"{name} cannot be loaded and run: {_last_line(error)}") from error
    except WeightsMismatch as error:
        raise WeightsMismatch(f"{name}: {error}") from error


def try_classifier(classifier: MaskClassifier) -> None:
    """See that probabilities are such, and depend on the picture. Raises WeightsMismatch."""
    crops = [*_noise(_CROPS_HW), np.full((80, 80, 3), 120, np.uint8)]
    for count in (0, 1, len(crops)):
        _check_probabilities(classifier.classify(crops[:count]), count)
    rows = classifier.classify(crops)
    if (rows == rows[0]).all():
        raise WeightsMismatch("it answers the same for every picture; train or export it again")


def try_detector(detector: FaceDetector) -> None:
    """See that boxes lie in their pictures. Raises WeightsMismatch."""
    pictures = [*_noise(_PICTURES_HW), np.zeros((360, 640, 3), np.uint8)]
    found = detector.detect(pictures)
    if len(found) != len(pictures):
        raise WeightsMismatch(f"expected {len(pictures)} answers, found {len(found)}")
    for picture, faces in zip(pictures, found, strict=True):
        _check_detections(faces, picture)


def _check_probabilities(rows: Probabilities, count: int) -> None:
    if rows.shape != (count, len(LABELS)):
        raise WeightsMismatch(
            f"expected probabilities of shape {(count, len(LABELS))}, found {rows.shape}"
        )
    if not np.isfinite(rows).all() or (rows < 0).any():
        raise WeightsMismatch("expected probabilities from 0 to 1, found others or no numbers")
    if count and np.abs(rows.sum(axis=1) - 1).max() > _SUM_TOLERANCE:
        raise WeightsMismatch(
            "expected the probabilities of a face to sum to 1, found sums of "
            f"{rows.sum(axis=1).min():.3f} to {rows.sum(axis=1).max():.3f}"
        )


def _check_detections(faces: Detections, picture: Image) -> None:
    limits = np.asarray([picture.shape[1], picture.shape[0]] * 2)
    are_finite = np.isfinite(faces.boxes).all() and np.isfinite(faces.scores).all()
    if not are_finite or (faces.boxes < 0).any() or (faces.boxes > limits).any():
        raise WeightsMismatch("expected boxes within the picture, found others or no numbers")
    if (faces.scores < 0).any() or (faces.scores > 1).any():
        raise WeightsMismatch("expected scores from 0 to 1, found others")


def _noise(sizes_hw: tuple[tuple[int, int], ...]) -> list[Image]:
    generator = np.random.default_rng(1)
    return [generator.integers(0, 256, (*size, 3), np.uint8) for size in sizes_hw]


def _last_line(error: Exception) -> str:
    """Find what a runtime says at the end, after the places in its own source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
