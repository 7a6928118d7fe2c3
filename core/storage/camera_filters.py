"""Which cameras a question about the history is asked of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import BadRequest, NotFound
from core.storage.scopes import check_camera, is_in_scope
from core.storage.tables import CameraRow, SiteRow, ZoneRow


@dataclass(frozen=True, slots=True)
class CameraFilter:
    """Which cameras are asked about; nothing given means all, removed ones too.

    site, zone: by name; empty for the cameras without one. scope: those that the
    asker may see.
    """

    camera_id: int | None = None
    site: str | None = None
    zone: str | None = None
    scope: CameraScope = EVERYWHERE

    @property
    def is_open(self) -> bool:
        """Say whether it lets every camera through."""
        return self == CameraFilter()


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """What a camera is called, and where it hangs."""

    camera: str
    site: str
    zone: str


def choose_cameras(session: Session, cameras: CameraFilter) -> Sequence[int]:
    """List the cameras that a filter lets through: with their ids, an index by camera is used."""
    query = _let_through(select(CameraRow.id), cameras).order_by(CameraRow.id)
    return session.scalars(query).all()


def read_places(session: Session, cameras: CameraFilter) -> dict[int, CameraPlace]:
    """Read what the cameras that a filter lets through are called, by their ids."""
    query = _let_through(select(CameraRow.id, CameraRow.name, _SITE, _ZONE), cameras)
    return {row[0]: CameraPlace(*row[1:]) for row in session.execute(query)}


def check_camera_asked(session: Session, cameras: CameraFilter) -> None:
    """Raise BadRequest where the camera asked about is not there, or not to be seen."""
    if cameras.camera_id is None:
        return
    try:
        check_camera(session, cameras.camera_id, cameras.scope)
    except NotFound as error:
        raise BadRequest("camera_id", f"the id of a camera; {error}") from error


_SITE, _ZONE = func.coalesce(SiteRow.name, ""), func.coalesce(ZoneRow.name, "")


def _let_through(query: Any, cameras: CameraFilter) -> Any:
    query = query.outerjoin(SiteRow, CameraRow.site_id == SiteRow.id)
    query = query.outerjoin(ZoneRow, CameraRow.zone_id == ZoneRow.id)
    wanted = {CameraRow.id: cameras.camera_id, _SITE: cameras.site, _ZONE: cameras.zone}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    return query.where(is_in_scope(cameras.scope))
