"""Tell whether a window could be opened."""

import sys
from collections.abc import Mapping


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether a display is named; `watch` asks it whether it answers.

    OpenCV speaks X11 alone on Linux; Wayland desktops name one for such programs.
    """
    return not sys.platform.startswith("linux") or bool(environment.get("DISPLAY"))
