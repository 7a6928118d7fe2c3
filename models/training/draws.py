"""Draw balanced batches of training samples, the same for the same seed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import BadSettings
from core.types import LABELS, Image, Label
from models.preprocess import ClassifierInput, to_input
from models.training.augment import augment, wear_something
from models.training.samples import Sample

DRAWN_SHARE = {Label.MASK: 0.2, Label.INCORRECT_MASK: 0.7, Label.NO_MASK: 0.1}
"""Of each label, how many are bare faces that something is drawn on."""
LABEL_SHARES = (0.36, 0.28, 0.36)
"""How often each of LABELS is drawn."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One training picture, (side, side, 3) uint8 RGB, and its label's index."""

    pixels: ClassifierInput
    label: int


class SampleDraws:
    """Draws by label, then by source, then by sample, so that no source leads."""

    def __init__(self, samples: Sequence[Sample], seed: int, side: int) -> None:
        """Sort the samples; labels that none shows and none can be drawn as are left out."""
        if not samples:
            raise BadSettings("a split holds no face; give at least 100 labelled faces")
        self._seed = seed
        self.side = side
        self._by_label_and_source: dict[Label, dict[str, list[Sample]]] = {
            label: defaultdict(list) for label in LABELS
        }
        for sample in samples:
            self._by_label_and_source[LABELS[sample.label]][sample.source].append(sample)
        self._bare = [
            sample
            for sample in samples
            if LABELS[sample.label] is Label.NO_MASK and sample.landmarks is not None
        ]
        shares = [
            share if self._bare or self._by_label_and_source[label] else 0
            for label, share in zip(LABELS, LABEL_SHARES, strict=True)
        ]
        self._shares = np.asarray(shares) / sum(shares)

    def draw(self, epoch: int, position: int) -> Drawn:
        """Draw one sample; the same place in the same epoch gives the same picture."""
        rng = np.random.default_rng([self._seed, epoch, position])
        label = LABELS[rng.choice(len(LABELS), p=self._shares)]
        pixels, box = self._picture(label, rng)
        crop = augment(pixels, box, self.side, rng)
        return Drawn(to_input([crop], self.side)[0], LABELS.index(label))

    def _picture(self, label: Label, rng: np.random.Generator) -> tuple[Image, np.ndarray]:
        """A real picture of that label, or a bare face that wears it."""
        sources = self._by_label_and_source[label]
        if self._bare and (not sources or rng.random() < DRAWN_SHARE[label]):
            bare = self._bare[rng.integers(len(self._bare))]
            return wear_something(bare, label, rng), bare.box
        faces = sources[sorted(sources)[rng.integers(len(sources))]]
        face = faces[rng.integers(len(faces))]
        return face.pixels, face.box
