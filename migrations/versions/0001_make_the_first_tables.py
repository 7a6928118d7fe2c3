"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Moment = sa.BigInteger()
"""Microseconds since 1970, UTC."""


def upgrade() -> None:
    op.create_table(
        "cameras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("redacted_address", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("frames_per_second", sa.Double(), nullable=False),
        sa.Column("long_side", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("removed_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
        sa.UniqueConstraint("name", name=op.f("uq_cameras_name")),
    )
    op.create_table(
        "partitions",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partitions")),
    )
    partitions = sa.table("partitions", sa.column("id"), sa.column("applied"), sa.column("version"))
    op.bulk_insert(partitions, [{"id": i, "applied": "0-0", "version": 0} for i in range(32)])
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_used_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_tokens_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "open_tracks",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_open_tracks_camera_id")
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_open_tracks")),
    )
    op.create_table(
        "rollups_minute",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.Column("mask", sa.Integer(), nullable=False),
        sa.Column("incorrect_mask", sa.Integer(), nullable=False),
        sa.Column("no_mask", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_rollups_minute_camera_id")
        ),
        sa.PrimaryKeyConstraint("camera_id", "start", name=op.f("pk_rollups_minute")),
    )
    op.create_table(
        "seen_minutes",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("start", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name=op.f("fk_seen_minutes_camera_id")
        ),
        sa.PrimaryKeyConstraint("camera_id", "start", name=op.f("pk_seen_minutes")),
    )
    op.create_table(
        "sightings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("mask", sa.Double(), nullable=False),
        sa.Column("incorrect_mask", sa.Double(), nullable=False),
        sa.Column("no_mask", sa.Double(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("is_continuation", sa.Boolean(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_sightings_camera_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
    )
    op.create_index(
        op.f("ix_sightings_camera_id_started_at_id"), "sightings", ["camera_id", "started_at", "id"]
    )
    op.create_index(op.f("ix_sightings_started_at_id"), "sightings", ["started_at", "id"])

    op.create_table(
        "sign_in_links",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in_links")),
    )


def downgrade() -> None:
    op.drop_table("sign_in_links")
    op.drop_index(op.f("ix_sightings_started_at_id"), "sightings")
    op.drop_index(op.f("ix_sightings_camera_id_started_at_id"), "sightings")

    op.drop_table("sightings")
    op.drop_table("seen_minutes")
    op.drop_table("rollups_minute")
    op.drop_table("open_tracks")
    op.drop_table("users")
    op.drop_table("tokens")
    op.drop_table("settings")
    op.drop_table("partitions")
    op.drop_table("cameras")
