"""The pages as the server renders them, and the headers of every answer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.secrets import SecretBox
from core.settings import Settings
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.users import Role
from dashboard.app import create_app
from tests.dashboard.conftest import ClientOf


@pytest.fixture
def browser(browser_of: ClientOf) -> FlaskClient:
    return browser_of(Role.OPERATOR)


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "rtsp://u:pw7@h/1", "rtsp://h/1")).id


@pytest.mark.parametrize(
    "path", ["/", "/cameras", "/cameras/new", "/history", "/sightings", "/account"]
)
def test_every_page_has_a_title_a_heading_and_a_navigation(browser: FlaskClient, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    for part in ("<title>", "<h1", "<nav", 'name="csrf-token"'):
        assert part in page.text


def test_the_page_of_a_camera_holds_its_id_and_no_password(
    browser: FlaskClient, camera_id: int
) -> None:
    page = browser.get(f"/cameras/{camera_id}").text
    assert f'data-camera-id="{camera_id}"' in page
    assert "pw7" not in page


def test_the_page_of_a_camera_that_never_was_is_an_error_page(browser: FlaskClient) -> None:
    page = browser.get("/cameras/99")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "there is no camera 99" in page.text


@pytest.mark.parametrize("path", ["/cameras/", "/users/", "/models/", "/sightings/"])
def test_an_id_beyond_what_databases_take_is_no_page(browser_of: ClientOf, path: str) -> None:
    assert browser_of(Role.ADMIN).get(f"{path}{2**64}").status_code == 404


def test_an_unknown_page_is_an_error_page_for_anybody(stranger: FlaskClient) -> None:
    page = stranger.get("/nothing-here")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<h1" in page.text


def test_a_viewer_may_not_open_the_camera_form(browser_of: ClientOf) -> None:
    page = browser_of(Role.VIEWER).get("/cameras/new")
    assert (page.status_code, page.mimetype) == (403, "text/html")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing-here", "/api/v1/cameras", "/healthz"])
def test_every_answer_forbids_inline_scripts_foreign_hosts_and_frames(
    stranger: FlaskClient, path: str
) -> None:
    headers = stranger.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_no_page_has_an_inline_script_or_style(browser: FlaskClient) -> None:
    for path in ("/", "/cameras", "/cameras/new", "/history", "/sightings"):
        page = browser.get(path).text
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(stranger: FlaskClient) -> None:
    cookie = stranger.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure_and_the_browser_stays_with_it(
    tmp_path: Path, settings: Settings, database: Database, redis: Redis, box: SecretBox
) -> None:
    public = settings.model_copy(update={"public_url": "https://masks.example"})
    made = create_app(public, database, redis, box)
    client = made.app.test_client()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "masks.example"}
    headers = client.get("/sign-in", headers=proxied).headers
    assert "Secure" in headers["Set-Cookie"]
    assert "max-age" in headers["Strict-Transport-Security"]


def test_the_process_tells_that_it_is_alive_and_ready(stranger: FlaskClient) -> None:
    assert stranger.get("/healthz").text == "ok\n"
    ready = stranger.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (200, {"database": True, "redis": True})


def test_a_process_whose_redis_is_away_is_not_ready(
    settings: Settings, database: Database, box: SecretBox
) -> None:
    with Redis(port=1) as away:
        made = create_app(settings, database, away, box)
        answer = made.app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["redis"]) == (503, False)
