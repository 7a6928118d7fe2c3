"""What a training run may choose, and what its recipes choose."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from models.preprocess import DEFAULT_SIDE
from models.training.base_weights import IMAGENET, OURS


class Recipe(StrEnum):
    """How the classifier is trained."""

    ROBUST = "robust"
    CLASSIC = "classic"


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The knobs."""

    data: Path
    """Folder of labelled faces; see docs/training.md for its layouts."""
    output: Path
    """Folder for checkpoint, history and weights."""
    recipe: Recipe = Recipe.ROBUST
    base_weights: str = OURS
    """What the network starts from: ours, imagenet, none, or a path; see base_weights.py."""
    side: int = DEFAULT_SIDE
    """Pixels of the network's square input."""
    alpha: float = 1.0
    """Width of MobileNetV2: 1.0, or 0.35 for the edge."""
    spellings: tuple[tuple[str, str], ...] = ()
    """The dataset's names for our labels, or for `ignore`."""
    left_out: tuple[str, ...] = ()
    """Sources not to be learned from, to be evaluated on instead."""
    frozen_epochs: int = 1
    full_epochs: int = 8
    patience: int = 4
    """Full epochs without a better macro-F1 after which it ends."""
    draws_per_epoch: int | None = None
    """None: twenty for each face, 320 to 5,000."""
    validation_draws: int | None = None
    """None: ten for each face, 100 to 1,000."""
    first_layer: str | None = "block_3_expand"
    """Where learning begins in the full epochs; None is everywhere.

    The layers before it hold edges and colours, at half of the time: on two
    cores 32 ms a draw with them, 19 ms without, 12 ms from block_6_expand.
    """
    batch: int = 32
    frozen_rate: float = 2e-3
    full_rate: float = 2e-4
    """Adam's highest rate in the full epochs."""
    warm_up: float = 0.05
    """Share of the full epochs' steps in which the rate rises; then it falls by a cosine."""
    weight_decay: float = 0.0
    dropout: float = 0.2
    label_smoothing: float = 0.05
    averaging: float = 0.99
    """Share of the old in the running average of the weights, each step; 0 averages nothing."""
    seed: int = 1
    resume: bool = False
    """Go on from the output folder's checkpoint."""
    command: str = ""
    """The command line, for the model's manifest."""

    @property
    def epochs(self) -> int:
        return self.frozen_epochs + self.full_epochs


CLASSIC_KNOBS: dict[str, Any] = {
    "recipe": Recipe.CLASSIC,
    "base_weights": IMAGENET,
    "side": 224,
    "frozen_epochs": 20,
    "full_epochs": 0,
    "frozen_rate": 1e-4,
    "batch": 32,
    "patience": 20,
    "averaging": 0.0,
    "label_smoothing": 0.0,
}
"""The usual script's: frozen MobileNetV2, Adam at 1e-4, twenty epochs."""


def options_of(recipe: Recipe, **given: Any) -> TrainOptions:
    """The options of a recipe, but for those that are given."""
    knobs = CLASSIC_KNOBS if recipe is Recipe.CLASSIC else {}
    return TrainOptions(**{**knobs, **given})


def knobs_of(options: TrainOptions) -> dict[str, Any]:
    """What must be the same when a run goes on."""
    knobs = asdict(options)
    may_differ = ("output", "resume", "command", "patience")
    return {name: knobs[name] for name in knobs if name not in may_differ}
