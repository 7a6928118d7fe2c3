"""Migrations go up and down on both servers, and match the tables."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select

import migrations
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera, list_cameras
from core.storage.engine import Database, make_engine
from core.storage.rollups import add_to_rollups
from core.storage.tables import DayRollupRow, HourRollupRow, Table
from core.storage.users import Role, add_user, list_users


def test_the_migrations_make_what_the_tables_say(any_database: Database) -> None:
    engine = make_engine(any_database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []
    engine.dispose()


def test_they_go_down_to_nothing_and_up_again(any_database: Database) -> None:
    migrations.downgrade(any_database.url, "base")
    engine = make_engine(any_database.url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(any_database.url)
    migrations.upgrade(any_database.url)
    assert set(Table.metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_step_down_and_up_keeps_what_the_first_tables_hold(any_database: Database) -> None:
    with any_database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, None)

    migrations.downgrade(any_database.url, "0001")
    migrations.upgrade(any_database.url)

    with any_database.read() as session:
        assert list_users(session) == [ann]


def test_minutes_become_hours_and_days_and_seen_minutes_come_back(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        camera_id = add_camera(session, box, NewCamera("door", "0", "0")).id
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        seen = [(camera_id, noon + timedelta(minutes=minute)) for minute in range(90)]
        add_to_rollups(session, {seen[70]: Counter(mask=2)}, seen, ZoneInfo("UTC"))

    migrations.downgrade(any_database.url, "0002")
    migrations.upgrade(any_database.url)

    with any_database.read() as session:
        hour, day = HourRollupRow, DayRollupRow
        hours = session.execute(select(hour.mask, hour.seen_minutes).order_by(hour.start)).all()
        assert hours == [(0, 60), (2, 30)]
        assert session.execute(select(day.mask, day.seen_minutes)).all() == [(2, 90)]


def test_sites_and_zones_become_names_of_cameras_and_come_back(
    any_database: Database, box: SecretBox
) -> None:
    places = [("North", "Hall"), ("South", "Hall"), ("North", ""), ("", "Yard"), ("", "")]
    with any_database.write() as session:
        for number, (site, zone) in enumerate(places):
            new = NewCamera(f"camera {number}", "0", "0", site=site, zone=zone)
            add_camera(session, box, new)

    migrations.downgrade(any_database.url, "0003")
    migrations.upgrade(any_database.url)

    with any_database.read() as session:
        cameras = list_cameras(session, box)
    assert [(camera.site, camera.zone) for camera in cameras] == places
