"""Judge a network while it trains, on pictures that it does not learn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import LABELS, Label
from models.preprocess import ClassifierInput
from models.training.calibration import negative_log_likelihood
from models.training.figures import confuse

JUDGED = 50
"""Pictures that are run at a time."""
NEVER = -30.0
"""A logit whose probability is 0 to twelve digits."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a network says of validation pictures. logits: (n, 3); labels: (n,)."""

    logits: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def loss(self) -> float:
        return negative_log_likelihood(self.logits, self.labels)

    @property
    def accuracy(self) -> float:
        return float((self.logits.argmax(axis=1) == self.labels).mean())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels that occur among the pictures."""
        confusion = confuse(self.logits.argmax(axis=1), self.labels)
        right, said, count = confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1)
        return float((2 * right[count > 0] / (said + count)[count > 0]).mean())


def judge(network: Any, pictures: ClassifierInput, labels: NDArray[np.int64]) -> Judgement:
    """Run the network on pictures (n, side, side, 3), n at least 1."""
    logits = network.predict(pictures, batch_size=JUDGED, verbose=0)
    return Judgement(three_columns(np.asarray(logits, np.float32)), labels)


def three_columns(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Widen the one logit of no_mask against mask, (n, 1), to (n, 3); others stay."""
    if logits.shape[1] == len(LABELS):
        return logits
    columns = np.zeros((len(logits), len(LABELS)), np.float32)
    columns[:, LABELS.index(Label.INCORRECT_MASK)] = NEVER
    columns[:, LABELS.index(Label.NO_MASK)] = logits[:, 0]
    return columns
