"""Roll minutes up to hours and days; a minute's row says that the camera delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Moment = sa.BigInteger()
"""Microseconds since 1970, UTC."""
HOUR_US = 3_600_000_000


def upgrade() -> None:
    for table in ("rollups_hour", "rollups_day"):
        op.create_table(
            table,
            sa.Column("seen_minutes", sa.Integer(), nullable=False),
            sa.Column("camera_id", sa.Integer(), nullable=False),
            sa.Column("start", Moment, nullable=False),
            sa.Column("mask", sa.Integer(), nullable=False),
            sa.Column("incorrect_mask", sa.Integer(), nullable=False),
            sa.Column("no_mask", sa.Integer(), nullable=False),
            sa.Column("unsure", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["camera_id"], ["cameras.id"], name=op.f(f"fk_{table}_camera_id")
            ),
            sa.PrimaryKeyConstraint("camera_id", "start", name=op.f(f"pk_{table}")),
        )
    op.execute(
        "INSERT INTO rollups_minute (camera_id, start, mask, incorrect_mask, no_mask, unsure) "
        "SELECT camera_id, start, 0, 0, 0, 0 FROM seen_minutes AS seen WHERE NOT EXISTS "
        "(SELECT 1 FROM rollups_minute AS rollup WHERE rollup.camera_id = seen.camera_id "
        "AND rollup.start = seen.start)"
    )
    op.drop_table("seen_minutes")
    # By UTC, as no zone is set; the next start cuts them by the installation's.
    _roll_up("rollups_hour", HOUR_US)
    _roll_up("rollups_day", 24 * HOUR_US)


def downgrade() -> None:
    op.create_table(
        "seen_minutes",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_seen_minutes_camera_id")
        ),
        sa.PrimaryKeyConstraint("camera_id", "start", name=op.f("pk_seen_minutes")),
    )
    op.execute(
        "INSERT INTO seen_minutes (camera_id, start) SELECT camera_id, start FROM rollups_minute"
    )
    op.drop_table("rollups_day")
    op.drop_table("rollups_hour")


def _roll_up(table: str, width_us: int) -> None:
    op.execute(
        f"INSERT INTO {table} "  # noqa: S608  # our own words
        "(camera_id, start, mask, incorrect_mask, no_mask, unsure, seen_minutes) "
        f"SELECT camera_id, start - start % {width_us}, SUM(mask), SUM(incorrect_mask), "
        f"SUM(no_mask), SUM(unsure), COUNT(*) FROM rollups_minute "
        f"GROUP BY camera_id, start - start % {width_us}"
    )
