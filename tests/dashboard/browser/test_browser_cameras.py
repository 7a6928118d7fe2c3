"""Registering, changing, pausing and deleting cameras in the browser."""

import re

from playwright.sync_api import Page, expect

from tests.dashboard.browser.conftest import House

SECONDS = 1000


def test_a_camera_is_checked_added_and_drawn_on_the_wall(page: Page) -> None:
    page.get_by_role("link", name="Add a camera").click()
    page.get_by_label("Address").fill("demo:entrance")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("img", name="Picture of the camera")).to_be_visible(
        timeout=20 * SECONDS
    )
    expect(page.get_by_text(re.compile("960 . 540"))).to_be_visible()
    page.get_by_label("Name").fill("North entrance")
    # Nobody analyses here, so the pictures come between those that wait for it.
    page.get_by_text("Advanced").click()
    page.get_by_label("Analysis rate").fill("1")
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="North entrance")).to_be_visible()
    page.get_by_role("link", name="Wall").click()
    page.wait_for_selector(".tile[data-frame-id]", timeout=20 * SECONDS)
    assert shades(page) > 50


def test_an_address_that_cannot_be_is_said_at_its_field_and_kept(page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address").fill("ftp://door/video")
    page.get_by_label("Name").fill("door")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#url-error")).not_to_be_empty()
    expect(page.get_by_label("Address")).to_have_value("ftp://door/video")
    expect(page.get_by_label("Address")).to_be_focused()


def test_a_camera_that_does_not_answer_is_saved_only_on_purpose(page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address").fill("rtsp://user:secret@127.0.0.1:1/stream")
    page.get_by_label("Name").fill("dark yard")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("No picture")).to_be_visible(timeout=20 * SECONDS)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("dialog")).to_contain_text("The check failed")
    page.get_by_role("button", name="Save anyway").click()
    expect(page.get_by_role("heading", name="dark yard")).to_be_visible()
    assert "secret" not in page.content()


def test_a_name_that_is_taken_is_said_at_its_field(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/cameras/new")
    page.get_by_label("Address").fill("demo:entrance")
    page.get_by_label("Name").fill("door")
    page.get_by_role("button", name="Add the camera").click()
    page.get_by_role("button", name="Save anyway").click()
    expect(page.locator("#name-error")).to_contain_text("choose another name")


def test_an_edit_without_an_address_keeps_the_stored_one(house: House, page: Page) -> None:
    camera_id = house.add_camera("door", "rtsp://user:secret@127.0.0.1:1/stream")
    page.goto(f"/cameras/{camera_id}")
    expect(page.get_by_label("Name")).to_have_value("door")
    page.get_by_label("Zone").fill("Lobby")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("Lobby")).to_be_visible()
    camera = house.camera(camera_id)
    assert camera.address == "rtsp://user:secret@127.0.0.1:1/stream"


def test_a_pause_can_be_undone(house: House, page: Page) -> None:
    house.add_camera("door", is_paused=False)
    page.goto("/cameras")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_camera_is_deleted_only_after_a_question(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/cameras")
    page.get_by_role("button", name="Delete door").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="door")).to_be_visible()
    page.get_by_role("button", name="Delete door").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("No cameras yet"))).to_be_visible()


def shades(page: Page) -> int:
    """Count the colours on a tile's canvas: a picture has many, an empty one has one."""
    return int(
        page.evaluate(
            """() => {
                const canvas = document.querySelector(".tile canvas");
                const { data } = canvas.getContext("2d").getImageData(
                    0, 0, canvas.width, canvas.height);
                const found = new Set();
                for (let at = 0; at < data.length; at += 400) {
                    found.add(data[at] * 65536 + data[at + 1] * 256 + data[at + 2]);
                }
                return found.size;
            }"""
        )
    )
