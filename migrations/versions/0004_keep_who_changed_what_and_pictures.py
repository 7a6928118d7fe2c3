"""Sites and zones, camera rules, pictures, frame accounts, limits, sessions, audit, jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Moment = sa.BigInteger()
"""Microseconds since 1970, UTC."""
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ROLLUPS = ("rollups_minute", "rollups_hour", "rollups_day")
COUNTS = ("mask", "incorrect_mask", "no_mask", "unsure")
QUARTER_US = 15 * 60 * 1_000_000
OUTCOMES = ("captured", "analysed", "unchanged", "superseded", "expired", "lost", "failed")


def upgrade() -> None:
    _make_sites()
    _make_pictures()
    _make_frame_accounts()
    _make_people()
    _make_audit_and_jobs()
    _make_quarters()
    for table in ROLLUPS:
        _add(table, sa.Column("model_version", sa.String(), nullable=False, server_default=""))
    _add("cameras", sa.Column("rules", sa.String(), nullable=False, server_default="{}"))
    _add(
        "sightings",
        sa.Column("is_required", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    _add("sightings", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    _add("sightings", sa.Column("timeline", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("ix_sightings_camera_id_verdict_started_at_id"),
        "sightings",
        ["camera_id", "verdict", "started_at", "id"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sightings_camera_id_verdict_started_at_id"), "sightings")
    for column in ("timeline", "changes", "is_required"):
        op.drop_column("sightings", column)
    for table in ROLLUPS:
        op.drop_column(table, "model_version")
    op.drop_table("rollups_quarter")
    for table in ("jobs", "audit", "token_sites"):
        op.drop_table(table)
    for column in ("scopes", "is_limited", "created_by", "expires_at"):
        op.drop_column("tokens", column)
    for column in ("is_limited", "may_see_faces"):
        op.drop_column("users", column)
    for table in ("user_sessions", "user_sites", "group_sites", "group_members", "groups"):
        op.drop_table(table)
    for table in ("frame_accounts", "open_pictures", "sighting_pictures"):
        op.drop_table(table)
    _put_sites_back()


def _make_sites() -> None:
    """Make a site and a zone of each name that cameras have."""
    op.create_table(
        "sites",
        _id(),
        sa.Column("name", sa.String(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("name", name=op.f("uq_sites_name")),
    )
    op.create_table(
        "zones",
        _id(),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        _moment("created_at"),
        _points_to("zones", "site_id", "sites"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_zones_site_id_name")),
    )
    # Written out: with the key inside the column SQLite needs no copy of the table.
    for column, table in (("site_id", "sites"), ("zone_id", "zones")):
        op.execute(
            f"ALTER TABLE cameras ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_cameras_{column} REFERENCES {table} (id)"
        )
    op.execute(
        "INSERT INTO sites (name, created_at) "
        "SELECT site, MIN(created_at) FROM cameras WHERE site <> '' GROUP BY site"
    )
    op.execute("UPDATE cameras SET site_id = (SELECT id FROM sites WHERE name = cameras.site)")
    op.execute(
        "INSERT INTO zones (site_id, name, created_at) "
        "SELECT site_id, zone, MIN(created_at) FROM cameras WHERE zone <> '' GROUP BY site_id, zone"
    )
    op.execute(
        "UPDATE cameras SET zone_id = (SELECT id FROM zones WHERE name = cameras.zone "
        "AND COALESCE(site_id, 0) = COALESCE(cameras.site_id, 0))"
    )
    op.drop_column("cameras", "site")
    op.drop_column("cameras", "zone")


def _put_sites_back() -> None:
    for column, table in (("site", "sites"), ("zone", "zones")):
        _add("cameras", sa.Column(column, sa.String(), nullable=False, server_default=""))
        op.execute(
            f"UPDATE cameras SET {column} = COALESCE("  # noqa: S608  # our own words
            f"(SELECT name FROM {table} WHERE id = cameras.{column}_id), '')"
        )
    for column in ("zone_id", "site_id", "rules"):
        op.drop_column("cameras", column)
    op.drop_table("zones")
    op.drop_table("sites")


def _make_pictures() -> None:
    op.create_table(
        "sighting_pictures",
        sa.Column("sighting_id", BigId, nullable=False),
        _moment("taken_at"),
        sa.Column("is_sharp", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_bytes", sa.Integer(), nullable=False),
        _points_to("sighting_pictures", "sighting_id", "sightings", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sighting_id", name=op.f("pk_sighting_pictures")),
    )
    op.create_index(
        op.f("ix_sighting_pictures_taken_at_sighting_id_content_bytes"),
        "sighting_pictures",
        ["taken_at", "sighting_id", "content_bytes"],
    )
    op.create_table(
        "open_pictures",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False, autoincrement=False),
        _moment("taken_at"),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("is_sharp", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _points_to("open_pictures", "camera_id", "cameras"),
        sa.PrimaryKeyConstraint("camera_id", "track_id", name=op.f("pk_open_pictures")),
    )


def _make_frame_accounts() -> None:
    op.create_table(
        "frame_accounts",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        _moment("start"),
        *(sa.Column(outcome, sa.Integer(), nullable=False) for outcome in OUTCOMES),
        _points_to("frame_accounts", "camera_id", "cameras"),
        sa.PrimaryKeyConstraint("camera_id", "start", name=op.f("pk_frame_accounts")),
    )


def _make_people() -> None:
    """Limits of users, groups and tokens; sessions that can be ended."""
    for column in ("is_limited", "may_see_faces"):
        _add("users", sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "groups",
        _id(),
        sa.Column("name", sa.String(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
    )
    _make_pairs("group_members", ("group_id", "groups"), ("user_id", "users"))
    _make_pairs("group_sites", ("group_id", "groups"), ("site_id", "sites"))
    _make_pairs("user_sites", ("user_id", "users"), ("site_id", "sites"))
    op.create_table(
        "user_sessions",
        _id(),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        *(_moment(name) for name in ("created_at", "seen_at")),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        _points_to("user_sessions", "user_id", "users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_user_sessions_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    for name in ("scopes", "created_by"):
        _add("tokens", sa.Column(name, sa.String(), nullable=False, server_default=""))
    _add("tokens", sa.Column("is_limited", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("tokens", sa.Column("expires_at", Moment, nullable=True))
    _make_pairs("token_sites", ("token_id", "tokens"), ("site_id", "sites"))


def _make_audit_and_jobs() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BigId, nullable=False),
        _moment("at"),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("actor", "actor_kind", "address", "action", "subject")
        ),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at_id"), "audit", ["at", "id"])
    op.create_table(
        "jobs",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("id", "kind", "state", "parameters", "asked_by", "asked_by_kind")
        ),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("asked_from", "holder", "message", "log")
        ),
        sa.Column("camera_id", sa.Integer(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        _moment("created_at"),
        *(
            sa.Column(name, Moment, nullable=True)
            for name in ("started_at", "heard_at", "ended_at")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_created_at_id"), "jobs", ["created_at", "id"])


def _make_quarters() -> None:
    """Count quarters of hours out of the minutes that are kept."""
    op.create_table(
        "rollups_quarter",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        _moment("start"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, "seen_minutes")),
        sa.Column("model_version", sa.String(), nullable=False),
        _points_to("rollups_quarter", "camera_id", "cameras"),
        sa.PrimaryKeyConstraint("camera_id", "start", name=op.f("pk_rollups_quarter")),
    )
    sums = ", ".join(f"SUM({name})" for name in COUNTS)
    op.execute(
        f"INSERT INTO rollups_quarter (camera_id, start, {', '.join(COUNTS)}, "  # noqa: S608  # our own words
        "seen_minutes, model_version) "
        f"SELECT camera_id, start - start % {QUARTER_US}, {sums}, COUNT(*), '' "
        f"FROM rollups_minute GROUP BY camera_id, start - start % {QUARTER_US}"
    )


def _make_pairs(table: str, one: tuple[str, str], other: tuple[str, str]) -> None:
    op.create_table(
        table,
        *(sa.Column(column, sa.Integer(), nullable=False) for column, _ in (one, other)),
        *(_points_to(table, column, to, ondelete="CASCADE") for column, to in (one, other)),
        sa.PrimaryKeyConstraint(one[0], other[0], name=op.f(f"pk_{table}")),
    )


def _id() -> "sa.Column[int]":
    return sa.Column("id", sa.Integer(), nullable=False)


def _moment(name: str) -> "sa.Column[int]":
    return sa.Column(name, Moment, nullable=False)


def _points_to(
    table: str, column: str, to: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _add(table: str, column: "sa.Column[object]") -> None:
    op.add_column(table, column)
