"""The statistics of the live wall, read once per process for all its viewers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from redis import Redis

from core.access_scopes import CameraScope
from core.buckets import Bucket, floor
from core.camera_rules import is_required
from core.heartbeats import CameraHealth, CameraState, read_health
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import Camera, list_cameras
from core.storage.compliance import counts_by_camera
from core.storage.engine import Database
from core.storage.installation import read_time_zone
from dashboard.admissions import Admission, read_scopes


@dataclass(frozen=True, slots=True)
class Figures:
    """What the wall shows beside its pictures, at one moment.

    zone: the installation's.
    scopes: what each of those who look may see; one that has ended is missing.
    """

    server_time: datetime
    zone: ZoneInfo
    cameras: tuple[Camera, ...]
    health: Mapping[int, CameraHealth]
    people_now: Mapping[int, int]
    today: Mapping[int, Counts]
    scopes: Mapping[Admission, CameraScope]

    def cameras_version(self) -> frozenset[tuple[int, int]]:
        """Change when a camera was added, changed or removed."""
        return frozenset((camera.id, camera.version) for camera in self.cameras)

    def visible(self, scope: CameraScope) -> frozenset[int]:
        """List the cameras that lie in a scope."""
        return frozenset(camera.id for camera in self.cameras if scope.sees(camera.site_id))

    def within(self, scope: CameraScope) -> "Figures":
        """Leave out what does not lie in a scope; where it is limited, removed cameras too."""
        if not scope.is_limited:
            return self
        ids = self.visible(scope)
        cameras = tuple(camera for camera in self.cameras if camera.id in ids)
        today = {one: counts for one, counts in self.today.items() if one in ids}
        return replace(self, cameras=cameras, today=today)


def read_figures(
    database: Database,
    redis: Redis,
    box: SecretBox,
    people_now: Mapping[int, int],
    now: datetime,
    admissions: Collection[Admission] = (),
) -> Figures:
    """Read everything that the statistics need. admissions: of those who look.

    Today begins at midnight in the installation's time zone.
    """
    with database.read() as session:
        zone = read_time_zone(session)
        midnight = floor(now, Bucket.DAY, zone)
        cameras = tuple(list_cameras(session, box))
        today = counts_by_camera(session, midnight, now)
    scopes = read_scopes(database, admissions, now)
    return Figures(now, zone, cameras, read_health(redis), people_now, today, scopes)


def figures_message(figures: Figures) -> dict[str, Any]:
    """Write the statistics as the browser reads them."""
    cameras = [_camera_message(figures, camera) for camera in figures.cameras]
    return {
        "server_time": figures.server_time.isoformat(),
        "cameras": cameras,
        "people_now": sum(camera["people_now"] for camera in cameras),
        "today": counts_message(sum(figures.today.values(), Counts())),
    }


def counts_message(counts: Counts) -> dict[str, Any]:
    interval = counts.interval
    return {
        "mask": counts.mask,
        "incorrect_mask": counts.incorrect_mask,
        "no_mask": counts.no_mask,
        "unsure": counts.unsure,
        "rate": counts.rate,
        "interval": {"lower": interval[0], "upper": interval[1]} if interval else None,
        "coverage": counts.coverage,
    }


def state_of(camera: Camera, health: CameraHealth | None) -> tuple[CameraState, str]:
    """Say how a camera is, and why, where ingest has not reported it too."""
    if camera.is_paused:
        return CameraState.PAUSED, ""
    if health is None:
        return CameraState.CONNECTING, "Ingest has not reported this camera yet."
    return health.state, health.reason


def _camera_message(figures: Figures, camera: Camera) -> dict[str, Any]:
    health = figures.health.get(camera.id)
    state, reason = state_of(camera, health)
    return {
        "camera_id": camera.id,
        "state": state.value,
        "reason": reason,
        "since": health.since.isoformat() if health else None,
        "people_now": figures.people_now.get(camera.id, 0),
        "today": counts_message(figures.today.get(camera.id, Counts())),
        "is_required": is_required(camera.rules, figures.server_time, figures.zone),
    }
