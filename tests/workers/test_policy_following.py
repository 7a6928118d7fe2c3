"""A worker hears within seconds what may be kept of faces."""

import logging

import pytest
from sqlalchemy import text

from core.preferences import EvidenceMode, Preferences
from core.processes import Stop
from core.storage.engine import Database
from core.storage.preferences import write_preferences
from tests.waiting import join
from workers.policy_following import PolicyFollower


def choose(database: Database, mode: EvidenceMode) -> None:
    with database.write() as session:
        write_preferences(session, Preferences(evidence=mode))


def rename_table(database: Database, name: str, to: str) -> None:
    with database.write() as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {to}"))


def test_nothing_is_kept_before_the_first_look(database: Database) -> None:
    assert PolicyFollower(database).policy.mode is EvidenceMode.NUMBERS


def test_a_change_is_seen_at_the_next_look(database: Database) -> None:
    follower = PolicyFollower(database)
    seen = []
    for mode in (EvidenceMode.SHARP, EvidenceMode.NUMBERS, EvidenceMode.BLURRED):
        choose(database, mode)
        follower.look()
        seen.append(follower.policy.mode)
    assert seen == [EvidenceMode.SHARP, EvidenceMode.NUMBERS, EvidenceMode.BLURRED]


def test_without_a_database_nothing_is_ever_kept() -> None:
    follower = PolicyFollower(None)
    follower.look()
    assert follower.policy.mode is EvidenceMode.NUMBERS


def test_while_the_database_is_away_the_policy_stays(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    follower = PolicyFollower(database)
    follower.look()
    rename_table(database, "settings", "away")
    with caplog.at_level(logging.WARNING):
        follower.look()
        follower.look()
    assert follower.policy.mode == EvidenceMode.BLURRED.value
    assert [one.levelno for one in caplog.records].count(logging.WARNING) == 1

    rename_table(database, "away", "settings")
    choose(database, EvidenceMode.NUMBERS)
    follower.look()
    assert follower.policy.mode is EvidenceMode.NUMBERS


def test_the_thread_ends_when_it_is_asked_to(database: Database) -> None:
    stop = Stop()
    thread = PolicyFollower(database).start(stop)
    stop.set()
    join([thread])
