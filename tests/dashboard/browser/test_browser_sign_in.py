"""Signing in and out, as a person does it."""

import re

from playwright.sync_api import Browser, Page, expect

from core.storage.users import Role, add_user
from tests.dashboard.browser.conftest import House

PASSWORD = "correct horse battery"


def test_a_wrong_password_is_said_and_the_name_is_kept(house: House, chromium: Browser) -> None:
    page = chromium.new_page(base_url=house.address)
    page.goto("/sign-in")
    page.get_by_label("Name").fill("somebody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("somebody")
    page.close()


def test_a_password_leads_to_the_page_that_was_asked_for(house: House, chromium: Browser) -> None:
    with house.database.write() as session:
        add_user(session, "porter", Role.VIEWER, PASSWORD)
    page = chromium.new_page(base_url=house.address)
    page.goto("/sightings?verdict=no_mask")
    page.get_by_label("Name").fill("porter")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sightings")
    expect(page.get_by_role("radio", name="No mask")).to_be_checked()
    page.close()


def test_signing_out_closes_the_wall(page: Page) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


def test_a_viewer_is_offered_nothing_that_needs_an_operator(
    house: House, chromium: Browser
) -> None:
    house.forget_cameras()
    house.add_camera("door")
    page = chromium.new_page(base_url=house.address)
    page.goto(house.sign_in_link(Role.VIEWER))
    page.goto("/cameras")
    expect(page.get_by_role("heading", name="door")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    expect(page.get_by_role("link", name="Add a camera")).to_have_count(0)
    page.close()
