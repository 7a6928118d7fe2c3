"""Alembic's entry: run the migrations on the database that we were handed."""

from alembic import context

from core.storage.engine import make_engine
from core.storage.tables import Table


def _run() -> None:
    engine = make_engine(context.config.attributes["database_url"])
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
        )
        context.run_migrations()
    engine.dispose()


_run()
