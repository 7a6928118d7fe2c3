"""Every endpoint that the application has, and who may call it: none is open by mistake."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.access_scopes import Subject, SubjectScope
from core.storage.engine import Database
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role
from dashboard.access import declared_access, subject_of
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf, csrf_token

OPEN = {
    "_icon": "the browser asks for it by itself",
    "api_reader.describe": "the description of the API holds no data",
    "api_reader.read": "a page to read it",
    "api_reader.script": "what that page needs",
    "health.healthz": "for whoever restarts what hangs",
    "health.readyz": "for whoever sends people here",
    "pages.leave": "to sign out is never wrong",
    "kiosk.begin": "the token lets in",
    "kiosk.show": "strangers are asked for a token",
    "password_links.choose": "the link's secret lets in",
    "password_links.choose_page": "the link's secret lets in",
    "sign_in.set_up": "the link's secret lets in",
    "sign_in.set_up_page": "the link's secret lets in",
    "sign_in.sign_in_by_link": "the link's secret lets in",
    "sign_in.sign_in_by_password": "the password lets in",
    "sign_in.sign_in_page": "strangers sign in here",
    "static": "style and scripts",
    "words.choose_language": "who signs in reads it, too",
    "words.words_script": "the words of the pages, no data",
}
ADMIN_ONLY = {Subject.AUDIT, Subject.GROUPS, Subject.TOKENS, Subject.USERS}
CHANGED_BY_VIEWERS = {
    Subject.ACCOUNT: "their own password and sessions",
    Subject.WALL: "their own layouts",
}
"""Subjects of which a viewer may change something; everything else takes an operator."""


@dataclass(frozen=True)
class Operation:
    """One method of one path; each parameter of the path is 1."""

    method: str
    path: str
    endpoint: str
    role: Role | None
    subject: Subject | None

    def ask(self, client: FlaskClient, **headers: str) -> TestResponse:
        return client.open(
            self.path, method=self.method, data="not even JSON", headers=dict(headers)
        )

    @property
    def is_reading(self) -> bool:
        return self.method == "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations_of(app: Flask) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            role, subject = declared_access(app, rule.endpoint), subject_of(rule.endpoint)
            yield Operation(method, path, rule.endpoint, role, subject)


@pytest.fixture
def operations(dashboard: Dashboard) -> list[Operation]:
    return list(operations_of(dashboard.app))


@pytest.fixture
def closed(operations: list[Operation]) -> list[Operation]:
    """Those that ask who one is."""
    found = [one for one in operations if one.role is not None]
    assert len(found) >= 40
    return found


def test_only_these_endpoints_are_open(operations: list[Operation]) -> None:
    assert {one.endpoint for one in operations if one.role is None} == set(OPEN)


def test_what_administers_needs_an_administrator(closed: list[Operation]) -> None:
    for one in closed:
        if one.subject in ADMIN_ONLY:
            assert (str(one), one.role) == (str(one), Role.ADMIN)


def test_viewers_change_nothing_but_their_own_account(closed: list[Operation]) -> None:
    for one in closed:
        if not one.is_reading and one.subject not in CHANGED_BY_VIEWERS:
            assert (str(one), one.role is Role.VIEWER) == (str(one), False)


def test_every_operation_of_the_api_is_of_a_subject_that_tokens_can_name(
    closed: list[Operation],
) -> None:
    for one in closed:
        is_page = one.endpoint.partition(".")[0].endswith("pages")
        assert (str(one), one.subject is None) == (str(one), is_page)


def test_every_subject_has_operations(closed: list[Operation]) -> None:
    assert {one.subject for one in closed} - {None} == set(Subject)


def test_a_stranger_gets_401_from_the_api_and_the_sign_in_page_elsewhere(
    closed: list[Operation], stranger: FlaskClient
) -> None:
    for one in closed:
        answer = one.ask(stranger)
        if one.path.startswith("/api/"):
            assert (str(one), answer.status_code) == (str(one), 401)
            assert answer.mimetype == "application/problem+json"
            assert "Bearer" in answer.headers["WWW-Authenticate"]
        else:
            assert (str(one), answer.status_code) == (str(one), 302)
            assert answer.location.startswith("/sign-in?next=")


def test_an_unknown_token_gets_401_everywhere(
    closed: list[Operation], stranger: FlaskClient
) -> None:
    for one in closed:
        answer = one.ask(stranger, Authorization="Bearer mw_guess")
        assert (str(one), answer.status_code) == (str(one), 401)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
@pytest.mark.parametrize("way", ["by session", "by token"])
def test_who_has_too_low_a_role_gets_403(
    closed: list[Operation],
    program_of: ClientOf,
    browser_of: ClientOf,
    role: Role,
    way: str,
) -> None:
    client = (browser_of if way == "by session" else program_of)(role)
    headers = {"X-CSRFToken": csrf_token(client)} if way == "by session" else {}
    refused = [one for one in closed if one.role and not role.may_act_as(one.role)]
    assert len(refused) >= 10
    for one in refused:
        answer = one.ask(client, **headers)
        assert (str(one), answer.status_code) == (str(one), 403)
        assert f"yours is {role.value}" in answer.text


def test_who_has_the_role_reads(closed: list[Operation], browser_of: ClientOf) -> None:
    browser = browser_of(Role.ADMIN)
    for one in closed:
        if one.is_reading and not one.path.endswith((".csv", ".ndjson")):
            assert (str(one), one.ask(browser).status_code in (401, 403)) == (str(one), False)


def test_a_session_that_shows_no_csrf_token_or_a_foreign_one_changes_nothing(
    operations: list[Operation], dashboard: Dashboard, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.ADMIN)
    foreign = csrf_token(dashboard.app.test_client(), "/sign-in")
    changing = [one for one in operations if not one.is_reading]
    assert len(changing) >= 20
    for one in changing:
        for headers in ({}, {"X-CSRFToken": foreign}, {"X-CSRFToken": "guess"}):
            assert (str(one), one.ask(browser, **headers).status_code) == (str(one), 400)


def test_a_token_of_one_subject_reaches_no_other(
    closed: list[Operation], dashboard: Dashboard, database: Database
) -> None:
    for subject in (Subject.COMPLIANCE, Subject.METRICS):
        client = program(dashboard, database, SubjectScope(subject))
        for one in closed:
            if one.subject is not subject:
                answer = one.ask(client)
                assert (str(one), answer.status_code) == (str(one), 403)
                assert f"yours has {subject}" in answer.text


def test_a_token_that_may_read_a_subject_reads_it_and_changes_nothing(
    closed: list[Operation], dashboard: Dashboard, database: Database
) -> None:
    for subject in Subject:
        client = program(dashboard, database, SubjectScope(subject, is_reading_only=True))
        for one in closed:
            if one.subject is subject and not one.is_reading:
                answer = one.ask(client)
                assert (str(one), answer.status_code) == (str(one), 403)
                assert f"scope {subject};" in answer.text


def test_a_kiosk_reads_what_the_wall_asks_for_and_nothing_else(
    closed: list[Operation], dashboard: Dashboard, database: Database
) -> None:
    kiosk = begin_kiosk(dashboard, database)
    headers = {"X-CSRFToken": csrf_token(kiosk, "/kiosk")}
    for one in closed:
        status = one.ask(kiosk, **headers).status_code
        if one.subject is Subject.WALL and one.is_reading:
            assert (str(one), status in (302, 401, 403)) == (str(one), False)
        else:
            refused = 403 if one.path.startswith("/api/") else 302
            assert (str(one), status) == (str(one), refused)


def begin_kiosk(dashboard: Dashboard, database: Database) -> FlaskClient:
    """Make a browser that shows the wall by a token, as a screen on a wall does."""
    terms = TokenTerms(frozenset({SubjectScope(Subject.WALL)}))
    with database.write() as session:
        text = create_token(session, "screen", Role.VIEWER, terms)
    client = dashboard.app.test_client()
    form = {"token": text, "csrf_token": csrf_token(client, "/kiosk")}
    assert client.post("/kiosk", data=form).status_code == 302
    return client


def program(dashboard: Dashboard, database: Database, scope: SubjectScope) -> FlaskClient:
    """Make a client with an administrator's token of one scope."""
    with database.write() as session:
        text = create_token(session, str(scope), Role.ADMIN, TokenTerms(frozenset({scope})))
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client
