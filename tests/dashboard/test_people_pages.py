"""The pages about people and programs, as the server renders them."""

import pytest
from flask.testing import FlaskClient

from core.storage.users import Role
from tests.dashboard.conftest import ClientOf

PAGES = ("/users", "/users/new", "/users/1", "/tokens", "/tokens/new", "/audit")


@pytest.fixture
def browser(browser_of: ClientOf) -> FlaskClient:
    return browser_of(Role.ADMIN)


def test_every_page_has_a_title_a_heading_and_no_inline_script(browser: FlaskClient) -> None:
    for path in PAGES:
        page = browser.get(path)
        assert (path, page.status_code) == (path, 200)
        assert ("<h1" in page.text, "<title>" in page.text) == (True, True)
        assert not any(part in page.text for part in ("<script>", "<style", " style=", " onclick="))


def test_they_are_for_administrators_alone(browser_of: ClientOf) -> None:
    operator = browser_of(Role.OPERATOR)
    assert {operator.get(path).status_code for path in PAGES} == {403}


def test_the_page_of_a_user_who_never_was_is_an_error_page(browser: FlaskClient) -> None:
    page = browser.get("/users/99")
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_nobody_is_offered_to_remove_themselves(browser: FlaskClient, browser_of: ClientOf) -> None:
    browser_of(Role.VIEWER)
    pages = [browser.get(f"/users/{number}").text for number in (1, 2)]
    assert ['id="remove"' in page for page in pages] == [False, True]
