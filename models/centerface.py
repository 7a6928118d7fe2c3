"""Old name of models/detectors/centerface.py, until its last users have moved."""

from models.detectors.centerface import CenterFace

__all__ = ["CenterFace"]
