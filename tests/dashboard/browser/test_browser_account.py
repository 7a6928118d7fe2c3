"""The account page: a new password, and the sessions of who is signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.storage.users import Role, add_user, remove_user
from tests.dashboard.browser.conftest import House

PASSWORD = "correct horse battery"
NEW_PASSWORD = "other words for it"


@pytest.fixture
def contexts(house: House, chromium: Browser) -> Iterator[list[BrowserContext]]:
    """Two browsers; a guard may sign in with both."""
    with house.database.write() as session:
        add_user(session, "guard", Role.VIEWER, PASSWORD)
    made = [chromium.new_context(base_url=house.address) for _ in range(2)]
    yield made
    for context in made:
        context.close()
    with house.database.write() as session:
        remove_user(session, "guard")


def sign_in(context: BrowserContext, password: str = PASSWORD) -> Page:
    """Sign the guard in, up to their account's page."""
    page = context.new_page()
    page.goto("/sign-in?next=/account")
    page.get_by_label("Name").fill("guard")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    return page


def test_the_menu_of_ones_name_leads_to_the_account(page: Page) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(page.get_by_text("Signed in as the operator, operator")).to_be_visible()


def test_another_browser_is_signed_out_from_here(contexts: list[BrowserContext]) -> None:
    here, there = (sign_in(context) for context in contexts)
    here.reload()
    expect(here.locator(".session-browser")).to_have_text(["Chrome on Linux"] * 2)
    expect(here.get_by_text("This browser")).to_have_count(1)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.locator(".session-row")).to_have_count(1)
    there.goto("/account")
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_password_is_changed_once_both_are_right(contexts: list[BrowserContext]) -> None:
    page = sign_in(contexts[0])
    change = page.get_by_role("button", name="Change the password")
    for old, again, words in (
        ("wrong words", NEW_PASSWORD, "Expected your current password."),
        (PASSWORD, "not the same", "The two passwords are not the same."),
    ):
        page.get_by_label("Current password").fill(old)
        page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
        page.get_by_label("New password, once more").fill(again)
        change.click()
        expect(page.get_by_text(words)).to_be_visible()
    page.get_by_label("New password, once more").fill(NEW_PASSWORD)
    change.click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    sign_in(contexts[1], NEW_PASSWORD)
