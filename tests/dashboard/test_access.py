"""Who may do what, tried on every endpoint that the application has."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.storage.engine import Database
from core.storage.tokens import list_tokens, revoke_token
from core.storage.users import Role, remove_user
from dashboard.access import check_declarations, open_to_all
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf, csrf_token

OPEN_IN_API = {"/api/v1/openapi.json"}


def operations(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """Walk every method and path of the application, with 1 for each parameter."""
    for rule in dashboard.app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path


def test_every_operation_of_the_api_answers_a_stranger_401(
    dashboard: Dashboard, stranger: FlaskClient
) -> None:
    asked = 0
    for method, path in operations(dashboard):
        if path.startswith("/api/v1") and path not in OPEN_IN_API:
            answer = stranger.open(path, method=method, data="not even JSON")
            assert (method, path, answer.status_code) == (method, path, 401)
            assert answer.mimetype == "application/problem+json"
            assert "Bearer" in answer.headers["WWW-Authenticate"]
            asked += 1
    assert asked >= 17


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/nothing-here", id="unknown path"),
        pytest.param("PUT", "/api/v1/cameras", id="method not allowed"),
        pytest.param("OPTIONS", "/api/v1/cameras", id="options"),
        pytest.param("GET", "/api/v1/compliance?bucket=year", id="bad parameter"),
        pytest.param("GET", "/api/v1", id="the bare prefix"),
        pytest.param("GET", "/api/v1/", id="the bare prefix with a slash"),
    ],
)
def test_a_stranger_learns_nothing_of_the_api(
    stranger: FlaskClient, method: str, path: str
) -> None:
    assert stranger.open(path, method=method).status_code == 401


def test_every_page_sends_a_stranger_to_sign_in(
    dashboard: Dashboard, stranger: FlaskClient
) -> None:
    for path in ("/", "/cameras", "/cameras/new", "/cameras/1", "/sightings"):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")


def test_an_application_with_a_silent_endpoint_does_not_start(dashboard: Dashboard) -> None:
    dashboard.app._got_first_request = False
    dashboard.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(RuntimeError, match="forgotten"):
        check_declarations(dashboard.app)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer mw_guess", id="unknown token"),
        pytest.param("Basic YTpi", id="another scheme"),
        pytest.param("Bearer \N{SNOWMAN}".encode().decode("latin-1"), id="not ASCII"),
    ],
)
def test_a_worthless_authorization_header_is_a_stranger_even_in_a_session(
    browser_of: ClientOf, header: str
) -> None:
    browser = browser_of(Role.ADMIN)
    assert browser.get("/api/v1/cameras").status_code == 200
    answer = browser.get("/api/v1/cameras", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_token_is_worthless_at_once(viewer: FlaskClient, database: Database) -> None:
    assert viewer.get("/api/v1/cameras").status_code == 200
    with database.write() as session:
        revoke_token(session, "a viewer's token")
    assert viewer.get("/api/v1/cameras").status_code == 401


def test_the_use_of_a_token_is_noted(viewer: FlaskClient, database: Database) -> None:
    viewer.get("/api/v1/cameras")
    with database.read() as session:
        assert list_tokens(session)[0].last_used_at is not None


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        pytest.param(Role.VIEWER, "POST", "/api/v1/cameras", 403, id="viewer adds camera"),
        pytest.param(Role.VIEWER, "GET", "/api/v1/system", 403, id="viewer reads system"),
        pytest.param(Role.OPERATOR, "GET", "/api/v1/system", 200, id="operator reads system"),
        pytest.param(Role.OPERATOR, "GET", "/api/v1/users", 403, id="operator lists users"),
        pytest.param(Role.OPERATOR, "POST", "/api/v1/tokens", 403, id="operator makes token"),
        pytest.param(Role.ADMIN, "GET", "/api/v1/users", 200, id="admin lists users"),
        pytest.param(Role.ADMIN, "GET", "/api/v1/cameras", 200, id="admin lists cameras"),
    ],
)
def test_each_role_may_what_it_needs_and_no_more(
    program_of: ClientOf, role: Role, method: str, path: str, status: int
) -> None:
    assert program_of(role).open(path, method=method).status_code == status


def test_a_session_needs_the_csrf_token_to_change_something(browser_of: ClientOf) -> None:
    browser = browser_of(Role.ADMIN)
    camera = {"name": "door", "url": "rtsp://host/1"}
    without = browser.post("/api/v1/cameras", json=camera)
    assert without.status_code == 400
    assert without.mimetype == "application/problem+json"
    token = csrf_token(browser)
    with_it = browser.post("/api/v1/cameras", json=camera, headers={"X-CSRFToken": token})
    assert with_it.status_code == 201


def test_a_csrf_token_of_another_session_is_refused(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.ADMIN)
    foreign = csrf_token(dashboard.app.test_client(), "/sign-in")
    camera = {"name": "door", "url": "rtsp://host/1"}
    answer = browser.post("/api/v1/cameras", json=camera, headers={"X-CSRFToken": foreign})
    assert answer.status_code == 400


def test_a_session_ends_when_its_user_is_removed(browser_of: ClientOf, database: Database) -> None:
    browser = browser_of(Role.VIEWER)
    with database.write() as session:
        remove_user(session, "the viewer")
    assert browser.get("/api/v1/cameras").status_code == 401
    assert browser.get("/").status_code == 302


def test_a_session_cookie_signed_with_another_key_is_a_stranger(
    dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.ADMIN)
    dashboard.app.config["SECRET_KEY"] = "another"
    assert browser.get("/api/v1/cameras").status_code == 401


def test_busy_programs_do_not_write_at_each_call(viewer: FlaskClient, redis: Redis) -> None:
    viewer.get("/api/v1/cameras")
    marks = list(redis.scan_iter("mw:house:token-used:*"))
    assert len(marks) == 1
    assert 0 < redis.ttl(marks[0]) <= 60


def test_a_view_open_to_all_stays_the_same_function() -> None:
    def view() -> str:
        return "hello"

    assert open_to_all(view) is view
