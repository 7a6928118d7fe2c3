"""Pick samples so that no source leads."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from models.training.samples import Sample

LEAST_WEIGHT = 0.1
"""Of a source against the largest: one ceiling camera is one group, but a view of its own."""


class BySource:
    """Samples that are picked by source first.

    A source's weight is the root of its number of groups: many pictures of
    few people teach less.
    """

    def __init__(self, samples: Sequence[Sample]) -> None:
        faces = defaultdict(list)
        for sample in samples:
            faces[sample.source].append(sample)
        self._faces = [faces[source] for source in sorted(faces)]
        groups = [len({face.group for face in of_source}) for of_source in self._faces]
        weights = np.sqrt(np.asarray(groups, np.float64))
        weights = np.maximum(weights, LEAST_WEIGHT * weights.max(initial=0))
        self._shares = weights / max(1e-9, weights.sum())

    def __bool__(self) -> bool:
        return bool(self._faces)

    def pick(self, rng: np.random.Generator) -> Sample:
        faces = self._faces[rng.choice(len(self._faces), p=self._shares)]
        return faces[rng.integers(len(faces))]
