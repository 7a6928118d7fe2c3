"""Cameras in the browser: find the one that is ill, pause, change, delete."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from core.camera_rules import CameraRules
from core.reconnects import Loss, count_reconnect
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.test_browser_pages import (
    LOOKS,
    Look,
    keep_picture,
    open_as,
    violations,
    width_of,
)
from tests.waiting import wait_for

DEAD = "rtsp://user:secret@127.0.0.1:1/stream"


def test_the_sick_camera_comes_first_and_says_why(house: House, page: Page, redis: Redis) -> None:
    house.add_camera("a healthy one", is_paused=True)
    sick = house.add_camera("the yard", DEAD, is_paused=False)
    house.add_camera("zoo", is_paused=True)
    count_reconnect(redis, sick, Loss(datetime.now(UTC), "127.0.0.1:1 ended the connection"))
    page.goto("/cameras")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", level=2)).first
    expect(row).to_contain_text("refuses connections; is the camera on")
    expect(row.get_by_role("heading")).to_have_text("the yard")
    expect(row).to_contain_text("1 in 24 h")
    expect(page.get_by_text("3 cameras; 1 needs attention")).to_be_visible()
    page.get_by_role("button", name="Paused 2").click()
    expect(page.get_by_role("heading", name="the yard")).to_be_hidden()
    expect(page).to_have_url(re.compile("condition=paused"))
    page.get_by_role("button", name="Paused 2").click()
    page.keyboard.press("Escape")
    page.get_by_label("Search by name, place or address").fill("yard 127")
    expect(page.get_by_role("heading", level=2)).to_have_count(1)
    page.get_by_role("link", name="Edit the yard").click()
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_text("refuses connections")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Frames: "))).to_be_visible()


def test_a_pause_can_be_undone(house: House, page: Page) -> None:
    camera_id = house.add_camera("door", is_paused=False)
    page.goto("/cameras")
    page.get_by_role("button", name="Pause door").click()
    expect(page.get_by_role("button", name="Resume door")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Pause door")).to_be_visible()
    wait_for("a camera that goes on", lambda: not house.camera(camera_id).is_paused)


def test_an_edit_without_an_address_keeps_the_stored_one(house: House, page: Page) -> None:
    camera_id = house.add_camera("door", DEAD)
    page.goto(f"/cameras/{camera_id}")
    expect(page.get_by_label("Name", exact=True)).to_have_value("door")
    page.get_by_label("Zone").fill("Lobby")
    page.get_by_role("link", name="Rules").click()
    page.get_by_label("At these times").check()
    page.locator("#settings-tab").click()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("The settings are saved")).to_be_visible()
    expect(page.get_by_role("button", name="Save the changes")).to_be_disabled()
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_role("button", name="Save the rules")).to_be_enabled()
    camera = house.camera(camera_id)
    assert (camera.address, camera.zone) == (DEAD, "Lobby")


def test_rules_that_somebody_else_changed_meanwhile_are_not_lost_unseen(
    house: House, page: Page
) -> None:
    camera_id = house.add_camera("door")
    page.goto(f"/cameras/{camera_id}#rules")
    page.get_by_text("Which faces count").click()
    least = page.get_by_label("Least width")
    least.fill("30")
    house.change_camera(camera_id, rules=CameraRules(face_px_min=20))
    save = page.get_by_role("button", name="Save the rules")
    save.click()
    expect(page.get_by_text("Somebody else has changed these rules")).to_be_visible()
    assert house.camera(camera_id).rules.face_px_min == 20
    page.get_by_role("button", name="Discard the changes").last.click()
    expect(least).to_have_value("20")
    least.fill("30")
    save.click()
    expect(page.get_by_text("The rules are saved")).to_be_visible()
    assert house.camera(camera_id).rules.face_px_min == 30


def test_what_somebody_else_changed_meanwhile_stays(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto(f"/cameras/{camera_id}")
    expect(page.get_by_label("Name", exact=True)).to_have_value("door")
    house.change_camera(camera_id, name="gate")
    page.get_by_label("Zone").fill("Lobby")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("The settings are saved")).to_be_visible()
    camera = house.camera(camera_id)
    assert (camera.name, camera.zone) == ("gate", "Lobby")


def test_masks_are_required_at_new_times(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto(f"/cameras/{camera_id}")
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_role("button", name="Save the rules")).to_be_disabled()
    page.get_by_label("At these times").check()
    page.get_by_label("from").fill("07:30")
    page.get_by_label("to", exact=True).fill("16:00")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_text("The rules are saved")).to_be_visible()
    (span,) = house.camera(camera_id).rules.schedule or ()
    assert (span.start, span.end, len(span.days)) == ("07:30", "16:00", 5)


def test_a_list_with_a_bad_line_is_corrected_and_imported(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/cameras/import")
    content = b"name,url,site\ngate,0,North\nyard,ftp://yard,North\ndoor,,South\n"
    page.get_by_label("Choose a file").set_input_files(
        {"name": "cameras.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(page.get_by_text("ftp:// cannot be opened")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="door")).to_contain_text("none → South")
    expect(page.get_by_role("button", name=re.compile("^Import "))).to_be_hidden()
    page.get_by_role("button", name="Line 3").click()
    page.keyboard.insert_text("yard,1,North")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name="Import 3 cameras").click()
    expect(page.get_by_text("3 cameras are imported")).to_be_visible()
    page.get_by_role("link", name="See how they do").click()
    expect(page.get_by_role("heading", name="yard")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_each_section_of_a_camera_fits_and_is_accessible(
    house: House, page: Page, look: Look
) -> None:
    camera_id = house.add_camera("a door with a rather long name, as people do give them")
    open_as(page, f"/cameras/{camera_id}", look)
    for section in ("settings", "rules", "health"):
        page.locator(f"#{section}-tab").click()
        keep_picture(page, f"camera-{section}-{look}")
        assert width_of(page) <= look.width
        assert violations(page) == []


def test_a_camera_is_deleted_only_by_its_name(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto(f"/cameras/{camera_id}")
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To be sure, write its name").fill("gate")
    expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()
    dialog.get_by_label("To be sure, write its name").fill("door")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No cameras yet")).to_be_visible()
