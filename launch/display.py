"""Tell whether a window could be opened."""

from collections.abc import Mapping


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether an X or Wayland display is named.

    OpenCV's `imshow` ends the whole process where there is none, so this is
    asked first.
    """
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
