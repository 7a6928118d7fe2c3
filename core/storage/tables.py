"""Every SQL table, typed. A change here comes with its migration in `migrations/`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.storage.engine import Moment

BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of exactly INTEGER."""
SEVERAL_VERSIONS = "several"


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


class SiteRow(Table):
    """A place with cameras; users, groups and tokens may be limited to some."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ZoneRow(Table):
    """A part of a site; site_id is null where its cameras name no site."""

    __tablename__ = "zones"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Moment)


class CameraRow(Table):
    """A registered camera; its address is sealed, for it may hold a password.

    rules: where, when and from what size on faces count, as JSON (`core/camera_rules.py`).
    """

    __tablename__ = "cameras"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    sealed_address: Mapped[bytes]
    redacted_address: Mapped[str]
    transport: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"))
    rules: Mapped[str] = mapped_column(default="{}")
    is_paused: Mapped[bool] = mapped_column(default=False)
    frames_per_second: Mapped[float]
    long_side: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class SightingRow(Table):
    """One finished track: one person passing one camera.

    is_required: false where no mask had to be worn then; such a one is not counted.
    changes: how often a mask was put on, taken off or put right meanwhile.
    timeline: the votes over time, as versioned msgpack; null once they are pruned.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        Index(None, "started_at", "id"),
        Index(None, "camera_id", "started_at", "id"),
        Index(None, "camera_id", "verdict", "started_at", "id"),
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
    is_required: Mapped[bool] = mapped_column(default=True)
    changes: Mapped[int] = mapped_column(default=0)
    timeline: Mapped[bytes | None] = mapped_column(deferred=True)
    model_version: Mapped[str]


class SightingPictureRow(Table):
    """The best face of a sighting, as JPEG; sealed if it is sharp.

    The index holds the bytes too, for their sum is asked for: without it, every picture
    would be read.
    """

    __tablename__ = "sighting_pictures"
    __table_args__ = (Index(None, "taken_at", "sighting_id", "content_bytes"),)

    sighting_id: Mapped[int] = mapped_column(
        ForeignKey("sightings.id", ondelete="CASCADE"), primary_key=True
    )
    taken_at: Mapped[datetime] = mapped_column(Moment)
    is_sharp: Mapped[bool]
    content: Mapped[bytes] = mapped_column(deferred=True)
    content_bytes: Mapped[int]


class ReviewRow(Table):
    """What a person says that a sighting's verdict should have been; the last word counts.

    label: a verdict's label, or `not_a_face`. started_at: of the sighting, by which the
    reviewed ones are listed.
    """

    __tablename__ = "reviews"
    __table_args__ = (Index(None, "started_at", "sighting_id"),)

    sighting_id: Mapped[int] = mapped_column(
        ForeignKey("sightings.id", ondelete="CASCADE"), primary_key=True
    )
    started_at: Mapped[datetime] = mapped_column(Moment)
    label: Mapped[str]
    reviewed_by: Mapped[str]
    reviewed_at: Mapped[datetime] = mapped_column(Moment)


class OpenPictureRow(Table):
    """The best face so far of a track that has not ended; what it holds as above."""

    __tablename__ = "open_pictures"

    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    track_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    quality: Mapped[float]
    is_sharp: Mapped[bool]
    content: Mapped[bytes]


class FrameAccountRow(Table):
    """What became of the frames that a camera delivered within one minute."""

    __tablename__ = "frame_accounts"

    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    captured: Mapped[int]
    analysed: Mapped[int]
    unchanged: Mapped[int]
    superseded: Mapped[int]
    expired: Mapped[int]
    lost: Mapped[int]
    failed: Mapped[int]


class RollupColumns:
    """Sightings of one camera that began in one stretch of time, counted by verdict.

    A row is there for every stretch in which the camera delivered, even if nobody
    came by: what is missing is a gap, not a zero. model_version: what judged those
    counted; empty where nobody was, SEVERAL_VERSIONS where it was not one alone.
    """

    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    start: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    mask: Mapped[int] = mapped_column(default=0)
    incorrect_mask: Mapped[int] = mapped_column(default=0)
    no_mask: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)
    model_version: Mapped[str] = mapped_column(default="")


class MinuteRollupRow(RollupColumns, Table):
    __tablename__ = "rollups_minute"


class QuarterRollupRow(RollupColumns, Table):
    """A quarter of an hour, which hours of any zone add up from; seen_minutes: as below."""

    __tablename__ = "rollups_quarter"

    seen_minutes: Mapped[int] = mapped_column(default=0)


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
    """A person. is_limited: sees only the cameras of their sites and their groups' sites.

    may_see_faces: is shown faces as they are where pictures are kept sharp.
    language, theme: how they want pages; null where the browser says.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str]
    is_limited: Mapped[bool] = mapped_column(default=False)
    may_see_faces: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    theme: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment)


class WallLayoutRow(Table):
    """An arrangement of the wall; user_id is null where it is offered to everyone.

    content: as JSON (`core/wall_layouts.py`).
    """

    __tablename__ = "wall_layouts"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    content: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class GroupRow(Table):
    """Users who are limited to the same sites."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class GroupMemberRow(Table):
    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )


class GroupSiteRow(Table):
    __tablename__ = "group_sites"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )


class UserSiteRow(Table):
    __tablename__ = "user_sites"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )


class UserSessionRow(Table):
    """A browser that is signed in; the cookie holds the secret, we its SHA-256.

    No id is given twice: the live pages of an ended session are told by it.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (Index(None, "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str]
    browser: Mapped[str]


class TokenRow(Table):
    """An API token; only its SHA-256 is kept (it is 256 random bits: no salt is needed).

    scopes: names of the API's subjects, with commas between; empty for all of them.
    is_limited: reaches only the cameras of its sites.
    """

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str] = mapped_column(default="")
    is_limited: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)


class TokenSiteRow(Table):
    __tablename__ = "token_sites"

    token_id: Mapped[int] = mapped_column(
        ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True
    )


class AuditRow(Table):
    """One change: who made it, when, from where, and what stood there before and after.

    actor_kind: user, token, command or system. action: what was done, such as
    `camera.change`. before, after: JSON without secrets; null where nothing stood.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str]
    actor_kind: Mapped[str]
    address: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]


class JobRow(Table):
    """A job as people see it; RQ carries it to whoever works it off.

    camera_id: whose history it works on; null where it is not one camera's.
    parameters, result: JSON. progress: 0 to 1; null where it cannot be told.
    asked_by_kind: user, token, command or system. runs: how often it was begun.
    holder: who runs it now; each run has another, so that a lost one writes nothing.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    camera_id: Mapped[int | None]
    parameters: Mapped[str]
    asked_by: Mapped[str]
    asked_by_kind: Mapped[str]
    asked_from: Mapped[str] = mapped_column(default="")
    runs: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str] = mapped_column(default="")
    progress: Mapped[float | None]
    message: Mapped[str] = mapped_column(default="")
    log: Mapped[str] = mapped_column(default="", deferred=True)
    result: Mapped[str | None]
    is_cancel_asked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


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
