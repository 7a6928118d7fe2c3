"""Who may do what: sessions, tokens and their terms; every endpoint is in test_route_map.py."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import update

from core.access_scopes import parse_scope
from core.storage.engine import Database, utc_now
from core.storage.tables import TokenRow
from core.storage.tokens import TokenTerms, create_token, list_tokens, revoke_token
from core.storage.users import Role, remove_user
from dashboard.access import check_declarations, needs, open_to_all
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf, csrf_token


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


def test_an_application_with_a_silent_endpoint_does_not_start(dashboard: Dashboard) -> None:
    dashboard.app._got_first_request = False
    dashboard.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(RuntimeError, match="forgotten"):
        check_declarations(dashboard.app)


def test_an_application_with_a_subject_that_no_token_can_name_does_not_start(
    dashboard: Dashboard,
) -> None:
    dashboard.app._got_first_request = False
    view = needs(Role.VIEWER)(lambda: "something")
    dashboard.app.add_url_rule("/api/v1/weather", "api_weather.read", view)
    with pytest.raises(RuntimeError, match=r"api_weather\.read"):
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


def with_token(
    dashboard: Dashboard, database: Database, terms: TokenTerms, role: Role = Role.OPERATOR
) -> FlaskClient:
    with database.write() as session:
        text = create_token(session, "its token", role, terms)
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def test_a_token_that_has_run_out_is_told_so(dashboard: Dashboard, database: Database) -> None:
    until = utc_now() + timedelta(hours=1)
    client = with_token(dashboard, database, TokenTerms(expires_at=until))
    assert client.get("/api/v1/cameras").status_code == 200
    with database.write() as session:
        past = utc_now() - timedelta(seconds=1)
        session.execute(update(TokenRow).values(expires_at=past))
    for path in ("/api/v1/cameras", "/metrics"):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 401)
        assert "ran out at" in answer.text
        assert "Bearer" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        pytest.param("cameras:read", "GET", "cameras", 200, id="reads its subject"),
        pytest.param("cameras:read", "HEAD", "cameras", 200, id="HEAD reads, too"),
        pytest.param("cameras:read", "POST", "cameras", 403, id="writes what it may read"),
        pytest.param("cameras", "POST", "cameras", 201, id="writes its subject"),
        pytest.param("cameras", "GET", "sightings", 403, id="reads another subject"),
        pytest.param("users", "GET", "users", 403, id="a scope gives no role"),
        pytest.param("cameras", "GET", "nothing-here", 403, id="an unknown path"),
    ],
)
def test_a_token_reaches_what_its_scopes_name_and_its_role_may(
    dashboard: Dashboard, database: Database, scope: str, method: str, path: str, status: int
) -> None:
    client = with_token(dashboard, database, TokenTerms(frozenset({parse_scope(scope)})))
    body = {"name": "door", "url": "rtsp://host/1"} if method == "POST" else None
    assert client.open(f"/api/v1/{path}", method=method, json=body).status_code == status


def test_a_refused_scope_is_named(dashboard: Dashboard, database: Database) -> None:
    terms = TokenTerms(frozenset({parse_scope("compliance"), parse_scope("cameras:read")}))
    client = with_token(dashboard, database, terms)
    problem = client.get("/api/v1/sightings").get_json()
    has = "yours has cameras:read, compliance."
    assert problem["detail"] == f"This needs a token with the scope sightings:read; {has}"
    assert "This needs a token with no scopes" in client.get("/").text


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
