"""Write what an evaluation found into the manifest of the version, for pages to compare."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.manifests import ModelManifest
from core.measurements import LabelMeasure, Measurement, SizeMeasure
from models.manifest import read_manifest, write_manifest
from models.training.figures import LabelFigures
from models.training.slices import SIZE_EDGES, Judged


def record(folder: Path, judged: Judged, data: str) -> None:
    """Keep the figures under a name, in the place of those of that name.

    Raises WeightsMismatch where the folder is none of ours.
    """
    manifest = read_manifest(folder)
    fresh = summarise(judged, manifest, data)
    others = [one for one in manifest.measurements if one.data != data]
    by_worth = sorted([fresh, *others], key=lambda one: not one.is_new_source)
    write_manifest(folder, replace(manifest, measurements=tuple(by_worth)))


def summarise(judged: Judged, manifest: ModelManifest, data: str) -> Measurement:
    """Keep of an evaluation what is compared: by label, and by size of the face."""
    figures = judged.figures()
    return Measurement(
        data=data,
        is_new_source=not set(manifest.trained_on) & set(judged.sources.tolist()),
        faces=figures.count,
        figures={
            "macro_f1": round(figures.macro_f1, 4),
            "accuracy": round(figures.accuracy, 4),
            "calibration_error": round(figures.calibration_error, 4),
        },
        labels=tuple(_of_label(one) for one in figures.labels if one.count),
        sizes=_by_size(judged),
    )


def _of_label(one: LabelFigures) -> LabelMeasure:
    return LabelMeasure(one.label.value, one.count, _rounded(one.precision), _rounded(one.recall))


def _by_size(judged: Judged) -> tuple[SizeMeasure, ...]:
    """Tell the accuracy of each size that occurs."""
    measures = []
    for start, end in pairwise((0, *SIZE_EDGES, None)):
        chosen = judged.face_px >= (start or 0)
        if end is not None:
            chosen &= judged.face_px < end
        if faces := int(np.count_nonzero(chosen)):
            accuracy = round(judged.figures(chosen).accuracy, 4)
            measures.append(SizeMeasure(start or 0, end, accuracy, faces))
    return tuple(measures)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
