"""Demo cameras: scenes drawn by us that know their own truth.

People are composed from two public-domain portraits onto drawn backgrounds. They
need no camera and no download, and look the same on every machine.
"""

from ingest.demo.cameras import DEMO_CAMERAS, DemoCamera
from ingest.demo.passages import Passage
from ingest.demo.scene import DemoScene, TruthFace
from ingest.demo.source import DemoFrame, DemoSource

__all__ = [
    "DEMO_CAMERAS",
    "DemoCamera",
    "DemoFrame",
    "DemoScene",
    "DemoSource",
    "Passage",
    "TruthFace",
]
