"""Sites, and the zones within them.

They come to be with the first camera that names them. What a camera leaves, and no
other names, goes with it; a site stays while somebody's view is limited to it.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import Conflict, NotFound
from core.names import check_name
from core.storage.audit import SYSTEM, Actor, record_change
from core.storage.engine import utc_now
from core.storage.tables import (
    CameraRow,
    GroupSiteRow,
    SiteRow,
    TokenSiteRow,
    UserSiteRow,
    ZoneRow,
)
from core.storage.taken_names import flush_named, name_taken

logger = logging.getLogger(__name__)

_Named = TypeVar("_Named", SiteRow, ZoneRow)
_Place: TypeAlias = InstrumentedAttribute[int | None]
"""The column of a camera's site, or of its zone."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a site; site_id is None where its cameras name no site. cameras: how many."""

    id: int
    name: str
    site_id: int | None
    cameras: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """A place with cameras. cameras: how many are registered there, in whatever zone."""

    id: int
    name: str
    created_at: datetime
    cameras: int = 0
    zones: tuple[Zone, ...] = ()


def list_sites(session: Session, scope: CameraScope = EVERYWHERE) -> list[Site]:
    """List the sites of a scope by name, with their zones."""
    zones = list_zones(session, scope)
    counts = _count_cameras(session, CameraRow.site_id)
    rows = session.scalars(select(SiteRow).where(_is_in(scope, SiteRow.id)).order_by(SiteRow.name))
    return [_read_site(row, counts.get(row.id, 0), zones) for row in rows]


def list_zones(session: Session, scope: CameraScope = EVERYWHERE) -> list[Zone]:
    """List the zones of a scope by name; those of no site are seen by whom nothing limits."""
    counts = _count_cameras(session, CameraRow.zone_id)
    rows = session.scalars(
        select(ZoneRow).where(_is_in(scope, ZoneRow.site_id)).order_by(ZoneRow.name, ZoneRow.id)
    )
    return [Zone(row.id, row.name, row.site_id, counts.get(row.id, 0)) for row in rows]


def get_site(session: Session, site_id: int, scope: CameraScope = EVERYWHERE) -> Site:
    """Read one site. Raises NotFound."""
    row = _site_row(session, site_id, scope)
    cameras = _count_cameras(session, CameraRow.site_id).get(site_id, 0)
    return _read_site(row, cameras, list_zones(session, scope))


def rename_site(
    session: Session,
    site_id: int,
    name: str,
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> Site:
    """Give a site another name. Raises NotFound, BadRequest, and NameTaken."""
    row = _site_row(session, site_id, scope)
    _rename(session, row, name, actor, "site")
    return get_site(session, site_id, scope)


def rename_zone(
    session: Session,
    zone_id: int,
    name: str,
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> Zone:
    """Give a zone another name. Raises NotFound, BadRequest, and NameTaken."""
    row = _zone_row(session, zone_id, scope)
    taken = select(ZoneRow.id).where(
        ZoneRow.site_id.is_not_distinct_from(row.site_id),
        ZoneRow.name == name.strip(),
        ZoneRow.id != zone_id,
    )
    if session.scalar(taken) is not None:  # the table cannot tell for zones of no site
        raise name_taken(name)
    _rename(session, row, name, actor, "zone")
    cameras = _count_cameras(session, CameraRow.zone_id).get(zone_id, 0)
    return Zone(row.id, row.name, row.site_id, cameras)


def remove_site(session: Session, site_id: int, actor: Actor = SYSTEM) -> None:
    """Remove a site without cameras, its zones, and the limits to it.

    Cameras that hung there and were removed keep their history, which then belongs
    to no site. Raises NotFound, and Conflict where cameras hang there.
    """
    row = _site_row(session, site_id, EVERYWHERE)
    _refuse_used(session, CameraRow.site_id, site_id, f'the site "{row.name}"')
    session.execute(
        update(CameraRow).where(CameraRow.site_id == site_id).values(site_id=None, zone_id=None)
    )
    session.execute(delete(ZoneRow).where(ZoneRow.site_id == site_id))
    session.delete(row)
    record_change(session, actor, "site.remove", f'site {site_id} "{row.name}"', {"name": row.name})


def remove_zone(
    session: Session, zone_id: int, actor: Actor = SYSTEM, scope: CameraScope = EVERYWHERE
) -> None:
    """Remove a zone without cameras; history of removed ones then belongs to none.

    Raises NotFound, and Conflict where cameras hang there.
    """
    row = _zone_row(session, zone_id, scope)
    _refuse_used(session, CameraRow.zone_id, zone_id, f'the zone "{row.name}"')
    session.execute(update(CameraRow).where(CameraRow.zone_id == zone_id).values(zone_id=None))
    session.delete(row)
    record_change(session, actor, "zone.remove", f'zone {zone_id} "{row.name}"', {"name": row.name})


def settle_site(session: Session, name: str) -> int | None:
    """Find the id of a site, and make it where it is new; None for no name."""
    if not name:
        return None
    made = SiteRow(name=name, created_at=utc_now())
    return _settle(session, select(SiteRow).where(SiteRow.name == name), made)


def settle_zone(session: Session, site_id: int | None, name: str) -> int | None:
    """Find the id of a zone of a site, and make it where it is new; None for no name."""
    if not name:
        return None
    known = select(ZoneRow).where(
        ZoneRow.site_id.is_not_distinct_from(site_id), ZoneRow.name == name
    )
    made = ZoneRow(site_id=site_id, name=name, created_at=utc_now())
    return _settle(session, known, made)


def drop_unused(session: Session, site_id: int | None, zone_id: int | None) -> None:
    """Drop the zone and the site that a camera left, unless something else names them.

    Removed cameras name theirs still: their history is asked for by site and zone.
    """
    if zone_id is not None and not _is_named(session, [CameraRow.zone_id == zone_id]):
        _try_delete(session, ZoneRow, zone_id)
    namings = [
        column == site_id
        for column in (
            CameraRow.site_id,
            ZoneRow.site_id,
            UserSiteRow.site_id,
            GroupSiteRow.site_id,
            TokenSiteRow.site_id,
        )
    ]
    if site_id is not None and not _is_named(session, namings):
        _try_delete(session, SiteRow, site_id)


def _settle(session: Session, known: Select[_Named], made: _Named) -> int:
    """Find the one that is known by its name, or keep the one that was made.

    It is held until the transaction ends: whoever drops it meanwhile waits for us.
    """
    known = known.with_for_update(read=True, key_share=True)
    row = session.scalar(known)
    if row is not None:
        return row.id
    try:
        with session.begin_nested():
            session.add(made)
        return made.id
    except IntegrityError:  # another process made it in this very moment
        return session.scalars(known).one().id


def _is_named(session: Session, namings: Iterable[ColumnElement[bool]]) -> bool:
    """Say whether a row is there for one of these conditions."""
    return any(session.scalar(select(exists().where(naming))) for naming in namings)


def _try_delete(session: Session, table: type[SiteRow | ZoneRow], place_id: int) -> None:
    """Delete a place, unless another process names it in this very moment.

    We do not wait for one that does: it may hold the site and wait for the zone, which we hold.
    """
    free = select(table.id).where(table.id == place_id).with_for_update(skip_locked=True)
    if session.scalar(free) is None:
        return
    try:
        with session.begin_nested():
            session.execute(delete(table).where(table.id == place_id))
    except IntegrityError:
        logger.debug("it stays: another process named it in this very moment")


def _is_in(scope: CameraScope, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return true() if scope.site_ids is None else column.in_(scope.site_ids)


def _read_site(row: SiteRow, cameras: int, zones: Iterable[Zone]) -> Site:
    own = tuple(zone for zone in zones if zone.site_id == row.id)
    return Site(row.id, row.name, row.created_at, cameras, own)


def _count_cameras(session: Session, column: _Place) -> dict[int | None, int]:
    """Count the registered cameras by site or by zone."""
    counted = select(column, func.count()).where(CameraRow.removed_at.is_(None)).group_by(column)
    return dict(session.execute(counted).all())


def _site_row(session: Session, site_id: int, scope: CameraScope) -> SiteRow:
    row = session.get(SiteRow, site_id)
    if row is None or not scope.sees(site_id):
        raise NotFound(f"there is no site {site_id}")
    return row


def _zone_row(session: Session, zone_id: int, scope: CameraScope) -> ZoneRow:
    row = session.get(ZoneRow, zone_id)
    if row is None or not scope.sees(row.site_id):
        raise NotFound(f"there is no zone {zone_id}")
    return row


def _rename(session: Session, row: SiteRow | ZoneRow, name: str, actor: Actor, kind: str) -> None:
    before, name = row.name, name.strip()
    check_name("name", name)
    row.name = name
    flush_named(session, name)
    subject = f'{kind} {row.id} "{before}"'
    record_change(session, actor, f"{kind}.rename", subject, {"name": before}, {"name": name})


def _refuse_used(session: Session, column: _Place, place: int, words: str) -> None:
    if cameras := _count_cameras(session, column).get(place):
        raise Conflict(f"{words} still has cameras ({cameras}); move or remove them first")
