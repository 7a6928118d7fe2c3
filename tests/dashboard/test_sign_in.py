"""The doors: passwords, one-time links, the first account, signing out."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.storage.engine import Database
from core.storage.first_start import is_first_start
from core.storage.links import create_sign_in_link
from core.storage.users import Role, add_user, find_or_add_user, has_users, list_users
from dashboard.app import Dashboard
from tests.dashboard.conftest import PASSWORD, ClientOf, csrf_token


@pytest.fixture
def link(database: Database) -> str:
    """The path of a sign-in link, as the demo prints it."""
    with database.write() as session:
        user = find_or_add_user(session, "demo", Role.ADMIN)
        return f"/sign-in/{create_sign_in_link(session, user, timedelta(hours=1))}"


@pytest.fixture
def set_up_link(database: Database) -> str:
    """The path of the link that the first start prints."""
    with database.write() as session:
        return f"/set-up/{create_sign_in_link(session, None, timedelta(hours=1))}"


def sign_in(browser: FlaskClient, name: str, password: str, **more: str) -> int:
    form = {"name": name, "password": password, "csrf_token": csrf_token(browser, "/sign-in")}
    return browser.post("/sign-in", data={**form, **more}).status_code


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


def test_name_and_password_open_the_wall(browser_of: ClientOf) -> None:
    assert is_signed_in(browser_of(Role.VIEWER))


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [
        pytest.param("ann", "wrong words here", 401, id="wrong password"),
        pytest.param("bob", PASSWORD, 401, id="unknown name"),
        pytest.param("ann", "", 422, id="no password"),
        pytest.param("", PASSWORD, 422, id="no name"),
        pytest.param("ann", "x" * 10_000, 422, id="endless password"),
    ],
)
def test_anything_else_does_not(
    stranger: FlaskClient, database: Database, name: str, password: str, status: int
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    assert sign_in(stranger, name, password) == status
    assert not is_signed_in(stranger)


def test_wrong_name_and_wrong_password_read_the_same(
    stranger: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    pages = []
    for name in ("ann", "bob"):
        form = {"name": name, "password": "x" * 12, "csrf_token": csrf_token(stranger, "/sign-in")}
        page = stranger.post("/sign-in", data=form).text
        pages.append(page.partition('role="alert"')[2].partition("</p>")[0])
    assert pages[0] == pages[1]
    assert "do not go together" in pages[0]


def test_a_form_without_its_csrf_token_is_refused(
    stranger: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    answer = stranger.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        pytest.param("/cameras/new?x=1", "/cameras/new?x=1", id="our page"),
        pytest.param("https://elsewhere.example/", "/", id="another host"),
        pytest.param("//elsewhere.example/", "/", id="another host without a scheme"),
        pytest.param("/\\elsewhere.example/", "/", id="a backslash"),
        pytest.param("/a\r\nSet-Cookie: x=y", "/", id="a line break"),
        pytest.param("//[", "/", id="no address at all"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("", "/", id="nothing"),
    ],
)
def test_signing_in_leads_to_a_page_of_ours(
    stranger: FlaskClient, database: Database, wanted: str, led_to: str
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    form = {"name": "ann", "password": PASSWORD, "next": wanted}
    form["csrf_token"] = csrf_token(stranger, "/sign-in")
    assert stranger.post("/sign-in", data=form).location == led_to


def test_guessing_passwords_is_slowed_down(stranger: FlaskClient) -> None:
    statuses = {sign_in(stranger, "ann", "wrong words here") for _ in range(11)}
    assert statuses == {401, 429}


def test_who_is_signed_in_is_not_asked_again(browser_of: ClientOf) -> None:
    assert browser_of(Role.VIEWER).get("/sign-in?next=/cameras").location == "/cameras"


def test_a_sign_in_link_opens_the_wall_in_any_browser(
    dashboard: Dashboard, stranger: FlaskClient, link: str
) -> None:
    for browser in (stranger, stranger, dashboard.app.test_client()):
        assert browser.get(link).location == "/"
        assert is_signed_in(browser)


def test_a_link_that_is_too_old_is_over(stranger: FlaskClient, database: Database) -> None:
    with database.write() as session:
        user = find_or_add_user(session, "demo", Role.ADMIN)
        secret = create_sign_in_link(session, user, timedelta(seconds=-1))
    assert stranger.get(f"/sign-in/{secret}").status_code == 410


def test_before_the_first_account_the_sign_in_page_tells_of_the_set_up_link(
    stranger: FlaskClient,
) -> None:
    assert "set-up link" in stranger.get("/sign-in").text


def test_the_set_up_link_makes_the_first_administrator(
    stranger: FlaskClient, database: Database, set_up_link: str
) -> None:
    assert set_up(stranger, set_up_link) == 302
    assert is_signed_in(stranger)
    with database.read() as session:
        assert [(user.name, user.role) for user in list_users(session)] == [("ann", Role.ADMIN)]
        assert is_first_start(session)


def test_the_set_up_link_works_once(
    dashboard: Dashboard, stranger: FlaskClient, set_up_link: str
) -> None:
    set_up(stranger, set_up_link)
    other = dashboard.app.test_client()
    assert other.get(set_up_link).status_code == 410
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"password": "short", "password_again": "short"}, id="short password"),
        pytest.param({"password_again": "other words here"}, id="two passwords"),
        pytest.param({"name": " "}, id="no name"),
    ],
)
def test_a_mistake_in_the_set_up_form_is_told_and_the_link_works_still(
    stranger: FlaskClient, database: Database, set_up_link: str, changes: dict[str, str]
) -> None:
    assert set_up(stranger, set_up_link, **changes) == 422
    with database.read() as session:
        assert not has_users(session)
    assert set_up(stranger, set_up_link) == 302


def set_up(browser: FlaskClient, link: str, **changes: str) -> int:
    form = {"name": "ann", "password": PASSWORD, "password_again": PASSWORD}
    form["csrf_token"] = csrf_token(browser, link)
    return browser.post(link, data={**form, **changes}).status_code


def test_a_sign_in_link_does_not_set_up_nor_the_other_way_round(
    stranger: FlaskClient, link: str, set_up_link: str
) -> None:
    assert stranger.get(link.replace("sign-in", "set-up")).status_code == 410
    assert stranger.get(set_up_link.replace("set-up", "sign-in")).status_code == 410


def test_signing_out_needs_the_token_and_ends_the_session(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    assert browser.post("/sign-out").status_code == 400
    assert is_signed_in(browser)
    browser.post("/sign-out", data={"csrf_token": csrf_token(browser)})
    assert not is_signed_in(browser)


def test_an_answer_that_comes_late_does_not_undo_a_sign_out(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    assert "Set-Cookie" not in browser.get("/api/v1/cameras").headers


def test_opening_a_page_renews_the_session(browser_of: ClientOf) -> None:
    browser = browser_of(Role.VIEWER)
    browser.get("/")
    assert "Expires" in browser.get("/cameras").headers["Set-Cookie"]


def test_guessing_one_name_from_many_addresses_is_slowed_down_too(
    dashboard: Dashboard, database: Database
) -> None:
    with database.write() as session:
        for name in ("ann", "bob"):
            add_user(session, name, Role.VIEWER, PASSWORD)
    statuses = []
    for number in range(21):
        browser = dashboard.app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        statuses.append(sign_in(browser, "ann", "wrong words here"))
    assert statuses == [401] * 20 + [429]
    assert sign_in(browser, "bob", PASSWORD) == 302


def test_right_passwords_are_not_counted_against_a_name(
    dashboard: Dashboard, database: Database
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    for number in range(21):
        browser = dashboard.app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert sign_in(browser, "ann", PASSWORD) == 302


def test_a_name_that_is_taken_is_told_in_the_set_up_form(
    stranger: FlaskClient, database: Database, set_up_link: str
) -> None:
    with database.write() as session:
        find_or_add_user(session, "ann", Role.VIEWER)
    assert set_up(stranger, set_up_link) == 422


def test_signing_in_anew_ends_the_session_that_the_browser_had(
    browser_of: ClientOf, database: Database, link: str
) -> None:
    browser = browser_of(Role.VIEWER)
    cookie = browser.get_cookie("maskwatch")
    assert cookie is not None
    browser.get(link)
    assert browser.get("/api/v1/account").get_json()["name"] == "demo"
    browser.set_cookie("maskwatch", cookie.value)
    assert not is_signed_in(browser)
