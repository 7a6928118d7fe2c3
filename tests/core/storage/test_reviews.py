"""What people say of sightings: the last word counts, and goes with its sighting."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.access_scopes import CameraScope
from core.erasure import ErasureParameters
from core.errors import NotFound
from core.storage.audit import Actor, ActorKind, AuditFilter, list_changes
from core.storage.engine import Database, utc_now
from core.storage.erasure import erase
from core.storage.reviews import Review, ReviewLabel, review_sighting, withdraw_review
from core.storage.sightings import get_sighting
from core.storage.tables import ReviewRow
from tests.core.storage.past import DAY, Person, Silent, keep, register_cameras

ANNE = Actor("anne", ActorKind.USER, "10.0.0.7")
BERT = Actor("bert", ActorKind.USER)
NOWHERE = CameraScope(frozenset())


@pytest.fixture
def past(any_database: Database) -> Database:
    """One person passed one camera: sighting 1."""
    with any_database.write() as session:
        register_cameras(session, 1)
        keep(session, [Person(1, DAY)], 1)
    return any_database


def review_of(database: Database) -> Review | None:
    with database.read() as session:
        return get_sighting(session, 1).review


def test_the_last_word_counts_and_each_is_audited(past: Database) -> None:
    for actor, label in ((ANNE, ReviewLabel.NO_MASK), (BERT, ReviewLabel.NOT_A_FACE)):
        with past.write() as session:
            said = review_sighting(session, 1, label, actor)
        assert review_of(past) == said
        assert (said.label, said.reviewed_by) == (label, actor.name)
    with past.write() as session:
        withdraw_review(session, 1, ANNE)
    assert review_of(past) is None
    with past.read() as session:
        everything = AuditFilter(DAY, utc_now() + timedelta(days=1))
        written, _ = list_changes(session, everything, None, 9)
    assert [(one.actor.name, one.subject, one.before, one.after) for one in written] == [
        ("anne", "sighting 1", {"label": "not_a_face"}, None),
        ("bert", "sighting 1", {"label": "no_mask"}, {"label": "not_a_face"}),
        ("anne", "sighting 1", None, {"label": "no_mask"}),
    ]


def test_what_is_out_of_scope_cannot_be_reviewed(past: Database) -> None:
    with past.write() as session:
        with pytest.raises(NotFound, match="no sighting 1"):
            review_sighting(session, 1, ReviewLabel.MASK, ANNE, NOWHERE)
        with pytest.raises(NotFound, match="no sighting 2"):
            review_sighting(session, 2, ReviewLabel.MASK, ANNE)
        review_sighting(session, 1, ReviewLabel.MASK, ANNE)
        with pytest.raises(NotFound, match="no sighting 1"):
            withdraw_review(session, 1, ANNE, NOWHERE)
    assert review_of(past) is not None


def test_what_was_not_said_cannot_be_taken_back(past: Database) -> None:
    with past.write() as session, pytest.raises(NotFound, match="sighting 1 is not reviewed"):
        withdraw_review(session, 1, ANNE)


def test_a_review_goes_with_its_sighting(past: Database) -> None:
    with past.write() as session:
        review_sighting(session, 1, ReviewLabel.MASK, ANNE)
    erase(past, ErasureParameters(camera_id=1), ANNE, Silent())
    with past.read() as session:
        assert session.scalar(select(func.count()).select_from(ReviewRow)) == 0
