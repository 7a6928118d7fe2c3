"""Questions about cameras."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import BadRequest, NotFound, SecretUnreadable
from core.secrets import SecretBox
from core.storage.engine import utc_now
from core.storage.sites import settle_site, settle_zone
from core.storage.tables import CameraRow, OpenTracksRow, SiteRow, ZoneRow

FRAMES_PER_SECOND_DEFAULT = 5.0
FRAMES_PER_SECOND_MIN = 0.5
"""Slower, people pass between two frames, and nobody can be followed."""
LONG_SIDE_DEFAULT = 960
TRANSPORTS = ("tcp", "udp")


@dataclass(frozen=True, slots=True)
class NewCamera:
    """What a user says of a camera. address: with its password; redacted: without."""

    name: str
    address: str = field(repr=False)
    redacted_address: str
    transport: str = "tcp"
    site: str = ""
    zone: str = ""
    is_paused: bool = False
    frames_per_second: float = FRAMES_PER_SECOND_DEFAULT
    long_side: int = LONG_SIDE_DEFAULT


@dataclass(frozen=True, slots=True)
class Camera(NewCamera):
    """A registered camera. version: changes with every change."""

    id: int = 0
    version: int = 1
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)


def list_cameras(session: Session, box: SecretBox) -> list[Camera]:
    """List the cameras by name."""
    rows = session.scalars(
        select(CameraRow).where(CameraRow.removed_at.is_(None)).order_by(CameraRow.name)
    )
    return [_read(session, row, box) for row in rows]


def get_camera(session: Session, box: SecretBox, camera_id: int) -> Camera:
    """Read one camera. Raises NotFound."""
    return _read(session, _row(session, camera_id), box)


def add_camera(session: Session, box: SecretBox, new: NewCamera) -> Camera:
    """Register a camera. Raises BadRequest on a value that cannot work or a name that is taken."""
    _check(new.name, new.transport, new.frames_per_second, new.long_side)
    now = utc_now()
    row = CameraRow(
        name=new.name.strip(),
        sealed_address=box.seal(new.address),
        redacted_address=new.redacted_address,
        transport=new.transport,
        is_paused=new.is_paused,
        frames_per_second=new.frames_per_second,
        long_side=new.long_side,
        version=1,
        created_at=now,
        updated_at=now,
    )
    _place(session, row, new.site.strip(), new.zone.strip())
    session.add(row)
    _flush(session, new.name)
    return _read(session, row, box)


def change_camera(session: Session, box: SecretBox, camera_id: int, **changes: object) -> Camera:
    """Change the named fields of a camera. Raises NotFound, BadRequest."""
    row = _row(session, camera_id)
    if "address" in changes:
        row.sealed_address = box.seal(str(changes.pop("address")))
    site, zone = _place_of(session, row)
    _place(
        session, row, str(changes.pop("site", site)).strip(), str(changes.pop("zone", zone)).strip()
    )
    for name, value in changes.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    _check(row.name, row.transport, row.frames_per_second, row.long_side)
    row.version += 1
    row.updated_at = utc_now()
    _flush(session, row.name)
    return _read(session, row, box)


def remove_camera(session: Session, camera_id: int) -> None:
    """Take a camera off; its history stays. Raises NotFound.

    The row stays for the history to point to; address and name are given up.
    """
    row = _row(session, camera_id)
    row.removed_at = utc_now()
    row.sealed_address = b""
    row.name = f"{row.name} (removed {row.id})"
    session.execute(delete(OpenTracksRow).where(OpenTracksRow.camera_id == camera_id))


def camera_exists(session: Session, camera_id: int) -> bool:
    """Say whether a camera was ever registered; removed ones count."""
    return session.get(CameraRow, camera_id) is not None


def _row(session: Session, camera_id: int) -> CameraRow:
    row = session.get(CameraRow, camera_id)
    if row is None or row.removed_at is not None:
        raise NotFound(f"there is no camera {camera_id}")
    return row


def _place(session: Session, row: CameraRow, site: str, zone: str) -> None:
    """Hang a camera into a site and a zone of it; names that are new are made."""
    row.site_id = settle_site(session, site)
    row.zone_id = settle_zone(session, row.site_id, zone)


def _place_of(session: Session, row: CameraRow) -> tuple[str, str]:
    site = session.get(SiteRow, row.site_id) if row.site_id else None
    zone = session.get(ZoneRow, row.zone_id) if row.zone_id else None
    return site.name if site else "", zone.name if zone else ""


def _read(session: Session, row: CameraRow, box: SecretBox) -> Camera:
    site, zone = _place_of(session, row)
    try:
        address = box.unseal(row.sealed_address)
    except SecretUnreadable as error:
        raise SecretUnreadable(f'camera "{row.name}": {error}') from error
    return Camera(
        name=row.name,
        address=address,
        redacted_address=row.redacted_address,
        transport=row.transport,
        site=site,
        zone=zone,
        is_paused=row.is_paused,
        frames_per_second=row.frames_per_second,
        long_side=row.long_side,
        id=row.id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _check(name: str, transport: str, frames_per_second: float, long_side: int) -> None:
    if not 1 <= len(name.strip()) <= 100:
        raise BadRequest("name", "a camera needs a name of 1 to 100 characters")
    if transport not in TRANSPORTS:
        raise BadRequest("transport", f'transport is "{transport}"; give tcp or udp')
    if not FRAMES_PER_SECOND_MIN <= frames_per_second <= 30:
        raise BadRequest(
            "frames_per_second",
            f"frames_per_second is {frames_per_second}; give {FRAMES_PER_SECOND_MIN} to 30",
        )
    if not 160 <= long_side <= 3840:
        raise BadRequest("long_side", f"long_side is {long_side}; give 160 to 3840 pixels")


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise BadRequest(
            "name", f'a camera named "{name}" is there already; choose another name'
        ) from error
