"""The model versions that this release brings. Loads no network and no package for any."""

from pathlib import Path

from core.manifests import CARD, NAME
from core.model_folders import ModelFolder
from models.manifest import SHIPPED_CLASSIFIER, SHIPPED_DETECTOR, SHIPPED_EDGE_CLASSIFIER

SHIPPED = (SHIPPED_CLASSIFIER, SHIPPED_EDGE_CLASSIFIER, SHIPPED_DETECTOR)
"""The first of each task is the one that a new installation starts with."""


def shipped_folders() -> list[ModelFolder]:
    """Describe the versions of this release, without their contents."""
    return [describe_folder(folder) for folder in SHIPPED if (folder / NAME).exists()]


def describe_folder(folder: Path) -> ModelFolder:
    """Read the texts of a model folder; a missing card is empty."""
    card = folder / CARD
    text = card.read_text(errors="replace") if card.exists() else ""
    return ModelFolder((folder / NAME).read_text(), text)
