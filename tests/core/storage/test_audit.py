"""What is written down of a change."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage.audit import (
    SYSTEM,
    Actor,
    ActorKind,
    AuditFilter,
    list_changes,
    read_all_changes,
    record_change,
)
from core.storage.engine import Database, utc_now
from core.storage.tables import AuditRow

ANN = Actor("ann", ActorKind.USER, "192.0.2.7")
EVER = AuditFilter(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def written(session: Session) -> list[AuditRow]:
    session.flush()
    return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_change_is_written_with_who_when_where_before_and_after(any_database: Database) -> None:
    with any_database.write() as session:
        record_change(session, ANN, "site.rename", "site 3", {"name": "a"}, {"name": "b"})
    with any_database.read() as session:
        (row,) = written(session)
    assert (row.actor, row.actor_kind, row.address) == ("ann", "user", "192.0.2.7")
    assert (row.action, row.subject) == ("site.rename", "site 3")
    assert (row.before, row.after) == ('{"name": "a"}', '{"name": "b"}')
    assert abs((utc_now() - row.at).total_seconds()) < 60


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3}), id="one field"),
        pytest.param({"a": 1}, {"a": 1, "b": 3}, ({}, {"b": 3}), id="a new field"),
        pytest.param(None, {"a": 1}, (None, {"a": 1}), id="something made"),
        pytest.param({"a": 1}, None, ({"a": 1}, None), id="something removed"),
        pytest.param(None, None, (None, None), id="something looked at"),
    ],
)
def test_only_what_differs_is_kept(
    database: Database,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    kept: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    with database.write() as session:
        record_change(session, SYSTEM, "camera.change", "camera 1", before, after)
        (row,) = written(session)
    found = tuple(None if one is None else json.loads(one) for one in (row.before, row.after))
    assert found == kept


def test_a_change_that_changes_nothing_is_not_written(database: Database) -> None:
    with database.write() as session:
        record_change(session, ANN, "camera.change", "camera 1", {"a": 1}, {"a": 1})
        assert written(session) == []


def test_secrets_are_left_out_whoever_hands_them_over(database: Database) -> None:
    with database.write() as session:
        record_change(session, ANN, "user.add", "bob", None, {"role": "viewer", "password": "x"})
        (row,) = written(session)
    assert row.after == '{"role": "viewer"}'


def test_times_sets_and_numbers_of_all_kinds_can_be_written(database: Database) -> None:
    values = {"at": datetime(2026, 5, 1, tzinfo=UTC), "sites": {3, 1}, "kind": ActorKind.USER}
    with database.write() as session:
        record_change(session, ANN, "token.create", "t", None, values)
        (row,) = written(session)
    expected = {"at": "2026-05-01T00:00:00+00:00", "sites": [1, 3], "kind": "user"}
    assert json.loads(row.after or "") == expected


def test_what_is_undone_is_not_written(database: Database) -> None:
    def fail_after_writing() -> None:
        with database.write() as session:
            record_change(session, ANN, "camera.add", "camera 1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with database.read() as session:
        assert written(session) == []


def test_changes_are_listed_newest_first_in_pages(any_database: Database) -> None:
    with any_database.write() as session:
        for number in range(5):
            record_change(session, ANN, "camera.add", f"camera {number}", None, {"number": number})
    with any_database.read() as session:
        first, cursor = list_changes(session, EVER, None, 3)
        rest, end = list_changes(session, EVER, cursor, 3)
    assert [one.after for one in (*first, *rest)] == [{"number": n} for n in (4, 3, 2, 1, 0)]
    assert (len(first), end) == (3, None)
    assert [page[0].actor for page in read_all_changes(any_database, EVER)] == [ANN]


def test_an_empty_audit_is_one_empty_page(database: Database) -> None:
    assert list(read_all_changes(database, EVER)) == [[]]


@pytest.mark.parametrize(
    ("wanted", "subjects"),
    [
        pytest.param(replace(EVER, actor="ann"), ["Door_1"], id="an actor"),
        pytest.param(replace(EVER, action="camera.add"), ["Door_1"], id="an action"),
        pytest.param(replace(EVER, action="history."), ["Doors"], id="all of a kind"),
        pytest.param(replace(EVER, action="history"), [], id="a part of an action"),
        pytest.param(replace(EVER, subject="door"), ["Doors", "Door_1"], id="in any letters"),
        pytest.param(replace(EVER, subject="r_1"), ["Door_1"], id="a sign of LIKE is a sign"),
        pytest.param(replace(EVER, start=EVER.end), [], id="later"),
        pytest.param(replace(EVER, end=EVER.start), [], id="earlier"),
    ],
)
def test_changes_are_chosen(
    any_database: Database, wanted: AuditFilter, subjects: list[str]
) -> None:
    with any_database.write() as session:
        record_change(session, ANN, "camera.add", "Door_1")
        record_change(session, SYSTEM, "history.prune", "Doors")
        found, _ = list_changes(session, wanted, None, 10)
    assert [one.subject for one in found] == subjects
