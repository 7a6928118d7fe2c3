"""Registering, changing, pausing and deleting cameras in the browser."""

import re

from playwright.sync_api import Page, expect

from tests.dashboard.browser.conftest import House


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
