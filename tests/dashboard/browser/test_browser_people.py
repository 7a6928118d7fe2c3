"""Administrators' tasks: people and their limits, tokens, who changed what; and one's own looks."""

import json
import re
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Browser, Page, expect

from core.storage.cameras import NewCamera, add_camera
from core.storage.tokens import create_token
from core.storage.users import Role, add_user, remove_user
from tests.dashboard.browser.conftest import House

PASSWORD = "correct horse battery"


@pytest.fixture
def admin(house: House, page: Page) -> Page:
    page.goto(house.sign_in_link(Role.ADMIN))
    return page


@pytest.fixture
def elsewhere(house: House, chromium: Browser) -> Iterator[Page]:
    """Another browser, in which nobody is signed in."""
    context = chromium.new_context(base_url=house.address)
    yield context.new_page()
    context.close()


def add_camera_at(house: House, name: str, site: str) -> int:
    with house.database.write() as session:
        new = NewCamera(name, "demo:entrance", "demo:entrance", site=site, is_paused=True)
        return add_camera(session, house.box, new).id


def ask(house: House, token: str, path: str, method: str = "GET", body: object = None) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{house.address}{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_a_person_limited_to_a_site_is_added_signs_in_and_sees_only_it(
    house: House, admin: Page, elsewhere: Page
) -> None:
    add_camera_at(house, "North door", "North")
    add_camera_at(house, "South door", "South")
    admin.goto("/users")
    admin.get_by_role("link", name="Add a user").click()
    admin.get_by_label("Name").fill("night desk")
    admin.get_by_text("Only those of some sites").click()
    admin.get_by_role("checkbox", name="North").check()
    admin.get_by_role("button", name="Add the user").click()
    link = admin.get_by_label("Link to choose a password").input_value()

    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Welcome, night desk")
    elsewhere.get_by_label("Password", exact=True).fill(PASSWORD)
    elsewhere.get_by_label("Password, once more").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Set the password and sign in").click()
    elsewhere.goto("/cameras")
    expect(elsewhere.get_by_role("heading", name="North door")).to_be_visible()
    expect(elsewhere.get_by_role("heading", name="South door")).to_have_count(0)

    admin.get_by_role("link", name="To the users").click()
    admin.get_by_role("link", name="night desk").click()
    expect(admin.locator("#sessions li")).to_have_count(1)
    admin.get_by_role("button", name="Remove the user").click()
    remove = admin.get_by_role("dialog").get_by_role("button", name="Remove", exact=True)
    expect(remove).to_be_disabled()
    admin.get_by_label("Type the name to confirm").fill("night desk")
    remove.click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Users")
    expect(admin.get_by_role("link", name="night desk")).to_have_count(0)
    elsewhere.goto("/cameras")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_group_is_made_with_its_people_and_removed(house: House, admin: Page) -> None:
    add_camera_at(house, "North door", "North")
    admin.goto("/users")
    admin.get_by_role("button", name="Make a group").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Guards")
    dialog.get_by_role("checkbox", name="North").check()
    dialog.get_by_role("checkbox", name="the operator").check()
    dialog.get_by_role("button", name="Save").click()
    card = admin.locator(".group-card")
    expect(card).to_contain_text("North")
    expect(card).to_contain_text("the operator")
    admin.get_by_role("button", name="Remove Guards").click()
    admin.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(admin.get_by_text("No groups yet")).to_be_visible()


def test_a_token_is_made_shown_once_used_and_revoked(house: House, admin: Page) -> None:
    admin.goto("/tokens/new")
    admin.get_by_role("radio", name="Reports").check()
    admin.get_by_role("button", name="Make the token").click()
    token = admin.get_by_label("The token").input_value()
    assert ask(house, token, "/api/v1/compliance") == 200
    assert ask(house, token, "/api/v1/users") == 403
    admin.get_by_role("link", name="To the tokens").click()
    assert token not in admin.content()
    row = admin.get_by_role("row", name="Reports")
    expect(row).to_contain_text("Compliance")
    expect(row.locator("time")).to_be_visible()
    admin.get_by_role("button", name="Revoke Reports").click()
    admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(admin.get_by_text("Reports is revoked")).to_be_visible()
    assert ask(house, token, "/api/v1/compliance") == 401


def test_a_token_for_a_wall_screen_is_a_choice_and_opens_the_wall_there(
    house: House, admin: Page, elsewhere: Page
) -> None:
    house.add_camera("North door")
    admin.goto("/tokens/new")
    expect(admin.get_by_label("Name")).to_have_value("Wall screen")
    admin.get_by_role("button", name="Make the token").click()
    token = admin.get_by_label("The token").input_value()
    elsewhere.goto(admin.locator("#use-code").inner_text())
    elsewhere.get_by_label("Token of this screen").fill(token)
    elsewhere.get_by_role("button", name="Show the wall").click()
    expect(elsewhere.get_by_role("heading", name="North door")).to_be_visible()
    assert ask(house, token, "/api/v1/cameras") == 403


def test_a_token_of_ones_own_kind_reaches_what_was_ticked(house: House, admin: Page) -> None:
    admin.goto("/tokens/new")
    admin.get_by_role("radio", name="Something else").check()
    admin.get_by_label("Name").fill("door panel")
    make = admin.get_by_role("button", name="Make the token")
    make.click()
    expect(admin.get_by_text("Tick what it is to reach.")).to_be_visible()
    admin.get_by_role("checkbox", name="Read: Cameras").check()
    make.click()
    token = admin.get_by_label("The token").input_value()
    assert ask(house, token, "/api/v1/cameras") == 200
    assert ask(house, token, "/api/v1/sightings") == 403


def test_who_changed_a_camera_is_found_with_what_stood_there_before(
    house: House, admin: Page
) -> None:
    camera_id = house.add_camera("Loading bay")
    house.add_camera("Canteen")
    with house.database.write() as session:
        token = create_token(session, f"panel {camera_id}", Role.OPERATOR)
    path = f"/api/v1/cameras/{camera_id}"
    assert ask(house, token, path, "PATCH", {"frames_per_second": 2}) == 200
    admin.goto("/audit")
    admin.get_by_label("What", exact=True).select_option(label="Camera changed")
    admin.get_by_label("Of what").fill(f'camera {camera_id} "')
    admin.get_by_label("Of what").press("Enter")
    entry = admin.locator(".audit-entry")
    expect(entry).to_have_count(1)
    for words in (f"panel {camera_id}", "Camera changed Loading bay", "Analysed a second"):
        expect(entry).to_contain_text(words)
    expect(entry.locator("del")).to_contain_text("5")
    expect(entry.locator("ins")).to_contain_text("2")
    expect(admin).to_have_url(re.compile(r"action=camera\.change&subject="))
    admin.reload()
    expect(entry).to_have_count(1)
    with admin.expect_download() as download:
        admin.get_by_role("link", name="CSV").click()
    assert len(download.value.path().read_text().strip().splitlines()) == 2


def test_german_and_dark_are_chosen_once_and_found_in_another_browser(
    house: House, chromium: Browser, elsewhere: Page
) -> None:
    with house.database.write() as session:
        add_user(session, "wanderer", Role.VIEWER, PASSWORD)
    here = chromium.new_page(base_url=house.address)
    sign_in(here, "wanderer")
    here.goto("/account")
    with here.expect_response("**/api/v1/account"):
        here.get_by_role("radio", name="Dark").check()
    here.get_by_role("radio", name="Deutsch").check()
    expect(here.locator("html")).to_have_attribute("lang", "de")
    here.close()
    sign_in(elsewhere, "wanderer")
    expect(elsewhere.locator("html")).to_have_attribute("lang", "de")
    expect(elsewhere.locator("html")).to_have_attribute("data-theme", "dark")
    with house.database.write() as session:
        remove_user(session, "wanderer")


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".bar")).to_be_visible()
