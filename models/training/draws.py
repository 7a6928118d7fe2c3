"""Draw balanced batches of training samples, the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import BadSettings
from core.types import LABELS, Label
from models.preprocess import ClassifierInput, to_input
from models.training.augment import augment
from models.training.cutouts import cut_masks
from models.training.dressing import Dresser
from models.training.samples import Sample
from models.training.sources import BySource
from models.training.transplant import Wardrobe

DRESSED_SHARE = {Label.MASK: 0.45, Label.INCORRECT_MASK: 0.65, Label.NO_MASK: 0.3}
"""Of each label, how many are made from other faces (see dressing.py) where that can be done."""
LABEL_SHARES = (0.37, 0.27, 0.36)
"""How often each of LABELS is drawn."""
ANNOTATED_SHARE = 0.4
"""How often the annotator's box is cut instead of the detector's: their habits differ."""


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
        self._sources = {
            label: BySource([sample for sample in samples if LABELS[sample.label] is label])
            for label in LABELS
        }
        self._dresser = Dresser(samples, Wardrobe(cut_masks(samples)))
        shares = [
            share if self._sources[label] or self._dresser.can_show(label) else 0
            for label, share in zip(LABELS, LABEL_SHARES, strict=True)
        ]
        self._shares = np.asarray(shares) / sum(shares)

    def draw(self, epoch: int, position: int) -> Drawn:
        """Draw one sample; the same place in the same epoch gives the same picture."""
        rng = np.random.default_rng([self._seed, epoch, position])
        label = LABELS[rng.choice(len(LABELS), p=self._shares)]
        sample = self._sample(label, rng)
        is_annotated = sample.annotated is not None and rng.random() < ANNOTATED_SHARE
        box = sample.annotated if is_annotated else sample.box
        crop = augment(sample.pixels, np.asarray(box), self.side, rng)
        return Drawn(to_input([crop], self.side)[0], LABELS.index(label))

    def _sample(self, label: Label, rng: np.random.Generator) -> Sample:
        """A real face of that label, or another one dressed up as one."""
        sources = self._sources[label]
        is_dressed = not sources or rng.random() < DRESSED_SHARE[label]
        if is_dressed and self._dresser.can_show(label):
            return self._dresser.show(label, rng)
        return sources.pick(rng)
