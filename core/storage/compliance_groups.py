"""Compliance compared: by camera, site and zone, and by hour of the week."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.buckets import Bucket
from core.storage.camera_filters import CameraFilter, choose_cameras
from core.storage.compliance import (
    Span,
    Tally,
    check_range,
    list_starts,
    tally_by_camera,
    tally_by_group,
)
from core.storage.tables import CameraRow, SiteRow, ZoneRow

HOURS_MAX = 50_000
"""Of the range for a comparison by hour of the week: more than five years."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = tuple((day, hour) for day in range(len(_WEEKDAYS)) for hour in range(24))


class Grouping(StrEnum):
    """What is compared."""

    CAMERA = "camera"
    SITE = "site"
    ZONE = "zone"
    HOUR_OF_WEEK = "hour_of_week"


@dataclass(frozen=True, slots=True)
class Group:
    """What one group counted.

    camera_id: of a group that is one camera. weekday, hour: of one that is an hour
    of the week; Monday is 0.
    """

    name: str
    tally: Tally
    camera_id: int | None = None
    weekday: int | None = None
    hour: int | None = None


def compliance_groups(
    session: Session,
    start: datetime,
    end: datetime,
    by: Grouping,
    zone: ZoneInfo,
    cameras: CameraFilter | None = None,
    now: datetime | None = None,
) -> list[Group]:
    """Count sightings that began in [start, end), by groups.

    Cameras, sites and zones come by name; those that were not there then are left
    out; cameras without a site are the site of no name. Hours of the week come all
    168, as local clocks of `zone` show them: an hour that clocks repeat counts into
    the one of that name. Raises BadRequest on an empty range, or a too long one.
    """
    check_range(start, end)
    chosen = choose_cameras(session, cameras or CameraFilter())
    if by is Grouping.HOUR_OF_WEEK:
        span = Span(start, end, Bucket.HOUR, zone, now)
        starts = list_starts(start, end, Bucket.HOUR, zone, HOURS_MAX)
        hours = [_hour_of_week(start, zone) for start in starts]
        return _name_hours(tally_by_group(session, span, starts, hours, len(_HOURS), chosen))
    by_camera = tally_by_camera(session, start, end, chosen, now)
    names = _names(session, by)
    if by is Grouping.CAMERA:
        groups = [Group(names[one], tally, one) for one, tally in by_camera.items()]
    else:
        groups = _join(by_camera, names)
    return sorted(groups, key=lambda group: (group.name, group.camera_id or 0))


def _hour_of_week(moment: datetime, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _name_hours(tallies: Sequence[Tally]) -> list[Group]:
    return [
        Group(f"{_WEEKDAYS[day]} {hour:02}:00", tally, weekday=day, hour=hour)
        for (day, hour), tally in zip(_HOURS, tallies, strict=True)
    ]


def _names(session: Session, by: Grouping) -> dict[int, str]:
    """Name each camera, or its site or zone."""
    query = select(CameraRow.id, func.coalesce(_NAMED_BY[by].name, ""))
    query = query.outerjoin(SiteRow, CameraRow.site_id == SiteRow.id)
    query = query.outerjoin(ZoneRow, CameraRow.zone_id == ZoneRow.id)
    return {row[0]: row[1] for row in session.execute(query)}


_NAMED_BY: Mapping[Grouping, type[CameraRow] | type[SiteRow] | type[ZoneRow]] = {
    Grouping.CAMERA: CameraRow,
    Grouping.SITE: SiteRow,
    Grouping.ZONE: ZoneRow,
}


def _join(by_camera: Mapping[int, Tally], names: Mapping[int, str]) -> list[Group]:
    joined: dict[str, Tally] = defaultdict(Tally)
    for camera_id, tally in by_camera.items():
        joined[names[camera_id]] += tally
    return [Group(name, tally) for name, tally in joined.items()]
