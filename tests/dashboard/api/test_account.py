"""The account of who asks: password, sessions, and what ends when."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core.storage.engine import Database, utc_now
from core.storage.tables import UserSessionRow
from core.storage.users import Role, UserChanges, change_user, find_user, remove_user
from dashboard.app import Dashboard
from tests.dashboard.conftest import PASSWORD, ClientOf, csrf_token

NEW_PASSWORD = "other words for it"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in_again(dashboard: Dashboard, name: str, password: str = PASSWORD) -> FlaskClient:
    """Sign the user in with a further browser."""
    browser = dashboard.app.test_client()
    form = {"name": name, "password": password, "csrf_token": csrf_token(browser, "/sign-in")}
    browser.post("/sign-in", data=form, headers={"User-Agent": FIREFOX})
    return browser


def send(browser: FlaskClient, method: str, path: str, body: object = None) -> int:
    """Change something as a page does, with its CSRF token."""
    headers = {"X-CSRFToken": csrf_token(browser)}
    return browser.open(f"/api/v1/{path}", method=method, json=body, headers=headers).status_code


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/api/v1/account").status_code == 200


def test_a_person_learns_who_they_are(browser_of: ClientOf) -> None:
    assert browser_of(Role.OPERATOR).get("/api/v1/account").get_json() == {
        "name": "the operator",
        "kind": "user",
        "role": "operator",
        "is_limited": False,
        "site_ids": [],
        "may_see_faces": False,
        "scopes": [],
        "expires_at": None,
        "language": None,
        "theme": None,
    }


def test_a_program_learns_what_its_token_may(admin: FlaskClient, stranger: FlaskClient) -> None:
    body = {
        "name": "chart",
        "role": "viewer",
        "scopes": ["account:read", "compliance"],
        "expires_at": "2100-01-31T08:00:00Z",
        "is_limited": True,
    }
    token = admin.post("/api/v1/tokens", json=body).get_json()["token"]
    found = stranger.get("/api/v1/account", headers={"Authorization": f"Bearer {token}"})
    assert found.get_json() == {
        "name": "chart",
        "kind": "token",
        "role": "viewer",
        "is_limited": True,
        "site_ids": [],
        "may_see_faces": False,
        "scopes": ["account:read", "compliance"],
        "expires_at": "2100-01-31T08:00:00Z",
        "language": None,
        "theme": None,
    }


def test_a_chosen_language_and_theme_are_there_in_another_browser(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    here = browser_of(Role.VIEWER)
    assert send(here, "PATCH", "account", {"language": "de", "theme": "dark"}) == 200
    there = sign_in_again(dashboard, "the viewer")
    assert '<html lang="de" data-theme="dark">' in there.get("/account").text


def test_who_leaves_a_choice_to_the_browser_gets_what_it_asks_for(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    send(browser, "PATCH", "account", {"language": "de", "theme": "dark"})
    assert send(browser, "PATCH", "account", {"language": None}) == 200
    page = browser.get("/account", headers={"Accept-Language": "en"}).text
    assert '<html lang="en" data-theme="dark">' in page


def test_after_signing_out_the_browser_keeps_the_last_choice(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    send(browser, "PATCH", "account", {"language": "de", "theme": "light"})
    browser.post("/sign-out", data={"csrf_token": csrf_token(browser)})
    assert '<html lang="de" data-theme="light">' in browser.get("/sign-in").text


def test_the_language_chosen_in_the_menu_is_kept_with_the_account(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    here = browser_of(Role.VIEWER)
    here.post("/language", data={"csrf_token": csrf_token(here), "language": "de"})
    there = sign_in_again(dashboard, "the viewer")
    assert there.get("/api/v1/account").get_json()["language"] == "de"


@pytest.mark.parametrize(
    "body", [{"language": "xx"}, {"theme": "pink"}, {"language": 1}, {"name": "bob"}], ids=str
)
def test_a_strange_appearance_is_refused(browser_of: ClientOf, body: dict[str, object]) -> None:
    assert send(browser_of(Role.VIEWER), "PATCH", "account", body) == 422


def test_a_program_has_no_appearance(viewer: FlaskClient) -> None:
    assert viewer.patch("/api/v1/account", json={"theme": "dark"}).status_code == 403


def test_sessions_are_listed_with_browser_and_address(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.VIEWER)
    sign_in_again(dashboard, "the viewer")
    other, this = browser.get("/api/v1/account/sessions").get_json()["items"]
    assert (other["browser"], other["is_current"]) == ("Firefox on Linux", False)
    assert (this["address"], this["is_current"]) == ("127.0.0.1", True)
    assert other["seen_at"] < other["expires_at"]


def test_ending_a_session_signs_that_browser_out_and_no_other(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.VIEWER)
    other = sign_in_again(dashboard, "the viewer")
    session_id = browser.get("/api/v1/account/sessions").get_json()["items"][0]["id"]
    assert send(browser, "DELETE", f"account/sessions/{session_id}") == 204
    assert (is_signed_in(browser), is_signed_in(other)) == (True, False)
    assert send(browser, "DELETE", f"account/sessions/{session_id}") == 404


def test_nobody_ends_the_session_of_another(browser_of: ClientOf) -> None:
    admin, viewer = browser_of(Role.ADMIN), browser_of(Role.VIEWER)
    session_id = viewer.get("/api/v1/account/sessions").get_json()["items"][0]["id"]
    assert send(admin, "DELETE", f"account/sessions/{session_id}") == 404
    assert is_signed_in(viewer)


def test_one_signs_out_everywhere_else(dashboard: Dashboard, browser_of: ClientOf) -> None:
    browser, stranger = browser_of(Role.VIEWER), browser_of(Role.OPERATOR)
    others = [sign_in_again(dashboard, "the viewer") for _ in range(2)]
    assert send(browser, "DELETE", "account/sessions") == 204
    assert [is_signed_in(one) for one in (browser, stranger, *others)] == [True, True, False, False]


def test_a_new_password_counts_at_once_and_ends_the_other_sessions(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.VIEWER)
    other = sign_in_again(dashboard, "the viewer")
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert send(browser, "POST", "account/password", body) == 204
    assert (is_signed_in(browser), is_signed_in(other)) == (True, False)
    assert not is_signed_in(sign_in_again(dashboard, "the viewer"))
    assert is_signed_in(sign_in_again(dashboard, "the viewer", NEW_PASSWORD))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"old_password": "wrong words"}, "old_password", id="wrong old one"),
        pytest.param({"new_password": "short"}, "new_password", id="short new one"),
        pytest.param({"new_password": "x" * 201}, "new_password", id="endless new one"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(
    dashboard: Dashboard, browser_of: ClientOf, changes: dict[str, str], field: str
) -> None:
    browser = browser_of(Role.VIEWER)
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, **changes}
    headers = {"X-CSRFToken": csrf_token(browser)}
    answer = browser.post("/api/v1/account/password", json=body, headers=headers)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert not any(word in answer.text for word in body.values())
    assert is_signed_in(sign_in_again(dashboard, "the viewer"))


def test_guessing_the_old_password_is_slowed_down(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    body = {"old_password": "wrong words", "new_password": NEW_PASSWORD}
    assert {send(browser, "POST", "account/password", body) for _ in range(11)} == {422, 429}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "account/sessions"),
        ("DELETE", "account/sessions"),
        ("DELETE", "account/sessions/1"),
        ("POST", "account/password"),
    ],
)
def test_a_program_has_neither_sessions_nor_password(
    admin: FlaskClient, method: str, path: str
) -> None:
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD} if method == "POST" else None
    assert admin.open(f"/api/v1/{path}", method=method, json=body).status_code == 403


def test_a_changed_role_counts_at_the_next_request(
    browser_of: ClientOf, database: Database
) -> None:
    browser = browser_of(Role.VIEWER)
    assert browser.get("/api/v1/system").status_code == 403
    with database.write() as session:
        user = find_user(session, "the viewer")
        change_user(session, user.id, UserChanges(role=Role.OPERATOR))
    assert browser.get("/api/v1/system").status_code == 200
    with database.write() as session:
        remove_user(session, "the viewer")
    assert browser.get("/api/v1/system").status_code == 401


def test_a_session_that_was_not_used_for_the_chosen_hours_is_over(
    browser_of: ClientOf, admin: FlaskClient, database: Database
) -> None:
    browser = browser_of(Role.VIEWER)
    _age_sessions(database, hours=167)
    assert is_signed_in(browser)
    _age_sessions(database, hours=168)
    assert not is_signed_in(browser)


def test_a_cookie_of_an_earlier_release_is_a_stranger(
    dashboard: Dashboard, stranger: FlaskClient
) -> None:
    with stranger.session_transaction() as cookie:
        cookie["_user_id"] = "1"
        cookie["_fresh"] = True
    assert stranger.get("/").status_code == 302
    assert is_signed_in(stranger) is False


def test_a_cookie_that_was_kept_back_is_worthless_after_signing_out(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.VIEWER)
    cookie = browser.get_cookie("maskwatch")
    assert cookie is not None
    browser.post("/sign-out", data={"csrf_token": csrf_token(browser)})
    thief = dashboard.app.test_client()
    thief.set_cookie("maskwatch", cookie.value)
    assert not is_signed_in(thief)


def _age_sessions(database: Database, hours: int) -> None:
    """Let all sessions have been used so many hours ago."""
    with database.write() as session:
        seen = utc_now() - timedelta(hours=hours)
        session.execute(update(UserSessionRow).values(seen_at=seen))
