"""Pages of sightings by cursor, with every filter, against a slow obvious list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from core.access_scopes import CameraScope
from core.errors import NotFound
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.sightings import (
    Order,
    Sighting,
    SightingFilter,
    get_sighting,
    list_sightings,
    read_all_sightings,
)
from core.storage.tables import CameraRow, ReviewRow, SightingPictureRow, SightingRow
from core.types import Verdict

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = SightingFilter(NOON, NOON + timedelta(days=1))
PLACES = [("North", "Hall"), ("North", "Door"), ("South", "Hall"), ("", "")]
SIGHTINGS = 400


@pytest.fixture
def history(any_database: Database, box: SecretBox) -> Database:
    """400 sightings by four cameras, many at one moment; the last camera is soon silent."""
    rng = np.random.default_rng(7)
    with any_database.write() as session:
        for number, (site, zone) in enumerate(PLACES):
            add_camera(session, box, NewCamera(f"c{number}", "0", "0", site=site, zone=zone))
        for _ in range(SIGHTINGS):
            _add(session, int(rng.integers(4)), rng)
    return any_database


def _add(
    session: Session, camera: int, rng: np.random.Generator, started: datetime | None = None
) -> None:
    if started is None:
        started = NOON + timedelta(minutes=int(rng.integers(30 if camera == 3 else 900)))
    row = SightingRow(
        camera_id=camera + 1,
        started_at=started,
        ended_at=started + timedelta(seconds=3),
        verdict=str(rng.choice(list(Verdict), p=[0.7, 0.02, 0.18, 0.1])),
        mask=0.9,
        incorrect_mask=0.06,
        no_mask=0.04,
        faces=12,
        is_required=bool(rng.random() < 0.8),
        model_version="m1",
    )
    session.add(row)
    session.flush()
    if rng.random() < 0.3:
        fields = {"is_sharp": False, "content": b"jpeg", "content_bytes": 4}
        session.add(SightingPictureRow(sighting_id=row.id, taken_at=started, **fields))
    if rng.random() < 0.2:
        said = {"label": "no_mask", "reviewed_by": "anne", "reviewed_at": started}
        session.add(ReviewRow(sighting_id=row.id, started_at=started, **said))


def pages(
    database: Database, wanted: SightingFilter, limit: int, order: Order = Order.NEWEST
) -> Iterator[list[Sighting]]:
    cursor = None
    while True:
        with database.read() as session:
            page, cursor = list_sightings(session, wanted, cursor, limit, order)
        yield page
        if cursor is None:
            return


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(DAY, id="all"),
        pytest.param(replace(DAY, verdict=Verdict.NO_MASK), id="a verdict"),
        pytest.param(replace(DAY, verdict=Verdict.INCORRECT_MASK), id="a rare verdict"),
        pytest.param(replace(DAY, camera_id=2), id="a camera"),
        pytest.param(replace(DAY, camera_id=4, verdict=Verdict.MASK), id="a silent camera"),
        pytest.param(replace(DAY, site="North"), id="a site"),
        pytest.param(replace(DAY, site=""), id="no site"),
        pytest.param(replace(DAY, zone="Hall", verdict=Verdict.UNSURE), id="a zone"),
        pytest.param(replace(DAY, site="nowhere"), id="an unknown site"),
        pytest.param(replace(DAY, is_required=False, site="South"), id="not required"),
        pytest.param(replace(DAY, has_picture=True), id="with a picture"),
        pytest.param(replace(DAY, has_picture=False, camera_id=1), id="without a picture"),
        pytest.param(replace(DAY, is_reviewed=True), id="reviewed"),
        pytest.param(replace(DAY, is_reviewed=True, site="North"), id="reviewed at a site"),
        pytest.param(
            replace(DAY, is_reviewed=False, verdict=Verdict.NO_MASK), id="not yet reviewed"
        ),
        pytest.param(replace(DAY, scope=CameraScope(frozenset({2}))), id="a scope"),
        pytest.param(replace(DAY, scope=CameraScope(frozenset())), id="an empty scope"),
        pytest.param(replace(DAY, start=NOON + timedelta(hours=3)), id="later"),
    ],
)
def test_pages_hold_each_sighting_asked_for_once_newest_first(
    history: Database, wanted: SightingFilter
) -> None:
    with history.read() as session:
        everything, _ = list_sightings(session, DAY, None, SIGHTINGS)
        sites = {row.id: PLACES[row.id - 1] for row in session.query(CameraRow)}

    def is_wanted(one: Sighting) -> bool:
        site, zone = sites[one.camera_id]
        site_id = {"North": 1, "South": 2}.get(site)
        return (
            wanted.verdict in (None, one.verdict)
            and wanted.camera_id in (None, one.camera_id)
            and wanted.site in (None, site)
            and wanted.zone in (None, zone)
            and wanted.is_required in (None, one.is_required)
            and wanted.has_picture in (None, one.has_picture)
            and wanted.is_reviewed in (None, one.review is not None)
            and wanted.scope.sees(site_id)
            and one.started_at >= wanted.start
        )

    assert len(everything) == SIGHTINGS
    for limit in (7, 200):
        found = [one for page in pages(history, wanted, limit) for one in page]
        assert found == [one for one in everything if is_wanted(one)]
        turned = [one for page in pages(history, wanted, limit, Order.OLDEST) for one in page]
        assert turned == found[::-1]


def test_lists_begin_behind_a_sighting_in_either_order(history: Database) -> None:
    with history.read() as session:
        everything, _ = list_sightings(session, DAY, None, SIGHTINGS)
        for before, one, after in zip(everything, everything[1:], everything[2:], strict=False):
            older, _ = list_sightings(session, DAY, one.cursor, 1)
            newer, _ = list_sightings(session, DAY, one.cursor, 1, Order.OLDEST)
            assert (newer, older) == ([before], [after])


def test_no_picture_at_all_is_an_empty_page(history: Database) -> None:
    with history.write() as session:
        session.execute(delete(SightingPictureRow))
        assert list_sightings(session, replace(DAY, has_picture=True), None, 9) == ([], None)


def test_a_sighting_is_read_with_its_timeline_by_whom_may_see_it(history: Database) -> None:
    with history.write() as session:
        session.get_one(SightingRow, 1).timeline = b"votes"
        site_id = session.get_one(CameraRow, session.get_one(SightingRow, 1).camera_id).site_id
    with history.read() as session:
        assert get_sighting(session, 1).timeline == b"votes"
        if site_id is not None:
            assert get_sighting(session, 1, CameraScope(frozenset({site_id}))).id == 1
        with pytest.raises(NotFound, match="sighting 1"):
            get_sighting(session, 1, CameraScope(frozenset({77})))


def test_all_sightings_are_read_page_by_page_without_holding_a_transaction(
    database: Database, box: SecretBox
) -> None:
    rng = np.random.default_rng(2)
    with database.write() as session:
        add_camera(session, box, NewCamera("a", "0", "0"))
        for number in range(5):
            _add(session, 0, rng, NOON + timedelta(seconds=number))
    seen = []
    for page in read_all_sightings(database, DAY, page_rows=2):
        seen.append([one.id for one in page])
        # A reader who stayed would keep the log from being cut.
        with database.write() as session:
            _add(session, 0, rng, NOON + timedelta(hours=1))
        with database.read() as session:
            session.rollback()
            busy, *_ = session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
        assert busy == 0
    assert seen == [[5, 4], [3, 2], [1]]
