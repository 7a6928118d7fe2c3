"""What a training run remembers of its epochs, and when it has learned enough."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpochFigures:
    """One line of history.

    loss and accuracy are of the epoch's draws while it learned, the val_
    ones of the averaged weights on the validation draws. val_loss is without
    label smoothing, in nats. learning_rate is the epoch's last.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    val_macro_f1: float
    learning_rate: float
    seconds: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders epochs from bad to good: by macro-F1, then by validation loss."""
        return round(self.val_macro_f1, 4), -self.val_loss


def best_of(history: Sequence[EpochFigures]) -> EpochFigures:
    """The epoch to keep, the earliest of equals; history is not empty."""
    return max(history, key=lambda each: each.rank)


def is_done_learning(history: Sequence[EpochFigures], patience: int, first: int) -> bool:
    """Say whether macro-F1 has not risen for so many epochs; those up to `first` do not count."""
    judged = [each for each in history if each.epoch > first]
    if not judged:
        return False
    best = max(judged, key=lambda each: round(each.val_macro_f1, 4))
    return judged[-1].epoch - best.epoch >= patience
