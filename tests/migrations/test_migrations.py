"""Migrations go up and down on both servers, and match the tables."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import migrations
from core.storage.engine import Database, make_engine
from core.storage.tables import Table


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
