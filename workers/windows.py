"""Show pictures in a window of the desktop, and look first whether that can work."""

import os
import re
import socket
import sys
from collections.abc import Mapping

import cv2

from core.errors import BadRequest
from core.types import Image

_QUIT_KEYS = (ord("q"), ord("Q"), 27)  # 27 is Esc
_TITLE = "Maskwatch - Q quits"
_X_PORT = 6000


def has_display(environment: Mapping[str, str] | None = None) -> bool:
    """Say whether a window can be put somewhere.

    OpenCV's desktop build ends the whole process if it cannot, and on Linux it
    speaks X11 only, so a display that is named must answer, too. Wayland desktops
    set DISPLAY for such programs.
    """
    if not sys.platform.startswith("linux"):
        return True
    display = (os.environ if environment is None else environment).get("DISPLAY", "")
    found = re.fullmatch(r"(?P<host>[^:]*):(?P<number>\d+)(\.\d+)?", display)
    return found is not None and _answers(found["host"], int(found["number"]))


def has_window_build() -> bool:
    """Say whether this OpenCV is a build with windows; the headless one has none."""
    found = re.search(r"^\s*GUI:\s*(\S+)", cv2.getBuildInformation(), re.MULTILINE)
    return found is not None and found[1] != "NONE"


def check_window(environment: Mapping[str, str] | None = None) -> None:
    """Raise BadRequest saying what is missing for a window, and what to do."""
    if not has_display(environment):
        raise BadRequest(
            "window",
            "this machine has no display to show a window on (DISPLAY is not set, or nothing "
            "answers there); give --output FILE to write an .mp4, .jpg or .png instead",
        )
    if not has_window_build():
        raise BadRequest(
            "window",
            "the OpenCV in use is the headless build, which has no windows; "
            "start through ./maskwatch watch, which fetches the desktop build, "
            "or give --output FILE to write an .mp4, .jpg or .png instead",
        )


class Window:
    """A window that stays until the user closes it or presses Q or Esc."""

    def __init__(self) -> None:
        # OpenCV's Qt brings no fonts and warns of it five times; the window needs none.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
        cv2.namedWindow(_TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
        self._is_sized = False

    def show(self, image: Image) -> bool:
        """Show a picture; False if the user wants to leave."""
        if not self._is_sized:
            cv2.resizeWindow(_TITLE, image.shape[1], image.shape[0])
            self._is_sized = True
        cv2.imshow(_TITLE, image)
        key = cv2.waitKey(1)
        is_open = cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) >= 1
        return is_open and (key & 0xFF) not in _QUIT_KEYS

    def close(self) -> None:
        cv2.destroyAllWindows()


def _answers(host: str, number: int) -> bool:
    """Say whether an X server accepts a connection, on its socket here or by TCP."""
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108  # the place that X11 defines
        return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)
    return _connects(socket.AF_INET, (host, _X_PORT + number))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
