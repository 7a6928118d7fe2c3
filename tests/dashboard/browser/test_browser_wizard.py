"""Registering a camera step by step in the browser: find, check, name, rules, done."""

import re

from playwright.sync_api import Page, expect

from tests.dashboard.browser.conftest import House

SECONDS = 1000


def test_a_camera_is_found_checked_named_and_drawn_on_the_wall(house: House, page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("demo:entrance")
    go_on(page)
    expect(page.get_by_text("The camera works")).to_be_visible(timeout=20 * SECONDS)
    expect(page.get_by_role("img", name="Picture of the camera")).to_be_visible()
    expect(page.get_by_text(re.compile("960 . 540"))).to_be_visible()
    expect(page.get_by_text("masks up to 3 m away")).to_be_visible()
    go_on(page)
    page.get_by_label("Name").fill("North entrance")
    # Nobody analyses here, so the pictures come between those that wait for it.
    page.get_by_label("Analysis rate").fill("1")
    go_on(page)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="North entrance is being watched")).to_be_focused()
    page.get_by_role("link", name="See it on the wall").click()
    page.wait_for_selector(".tile[data-frame-id]", timeout=20 * SECONDS)
    assert shades(page) > 50


def test_an_address_that_cannot_be_is_said_at_its_field_and_kept(page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("ftp://door/video")
    go_on(page)
    expect(page.locator("#url-error")).not_to_be_empty()
    expect(page.get_by_label("Address", exact=True)).to_have_value("ftp://door/video")
    expect(page.get_by_label("Address", exact=True)).to_be_focused()


def test_a_camera_that_does_not_answer_is_added_only_on_purpose(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("rtsp://user:secret@127.0.0.1:1/stream")
    go_on(page)
    expect(page.get_by_text("No picture")).to_be_visible(timeout=20 * SECONDS)
    page.get_by_role("button", name="Go on without a picture").click()
    page.get_by_label("Name").fill("door")
    go_on(page)
    expect(page.locator("#name-error")).to_contain_text("choose another")
    page.get_by_label("Name").fill("dark yard")
    go_on(page)
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("dark yard")
    go_on(page)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="dark yard is being watched")).to_be_visible()
    assert "secret" not in page.content()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Next").click()


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
