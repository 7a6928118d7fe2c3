"""Choices of the administrator are kept in SQL."""

from core.preferences import EvidenceMode, Preferences, Retention
from core.storage.engine import Database
from core.storage.preferences import read_preferences, write_preferences


def test_a_new_installation_has_the_defaults(any_database: Database) -> None:
    with any_database.read() as session:
        assert read_preferences(session) == Preferences()


def test_what_was_chosen_is_read_again(any_database: Database) -> None:
    chosen = Preferences(evidence=EvidenceMode.SHARP, retention=Retention(pictures_days=3))
    for preferences in (Preferences(session_hours=1), chosen):
        with any_database.write() as session:
            write_preferences(session, preferences)

    with any_database.read() as session:
        assert read_preferences(session) == chosen
