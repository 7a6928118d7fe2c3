"""What questions about the history have in common: a range, a time zone, some cameras."""

from functools import lru_cache
from typing import Annotated, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from core.names import Text
from core.storage.camera_filters import CameraFilter
from dashboard.access import identity
from dashboard.api.schemas import Id, TimeRange


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError("the name of an IANA time zone, such as Europe/Berlin")
    return value


ZoneName: TypeAlias = Annotated[
    str,
    AfterValidator(_check_zone),
    Field(description="IANA time zone.", json_schema_extra={"example": "Europe/Berlin"}),
]


class HistoryQuery(TimeRange):
    """A range, and the cameras that are asked about; an empty name: those without one."""

    camera_id: Id | None = None
    site: Text | None = None
    zone: Text | None = None

    @property
    def cameras(self) -> CameraFilter:
        """Name those cameras asked about that the asker may see."""
        return CameraFilter(self.camera_id, self.site, self.zone, identity().scope)
