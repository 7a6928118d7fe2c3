"""Reviews of sightings, arrangements of the wall, and how a person wants pages."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Moment = sa.BigInteger()
"""Microseconds since 1970, UTC."""
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("sighting_id", BigId, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_at", Moment, nullable=False),
        _points_to("reviews", "sighting_id", "sightings"),
        sa.PrimaryKeyConstraint("sighting_id", name=op.f("pk_reviews")),
    )
    op.create_index(
        op.f("ix_reviews_started_at_sighting_id"), "reviews", ["started_at", "sighting_id"]
    )
    op.create_table(
        "wall_layouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        _points_to("wall_layouts", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_layouts")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_wall_layouts_user_id_name")),
    )
    for column in ("language", "theme"):
        op.add_column("users", sa.Column(column, sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("theme", "language"):
        op.drop_column("users", column)
    op.drop_table("wall_layouts")
    op.drop_table("reviews")


def _points_to(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")
