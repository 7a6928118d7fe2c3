"""The live wall in a browser: pictures, boxes, states, one camera enlarged."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.live import Overlay, OverlayFace
from core.types import Frame, Label, Verdict
from tests.dashboard.browser.conftest import House

SIZE_WH = (640, 360)
BOX = (200.0, 100.0, 120.0, 160.0)
GREEN = (61, 220, 132)
RED = (255, 122, 112)


def show(house: House, camera_id: int, *faces: OverlayFace) -> None:
    """Show an analysed grey picture, as ingest and recorder do together."""
    grey = np.full((SIZE_WH[1], SIZE_WH[0], 3), 128, np.uint8)
    moment = datetime.now(UTC)
    jpeg = cv2.imencode(".jpg", grey)[1].tobytes()
    house.live.preview(Frame(camera_id, moment, SIZE_WH, jpeg))
    house.live.publish(Overlay(camera_id, moment, SIZE_WH, faces, len(faces)))


def face(label: Label, verdict: Verdict | None) -> OverlayFace:
    return OverlayFace(BOX, 1, label, 0.97, 0.9, verdict)


def show_until_drawn(
    house: House, page: Page, camera_id: int, colour: tuple[int, int, int], found: OverlayFace
) -> None:
    """Show pictures until the left side of the box has its colour on the canvas."""
    for _ in range(100):
        show(house, camera_id, found)
        page.wait_for_timeout(100)
        if np.abs(np.subtract(pixel_at_box(page), colour)).max() < 12:
            return
    pytest.fail(f"no box of colour {colour} was drawn within 10 s; found {pixel_at_box(page)}")


def pixel_at_box(page: Page) -> tuple[int, int, int]:
    """Read the canvas where the middle of the box's left side must be."""
    red, green, blue = page.evaluate(
        """([width, height, x, y]) => {
            const canvas = document.querySelector(".tile canvas");
            const scale = Math.min(canvas.width / width, canvas.height / height);
            const left = (canvas.width - width * scale) / 2 + x * scale;
            const top = (canvas.height - height * scale) / 2 + y * scale;
            return [...canvas.getContext("2d").getImageData(left, top, 1, 1).data.slice(0, 3)];
        }""",
        [*SIZE_WH, BOX[0], BOX[1] + BOX[3] / 2],
    )
    return red, green, blue


def test_a_wall_without_cameras_says_what_to_do_next(page: Page) -> None:
    expect(page.get_by_role("heading", name="No cameras yet")).to_be_visible()
    page.get_by_role("link", name="Add a camera").click()
    expect(page.get_by_label("Address")).to_be_focused()


@pytest.mark.parametrize(
    ("label", "verdict", "colour"),
    [
        pytest.param(Label.MASK, Verdict.MASK, GREEN, id="mask"),
        pytest.param(Label.NO_MASK, Verdict.NO_MASK, RED, id="no mask"),
        pytest.param(Label.MASK, Verdict.NO_MASK, RED, id="the verdict outweighs the frame"),
    ],
)
def test_a_face_is_boxed_in_the_colour_of_its_verdict(
    house: House, page: Page, label: Label, verdict: Verdict, colour: tuple[int, int, int]
) -> None:
    camera_id = house.add_camera("door")
    page.goto("/")
    show_until_drawn(house, page, camera_id, colour, face(label, verdict))


def test_a_new_camera_appears_without_a_reload(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.get_by_role("heading", name="door")).to_be_visible()


def test_a_paused_camera_says_so(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.get_by_role("article")).to_contain_text("Paused")


def test_a_camera_that_is_away_says_why(house: House, page: Page) -> None:
    house.add_camera("yard", "rtsp://127.0.0.1:1/stream", is_paused=False)
    reason = page.locator("[data-part=message-reason]")
    expect(reason).not_to_be_empty(timeout=15_000)
    expect(page.get_by_role("article")).to_contain_text("Reconnecting")


def test_a_tile_is_enlarged_and_escape_returns(house: House, page: Page) -> None:
    house.add_camera("door")
    house.add_camera("gate")
    door, gate = (page.get_by_role("article").filter(has_text=name) for name in ("door", "gate"))
    page.get_by_role("button", name="Enlarge gate").click()
    expect(door).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("gate")
    page.keyboard.press("ArrowRight")
    expect(door).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("door")
    page.keyboard.press("Escape")
    expect(door).to_be_visible()
    expect(gate).to_be_visible()


def test_only_cameras_in_view_are_watched(house: House, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ids = [house.add_camera(f"camera {number}") for number in range(1, 7)]
    page.goto("/")
    # For some seconds all are: the page was still on its way when their pictures were asked for.
    wait_until(lambda: house.live.is_watched(ids[0]) and not house.live.is_watched(ids[-1]))
    page.get_by_role("heading", name="camera 6").scroll_into_view_if_needed()
    wait_until(lambda: house.live.is_watched(ids[-1]))


def test_a_lost_connection_is_said_and_heals(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.locator("#connection-state")).to_have_text("Live")
    house.stop_dashboard()
    expect(page.get_by_text("The connection to the server is lost")).to_be_visible()
    house.start_dashboard()
    expect(page.get_by_text("Connected again")).to_be_visible(timeout=15_000)
    expect(page.locator("#connection")).to_be_hidden(timeout=10_000)


def test_a_session_that_is_over_leads_back_to_sign_in(house: House, page: Page) -> None:
    expect(page.locator("#connection-state")).to_have_text("Live")
    page.context.clear_cookies()
    house.stop_dashboard()
    house.start_dashboard()
    expect(page).to_have_url(re.compile("/sign-in"), timeout=15_000)


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(150):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to hold within 15 s")
