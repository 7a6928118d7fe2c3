"""Alembic migrations: every change of the tables, up and down."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring a database to a revision; does nothing where it is there already."""
    command.upgrade(_config(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    command.downgrade(_config(database_url), revision)


def revisions() -> list[str]:
    """List the revisions that this release knows, newest first."""
    script = ScriptDirectory.from_config(_config(""))
    return [one.revision for one in script.walk_revisions()]


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    # Not set_main_option: a password may hold the % that it would interpolate.
    config.attributes["database_url"] = database_url
    return config
