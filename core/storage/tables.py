"""Every SQL table, typed. A change here comes with its migration in `migrations/`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.storage.engine import Moment

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of exactly INTEGER."""


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class CameraRow(Table):
    """A registered camera; its address is sealed, for it may hold a password."""

    __tablename__ = "cameras"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    sealed_address: Mapped[bytes]
    redacted_address: Mapped[str]
    transport: Mapped[str]
    site: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    is_paused: Mapped[bool] = mapped_column(default=False)
    frames_per_second: Mapped[float]
    long_side: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class SightingRow(Table):
    """One finished track: one person passing one camera."""

    __tablename__ = "sightings"
    __table_args__ = (
        Index(None, "started_at", "id"),
        Index(None, "camera_id", "started_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime] = mapped_column(Moment)
    verdict: Mapped[str]
    mask: Mapped[float]
    incorrect_mask: Mapped[float]
    no_mask: Mapped[float]
    faces: Mapped[int]
    is_continuation: Mapped[bool] = mapped_column(default=False)
    model_version: Mapped[str]


class RollupColumns:
    """Sightings of one camera that began in one stretch of time, counted by verdict.

    A row is there for every stretch in which the camera delivered, even if nobody
    came by: what is missing is a gap, not a zero.
    """

    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    mask: Mapped[int] = mapped_column(default=0)
    incorrect_mask: Mapped[int] = mapped_column(default=0)
    no_mask: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)


class MinuteRollupRow(RollupColumns, Table):
    __tablename__ = "rollups_minute"


class HourRollupRow(RollupColumns, Table):
    """An hour of the installation's time zone; seen_minutes: in how many it delivered."""

    __tablename__ = "rollups_hour"

    seen_minutes: Mapped[int] = mapped_column(default=0)


class DayRollupRow(RollupColumns, Table):
    """A day of the installation's time zone; seen_minutes: in how many it delivered."""

    __tablename__ = "rollups_day"

    seen_minutes: Mapped[int] = mapped_column(default=0)


class PartitionRow(Table):
    """How far a partition of the results has been recorded.

    applied: the stream id of the last recorded result. version grows with every
    transaction of the partition's owner: a second owner finds another one, and
    discards its work.
    """

    __tablename__ = "partitions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    applied: Mapped[str] = mapped_column(default="0-0")
    version: Mapped[int] = mapped_column(BigInteger, default=0)


class OpenTracksRow(Table):
    """The tracks of a camera that have not ended, as versioned msgpack."""

    __tablename__ = "open_tracks"

    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    snapshot: Mapped[bytes]


class UserRow(Table):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)


class TokenRow(Table):
    """An API token; only its SHA-256 is kept (it is 256 random bits: no salt is needed)."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInLinkRow(Table):
    """A link that sets up the first administrator, once, or signs a user in."""

    __tablename__ = "sign_in_links"

    hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SettingRow(Table):
    """Facts of the installation; `key_check` proves that the secret key is the right one."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class ModelVersionRow(Table):
    """A model version; its manifest says what it is, and names its files with their checksums.

    checked_at: when its networks were last seen to run; null if never. One that was
    active and is removed keeps its row, without card and files: sightings name it.
    """

    __tablename__ = "model_versions"
    __table_args__ = (UniqueConstraint("task", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    version: Mapped[str]
    manifest: Mapped[str]
    card: Mapped[str]
    is_shipped: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str]
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class ModelFileRow(Table):
    """One file of a version that was added; those of shipped ones lie in models/weights."""

    __tablename__ = "model_files"

    model_version_id: Mapped[int] = mapped_column(
        ForeignKey("model_versions.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ModelActivationRow(Table):
    """One change of the active version; the newest row of a task tells the active one.

    previous_id: the activation to which a rollback goes back; null where there is none.
    """

    __tablename__ = "model_activations"
    __table_args__ = (Index(None, "task", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    activated_at: Mapped[datetime] = mapped_column(Moment)
    activated_by: Mapped[str]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("model_activations.id"))
