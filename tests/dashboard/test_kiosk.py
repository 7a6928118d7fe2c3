"""A screen that shows the wall by a token, and can do nothing else."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.access_scopes import Subject, SubjectScope
from core.storage.audit import AuditFilter, list_changes
from core.storage.engine import Database, utc_now
from core.storage.tables import TokenRow
from core.storage.tokens import TokenTerms, create_token, revoke_token
from core.storage.users import Role
from tests.dashboard.conftest import ClientOf, csrf_token

WALL = TokenTerms(frozenset({SubjectScope(Subject.WALL)}))


def make_token(database: Database, terms: TokenTerms = WALL, role: Role = Role.VIEWER) -> str:
    with database.write() as session:
        return create_token(session, "screen", role, terms)


def enter(browser: FlaskClient, token: str, **more: str) -> TestResponse:
    form = {"token": token, "csrf_token": csrf_token(browser, "/kiosk"), **more}
    return browser.post("/kiosk", data=form)


def test_a_stranger_is_asked_for_a_token(stranger: FlaskClient) -> None:
    page = stranger.get("/kiosk?layout=3")
    assert page.status_code == 200
    assert 'name="token"' in page.text
    assert 'value="/kiosk?layout=3"' in page.text


def test_a_token_of_the_wall_shows_the_wall(stranger: FlaskClient, database: Database) -> None:
    answer = enter(stranger, f" {make_token(database)} ", next="/kiosk?layout=3")
    assert (answer.status_code, answer.location) == (302, "/kiosk?layout=3")
    page = stranger.get("/kiosk")
    assert page.status_code == 200
    assert 'name="token"' not in page.text
    assert stranger.get("/api/v1/wall").status_code == 200


def test_the_cookie_does_not_hold_the_token(stranger: FlaskClient, database: Database) -> None:
    token = make_token(database)
    enter(stranger, token)
    with stranger.session_transaction() as kept:
        assert token not in str(dict(kept))


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param("/cameras", id="another page"),
        pytest.param("https://elsewhere.example/kiosk", id="another host"),
        pytest.param("//elsewhere.example/kiosk", id="another host without a scheme"),
        pytest.param("", id="none"),
    ],
)
def test_it_leads_to_no_other_page(stranger: FlaskClient, database: Database, wanted: str) -> None:
    assert enter(stranger, make_token(database), next=wanted).location == "/kiosk"


def test_an_unknown_token_is_refused_and_written_down(
    stranger: FlaskClient, database: Database
) -> None:
    answer = enter(stranger, "mw_guess")
    assert answer.status_code == 401
    assert "no such token" in answer.text
    assert "mw_guess" not in answer.text
    with database.read() as session:
        lately = AuditFilter(utc_now() - timedelta(hours=1), utc_now())
        entries, _ = list_changes(session, lately, None, 10)
    assert [one.action for one in entries] == ["kiosk.refuse"]


@pytest.mark.parametrize(
    ("terms", "role"),
    [
        pytest.param(TokenTerms(), Role.VIEWER, id="all subjects"),
        pytest.param(
            TokenTerms(WALL.scopes | {SubjectScope(Subject.SIGHTINGS)}), Role.VIEWER, id="one more"
        ),
        pytest.param(WALL, Role.OPERATOR, id="an operator's"),
    ],
)
def test_a_token_that_may_do_more_is_refused(
    stranger: FlaskClient, database: Database, terms: TokenTerms, role: Role
) -> None:
    answer = enter(stranger, make_token(database, terms, role))
    assert answer.status_code == 403
    assert "more than show the wall" in answer.text
    assert stranger.get("/api/v1/wall").status_code == 401


def test_a_token_that_may_only_read_the_wall_is_enough(
    stranger: FlaskClient, database: Database
) -> None:
    terms = TokenTerms(frozenset({SubjectScope(Subject.WALL, is_reading_only=True)}))
    assert enter(stranger, make_token(database, terms)).status_code == 302


def test_nothing_entered_is_told(stranger: FlaskClient) -> None:
    answer = enter(stranger, "")
    assert answer.status_code == 422
    assert "Paste the token." in answer.text


def test_revoking_the_token_ends_the_kiosk(stranger: FlaskClient, database: Database) -> None:
    enter(stranger, make_token(database))
    with database.write() as session:
        revoke_token(session, "screen")
    assert stranger.get("/api/v1/wall").status_code == 401
    assert 'name="token"' in stranger.get("/kiosk").text


def test_the_kiosk_ends_when_its_token_runs_out(stranger: FlaskClient, database: Database) -> None:
    token = make_token(database)
    enter(stranger, token)
    with database.write() as session:
        session.query(TokenRow).update({TokenRow.expires_at: utc_now() - timedelta(seconds=1)})
    assert stranger.get("/api/v1/wall").status_code == 401
    answer = enter(stranger, token)
    assert answer.status_code == 403
    assert "run out" in answer.text


def test_another_page_leads_back_to_the_wall(stranger: FlaskClient, database: Database) -> None:
    enter(stranger, make_token(database))
    for path in ("/", "/cameras", "/account"):
        assert stranger.get(path).location == "/kiosk"


def test_a_kiosk_can_be_left(stranger: FlaskClient, database: Database) -> None:
    enter(stranger, make_token(database))
    form = {"csrf_token": csrf_token(stranger, "/kiosk")}
    assert stranger.post("/sign-out", data=form).location == "/kiosk"
    assert stranger.get("/api/v1/wall").status_code == 401


def test_a_person_sees_the_kiosk_without_a_token_and_may_become_one(
    browser_of: ClientOf, database: Database
) -> None:
    browser = browser_of(Role.ADMIN)
    assert 'name="token"' not in browser.get("/kiosk").text
    form = {"token": make_token(database), "csrf_token": csrf_token(browser)}
    assert browser.post("/kiosk", data=form).status_code == 302
    assert browser.get("/api/v1/users").status_code == 403


def test_a_person_may_sign_in_on_a_kiosk(stranger: FlaskClient, database: Database) -> None:
    enter(stranger, make_token(database))
    assert stranger.get("/sign-in").status_code == 200
