"""API tokens: what they reach, until when, and what is kept of them."""

from datetime import timedelta

import pytest

from core.access_scopes import EVERYWHERE, CameraScope, Subject, SubjectScope, parse_scope
from core.errors import BadRequest, NameTaken, NotFound
from core.storage.engine import Database, utc_now
from core.storage.sites import settle_site
from core.storage.tables import TokenRow
from core.storage.tokens import (
    TokenTerms,
    create_token,
    describe,
    find_token,
    find_token_by_text,
    list_tokens,
    mark_tokens_used,
    revoke_token,
)
from core.storage.users import Role

HOUR = timedelta(hours=1)
READ_CAMERAS = frozenset({parse_scope("cameras:read")})


def test_a_token_is_found_by_its_text_until_revoked(any_database: Database) -> None:
    with any_database.write() as session:
        text = create_token(session, "scripts", Role.VIEWER)
        token = find_token_by_text(session, text)
        assert token is not None
        mark_tokens_used(session, [token.id])
        assert list_tokens(session)[0].role is Role.VIEWER
        assert find_token_by_text(session, text + "x") is None
        revoke_token(session, "scripts")
        assert find_token_by_text(session, text) is None
        with pytest.raises(NotFound):
            revoke_token(session, "scripts")


def test_only_the_hash_of_a_token_is_kept(database: Database) -> None:
    with database.write() as session:
        text = create_token(session, "scripts", Role.VIEWER)
        assert text not in session.get_one(TokenRow, 1).hash


def test_a_token_keeps_its_terms(any_database: Database) -> None:
    until = utc_now() + HOUR
    with any_database.write() as session:
        site = settle_site(session, "north")
        assert site is not None
        terms = TokenTerms(READ_CAMERAS, CameraScope(frozenset({site})), until)
        text = create_token(session, "chart", Role.VIEWER, terms, "ann")
    with any_database.read() as session:
        token = find_token_by_text(session, text)
    assert token is not None
    assert (token.terms, token.created_by) == (terms, "ann")
    assert describe(token) == {
        "role": "viewer",
        "scopes": ["cameras:read"],
        "expires_at": until,
        "is_limited": True,
        "site_ids": [site],
    }


def test_a_token_without_terms_reaches_everything_for_ever(database: Database) -> None:
    with database.write() as session:
        create_token(session, "scripts", Role.ADMIN)
        token = find_token(session, "scripts")
    assert token.terms == TokenTerms()
    assert token.terms.cameras == EVERYWHERE
    assert not token.is_expired(utc_now() + 1000 * HOUR)


def test_a_token_runs_out(database: Database) -> None:
    until = utc_now() + HOUR
    with database.write() as session:
        create_token(session, "chart", Role.VIEWER, TokenTerms(expires_at=until))
        token = find_token(session, "chart")
    assert not token.is_expired(until - timedelta(microseconds=1))
    assert token.is_expired(until)


def test_a_token_whose_sites_are_gone_reaches_no_camera(database: Database) -> None:
    with database.write() as session:
        terms = TokenTerms(cameras=CameraScope(frozenset()))
        create_token(session, "chart", Role.VIEWER, terms)
        assert find_token(session, "chart").terms.cameras == CameraScope(frozenset())


@pytest.mark.parametrize(
    ("name", "role", "terms", "field"),
    [
        pytest.param(" ", Role.VIEWER, TokenTerms(), "name", id="no name"),
        pytest.param("a\x00b", Role.VIEWER, TokenTerms(), "name", id="a NUL character"),
        pytest.param(
            "new",
            Role.VIEWER,
            TokenTerms(expires_at=utc_now() - HOUR),
            "expires_at",
            id="ran out before it was made",
        ),
        pytest.param(
            "new",
            Role.ADMIN,
            TokenTerms(cameras=CameraScope(frozenset())),
            "site_ids",
            id="a limited administrator",
        ),
        pytest.param(
            "new",
            Role.VIEWER,
            TokenTerms(cameras=CameraScope(frozenset({99}))),
            "site_ids",
            id="an unknown site",
        ),
    ],
)
def test_tokens_that_cannot_be_are_refused(
    database: Database, name: str, role: Role, terms: TokenTerms, field: str
) -> None:
    with database.write() as session:
        create_token(session, "taken", Role.VIEWER)
    with pytest.raises(BadRequest) as refused, database.write() as session:
        create_token(session, name, role, terms)
    assert refused.value.field == field
    with database.read() as session:
        assert [token.name for token in list_tokens(session)] == ["taken"]


def test_two_tokens_of_one_name_are_refused(database: Database) -> None:
    with database.write() as session:
        create_token(session, "chart", Role.VIEWER)
    with pytest.raises(NameTaken), database.write() as session:
        create_token(session, "chart", Role.VIEWER)


@pytest.mark.parametrize(
    ("scopes", "subject", "is_reading", "may"),
    [
        pytest.param([], Subject.USERS, False, True, id="no scopes, all subjects"),
        pytest.param([], None, True, True, id="no scopes, a page"),
        pytest.param(["cameras"], Subject.CAMERAS, False, True, id="to write"),
        pytest.param(["cameras"], Subject.CAMERAS, True, True, id="who writes reads, too"),
        pytest.param(["cameras:read"], Subject.CAMERAS, True, True, id="to read"),
        pytest.param(["cameras:read"], Subject.CAMERAS, False, False, id="to write, may read"),
        pytest.param(["cameras"], Subject.USERS, True, False, id="another subject"),
        pytest.param(["cameras:read", "users"], Subject.USERS, False, True, id="two scopes"),
        pytest.param(["cameras"], None, True, False, id="a page"),
    ],
)
def test_scopes_name_what_a_token_reaches(
    scopes: list[str], subject: Subject | None, is_reading: bool, may: bool
) -> None:
    terms = TokenTerms(frozenset(parse_scope(one) for one in scopes))
    assert terms.allow(subject, is_reading) is may


@pytest.mark.parametrize(
    "text", ["", "camera", "cameras:write", "cameras:", ":read", "cameras:read:read", "Cameras"]
)
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="is no scope"):
        parse_scope(text)


@pytest.mark.parametrize("text", ["cameras", "cameras:read", "metrics:read"])
def test_a_scope_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_scope(text)) == text
    assert parse_scope(f" {text} ") == parse_scope(text)


def test_every_subject_is_a_scope() -> None:
    for subject in Subject:
        assert parse_scope(subject) == SubjectScope(subject)
