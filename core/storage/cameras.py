"""Questions about cameras."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.camera_entries import (
    FRAMES_PER_SECOND_DEFAULT,
    FRAMES_PER_SECOND_MAX,
    FRAMES_PER_SECOND_MIN,
    LONG_SIDE_DEFAULT,
    LONG_SIDE_MAX,
    LONG_SIDE_MIN,
)
from core.camera_rules import NO_RULES, CameraRules, encode_rules, read_rules
from core.errors import BadRequest, NotFound, SecretUnreadable
from core.names import check_name
from core.secrets import SecretBox
from core.storage.audit import SYSTEM, Actor, record_change
from core.storage.engine import utc_now
from core.storage.scopes import is_in_scope
from core.storage.sites import drop_unused, settle_site, settle_zone
from core.storage.tables import CameraRow, OpenPictureRow, OpenTracksRow, SiteRow, ZoneRow
from core.storage.taken_names import flush_named

TRANSPORTS = ("tcp", "udp")

_NewOrKnown = TypeVar("_NewOrKnown", "NewCamera", "Camera")


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
    rules: CameraRules = NO_RULES


@dataclass(frozen=True, slots=True)
class Camera(NewCamera):
    """A registered camera. version: changes with every change."""

    id: int = 0
    site_id: int | None = None
    zone_id: int | None = None
    version: int = 1
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)


def list_cameras(session: Session, box: SecretBox, scope: CameraScope = EVERYWHERE) -> list[Camera]:
    """List the cameras of a scope by name."""
    rows = session.execute(_registered(scope).order_by(CameraRow.name))
    return [_read(box, *row) for row in rows]


def get_camera(
    session: Session, box: SecretBox, camera_id: int, scope: CameraScope = EVERYWHERE
) -> Camera:
    """Read one camera. Raises NotFound, also where it lies out of scope."""
    return _read(box, *_find(session, _registered(scope), camera_id))


def find_camera(session: Session, box: SecretBox, name_or_id: str) -> Camera:
    """Read the camera of a name, or else of a number. Raises NotFound."""
    names = [CameraRow.name == name_or_id]
    if name_or_id.isascii() and name_or_id.isdigit() and len(name_or_id) < 10:
        names.append(CameraRow.id == int(name_or_id))
    for condition in names:
        found = session.execute(_registered(EVERYWHERE).where(condition)).one_or_none()
        if found is not None:
            return _read(box, *found)
    raise NotFound(f'there is no camera "{name_or_id}"; see `maskwatch camera list`')


def hold_camera(
    session: Session, box: SecretBox, camera_id: int, scope: CameraScope = EVERYWHERE
) -> Camera:
    """Read one camera, and let nobody else change it until the transaction ends.

    Raises NotFound.
    """
    held = _registered(scope).with_for_update(of=CameraRow)
    return _read(box, *_find(session, held, camera_id))


def add_camera(
    session: Session,
    box: SecretBox,
    new: NewCamera,
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> Camera:
    """Register a camera.

    Raises BadRequest on a value that cannot work or a site out of scope, and NameTaken.
    """
    now = utc_now()
    row = CameraRow(version=1, created_at=now, updated_at=now)
    _fill(session, box, row, _tidied(new), scope)
    session.add(row)
    flush_named(session, row.name)
    added = get_camera(session, box, row.id)
    record_change(session, actor, "camera.add", describe(added), after=_audited(added))
    return added


def change_camera(
    session: Session,
    box: SecretBox,
    camera_id: int,
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
    **changes: Any,
) -> Camera:
    """Change fields of a camera, named as in NewCamera; what is so already makes no new version.

    Raises NotFound, BadRequest and NameTaken.
    """
    before = hold_camera(session, box, camera_id, scope)
    wanted = _tidied(replace(before, **changes))
    if wanted == before:
        return before
    row = session.get_one(CameraRow, camera_id)
    _fill(session, box, row, wanted, scope)
    row.version += 1
    row.updated_at = utc_now()
    flush_named(session, row.name)
    drop_unused(session, before.site_id, before.zone_id)
    after = get_camera(session, box, camera_id)
    _record(session, actor, before, after)
    return after


def remove_camera(
    session: Session,
    camera_id: int,
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> None:
    """Take a camera off; its history stays, and its site and zone with it. Raises NotFound.

    The row stays for the history to point to; address and name are given up.
    """
    row, _, _ = _find(session, _registered(scope).with_for_update(of=CameraRow), camera_id)
    before = {"name": row.name, "url": row.redacted_address}
    record_change(session, actor, "camera.remove", f'camera {camera_id} "{row.name}"', before)
    row.removed_at = utc_now()
    row.sealed_address = b""
    row.name = f"{row.name} (removed {row.id})"
    flush_named(session, row.name)
    session.execute(delete(OpenTracksRow).where(OpenTracksRow.camera_id == camera_id))
    session.execute(delete(OpenPictureRow).where(OpenPictureRow.camera_id == camera_id))


def describe(camera: Camera) -> str:
    """Name a camera, as the subject of a line in the audit."""
    return f'camera {camera.id} "{camera.name}"'


def _registered(scope: CameraScope) -> Select[CameraRow, str | None, str | None]:
    """Ask for the registered cameras of a scope, each with the names of its site and zone."""
    return (
        select(CameraRow, SiteRow.name, ZoneRow.name)
        .outerjoin(SiteRow, SiteRow.id == CameraRow.site_id)
        .outerjoin(ZoneRow, ZoneRow.id == CameraRow.zone_id)
        .where(CameraRow.removed_at.is_(None), is_in_scope(scope))
        .execution_options(populate_existing=True)
    )


def _find(
    session: Session, cameras: Select[CameraRow, str | None, str | None], camera_id: int
) -> tuple[CameraRow, str | None, str | None]:
    found = session.execute(cameras.where(CameraRow.id == camera_id)).one_or_none()
    if found is None:
        raise NotFound(f"there is no camera {camera_id}")
    return found


def _read(box: SecretBox, row: CameraRow, site: str | None, zone: str | None) -> Camera:
    try:
        address = box.unseal(row.sealed_address)
    except SecretUnreadable as error:
        raise SecretUnreadable(f'camera "{row.name}": {error}') from error
    return Camera(
        name=row.name,
        address=address,
        redacted_address=row.redacted_address,
        transport=row.transport,
        site=site or "",
        zone=zone or "",
        is_paused=row.is_paused,
        frames_per_second=row.frames_per_second,
        long_side=row.long_side,
        rules=read_rules(row.rules),
        id=row.id,
        site_id=row.site_id,
        zone_id=row.zone_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _fill(
    session: Session, box: SecretBox, row: CameraRow, wanted: NewCamera, scope: CameraScope
) -> None:
    """Write what a user says of a camera into its row.

    Its place comes first: what asks SQL would write a row that is half filled.
    """
    _check(wanted)
    site_id = settle_site(session, wanted.site)
    if not scope.sees(site_id):
        raise BadRequest("site", "site: expected one of the sites that you are limited to")
    row.zone_id = settle_zone(session, site_id, wanted.zone)
    row.site_id = site_id
    row.name = wanted.name
    row.sealed_address = box.seal(wanted.address)
    row.redacted_address = wanted.redacted_address
    row.transport = wanted.transport
    row.is_paused = wanted.is_paused
    row.frames_per_second = wanted.frames_per_second
    row.long_side = wanted.long_side
    row.rules = encode_rules(wanted.rules)


def _tidied(camera: _NewOrKnown) -> _NewOrKnown:
    return replace(
        camera, name=camera.name.strip(), site=camera.site.strip(), zone=camera.zone.strip()
    )


def _check(camera: NewCamera) -> None:
    """Raise BadRequest for the first field that cannot work."""
    check_name("name", camera.name)
    for field_name in ("site", "zone"):
        if getattr(camera, field_name):
            check_name(field_name, getattr(camera, field_name))
    if camera.transport not in TRANSPORTS:
        raise BadRequest("transport", f'transport is "{camera.transport}"; give tcp or udp')
    if not FRAMES_PER_SECOND_MIN <= camera.frames_per_second <= FRAMES_PER_SECOND_MAX:
        raise BadRequest(
            "frames_per_second",
            f"frames_per_second is {camera.frames_per_second}; "
            f"give {FRAMES_PER_SECOND_MIN:g} to {FRAMES_PER_SECOND_MAX:g}",
        )
    if not LONG_SIDE_MIN <= camera.long_side <= LONG_SIDE_MAX:
        raise BadRequest(
            "long_side",
            f"long_side is {camera.long_side}; give {LONG_SIDE_MIN} to {LONG_SIDE_MAX} pixels",
        )


def _record(session: Session, actor: Actor, before: Camera, after: Camera) -> None:
    """Write a change into the audit; that of a password is told without it."""
    was, now = _audited(before), _audited(after)
    if before.address != after.address and was["url"] == now["url"]:
        now["url"] += " (with another user or password)"
    record_change(session, actor, "camera.change", describe(before), was, now)


def _audited(camera: Camera) -> dict[str, Any]:
    """Name the fields of a camera as the API does, without secrets."""
    return {
        "name": camera.name,
        "url": camera.redacted_address,
        "transport": camera.transport,
        "site": camera.site,
        "zone": camera.zone,
        "is_paused": camera.is_paused,
        "frames_per_second": camera.frames_per_second,
        "long_side": camera.long_side,
        "rules": camera.rules.model_dump(mode="json", exclude_defaults=True),
    }
