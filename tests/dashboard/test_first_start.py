"""The first start: from the set-up link by the first camera and the evidence mode to the wall."""

import pytest
from flask.testing import FlaskClient

from core.preferences import EvidenceMode
from core.secrets import SecretBox
from core.storage.cameras import list_cameras
from core.storage.engine import Database
from core.storage.first_start import end_first_start, is_first_start
from core.storage.preferences import read_preferences
from core.storage.tables import AuditRow
from core.storage.users import Role
from tests.dashboard.conftest import ClientOf, csrf_token


@pytest.fixture
def browser(browser_of: ClientOf) -> FlaskClient:
    return browser_of(Role.ADMIN)


def send(browser: FlaskClient, path: str, **fields: str) -> tuple[int, str | None]:
    answer = browser.post(path, data={"csrf_token": csrf_token(browser), **fields})
    return answer.status_code, answer.location


def test_it_leads_from_the_camera_to_the_evidence_mode_to_the_wall(
    browser: FlaskClient, database: Database, box: SecretBox
) -> None:
    assert "Add your first camera" in browser.get("/first-start").text
    assert send(browser, "/first-start/demo") == (302, "/first-start")
    assert "What may be kept of faces?" in browser.get("/first-start").text
    assert send(browser, "/first-start/evidence", evidence="numbers") == (302, "/")

    with database.read() as session:
        assert [one.name for one in list_cameras(session, box)] == ["Demo entrance"]
        assert read_preferences(session).evidence is EvidenceMode.NUMBERS
        actions = {one.action for one in session.query(AuditRow)}
    assert {"camera.add", "preferences.change"} <= actions


def test_it_is_never_shown_again_once_done(browser: FlaskClient, database: Database) -> None:
    with database.write() as session:
        end_first_start(session)
    assert browser.get("/first-start").location == "/"
    assert send(browser, "/first-start/evidence", evidence="sharp") == (302, "/")
    with database.read() as session:
        assert read_preferences(session).evidence is EvidenceMode.BLURRED


def test_a_camera_can_be_left_for_later(browser: FlaskClient) -> None:
    assert "What may be kept of faces?" in browser.get("/first-start?step=evidence").text


def test_one_demo_camera_is_enough(
    browser: FlaskClient, database: Database, box: SecretBox
) -> None:
    send(browser, "/first-start/demo")
    send(browser, "/first-start/demo")
    with database.read() as session:
        assert len(list_cameras(session, box)) == 1


def test_a_mode_that_there_is_not_changes_nothing(browser: FlaskClient, database: Database) -> None:
    assert send(browser, "/first-start/evidence", evidence="portraits")[0] == 400
    with database.read() as session:
        assert is_first_start(session)


def test_the_demo_camera_has_a_german_name_for_germans(
    browser: FlaskClient, database: Database, box: SecretBox
) -> None:
    form = {"csrf_token": csrf_token(browser)}
    browser.post("/first-start/demo", data=form, headers={"Accept-Language": "de"})
    with database.read() as session:
        assert [one.name for one in list_cameras(session, box)] == ["Demo-Eingang"]


@pytest.mark.parametrize("path", ["/first-start", "/settings", "/settings/erase"])
def test_only_administrators_set_up(browser_of: ClientOf, path: str) -> None:
    assert browser_of(Role.OPERATOR).get(path).status_code == 403
