"""What the tests of the wall show on it: grey pictures with a face, or none."""

from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np
from playwright.sync_api import Page

from core.live import Overlay, OverlayFace
from core.types import Frame, Label, Verdict
from tests.dashboard.browser.conftest import House
from tests.waiting import wait_for

SIZE_WH = (640, 360)
BOX = (200.0, 100.0, 120.0, 160.0)
GREY = (128, 128, 128)


def show(house: House, camera_id: int, *faces: OverlayFace) -> None:
    """Show an analysed grey picture, as ingest and recorder do together."""
    grey = np.full((SIZE_WH[1], SIZE_WH[0], 3), 128, np.uint8)
    moment = datetime.now(UTC)
    jpeg = cv2.imencode(".jpg", grey)[1].tobytes()
    house.live.preview(Frame(camera_id, moment, SIZE_WH, jpeg))
    house.live.publish_all([Overlay(camera_id, moment, SIZE_WH, faces, len(faces))])


def face(label: Label, verdict: Verdict | None) -> OverlayFace:
    return OverlayFace(BOX, 1, label, 0.97, 0.9, verdict)


def pixel(page: Page, x: float, y: float) -> tuple[int, int, int]:
    """Read the colour that a tile's canvas shows at a point of the picture."""
    red, green, blue = page.evaluate(
        """([width, height, x, y]) => {
            const canvas = document.querySelector(".tile.is-chosen canvas, .tile canvas");
            const scale = Math.min(canvas.width / width, canvas.height / height);
            const left = (canvas.width - width * scale) / 2 + x * scale;
            const top = (canvas.height - height * scale) / 2 + y * scale;
            return [...canvas.getContext("2d").getImageData(left, top, 1, 1).data.slice(0, 3)];
        }""",
        [*SIZE_WH, x, y],
    )
    return red, green, blue


def show_until(
    house: House,
    page: Page,
    camera_id: int,
    is_so: Callable[[], bool],
    *faces: OverlayFace,
) -> None:
    """Show pictures until something holds on the page."""
    page.wait_for_selector(".tile canvas", state="attached")

    def look() -> bool:
        show(house, camera_id, *faces)
        page.wait_for_timeout(100)
        return is_so()

    wait_for("what pictures should bring about", look)


def looks_like(found: tuple[int, int, int], colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.subtract(found, colour)).max() < 12)


def wait_until(holds: Callable[[], bool]) -> None:
    wait_for("what the wall should do", holds)
