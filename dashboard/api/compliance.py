"""Compliance over time: counts, rate, interval and coverage by buckets."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from flask import Response
from pydantic import AfterValidator, Field

from core.buckets import Bucket
from core.storage.cameras import camera_exists
from core.storage.compliance import CameraFilter, ComplianceBucket, compliance
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import (
    Answered,
    CountsAnswer,
    Id,
    Text,
    TimeRange,
    answer,
    counts_fields,
)
from dashboard.problems import unfit
from dashboard.services import services

blueprint = api_blueprint("compliance", "How many wear their mask well.")


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError("the name of an IANA time zone, such as Europe/Berlin")
    return value


class ComplianceQuery(TimeRange):
    tz: Annotated[str, AfterValidator(_check_zone)] = Field(
        "UTC", description="IANA time zone that days and hours are cut by."
    )
    bucket: Bucket = Bucket.HOUR
    camera_id: Id | None = None
    site: Text | None = None
    zone: Text | None = None


class BucketAnswer(CountsAnswer):
    """One stretch of time. gap: no camera delivered a frame in it, so nothing is known."""

    start: datetime
    gap: bool


class ComplianceAnswer(Answered):
    series: list[BucketAnswer]
    totals: CountsAnswer


@blueprint.get(
    "/compliance",
    responses={200: ComplianceAnswer},
)
@needs(Role.VIEWER)
def read_compliance(query: ComplianceQuery) -> Response:
    """Count the people seen, by verdict and bucket."""
    start, end = query.bounds(utc_now())
    cameras = CameraFilter(query.camera_id, query.site, query.zone)
    with services().database.read() as session:
        if query.camera_id is not None and not camera_exists(session, query.camera_id):
            raise unfit("camera_id", "the id of a camera", query.camera_id)
        found = compliance(session, start, end, query.bucket, ZoneInfo(query.tz), cameras)
    return answer(
        ComplianceAnswer(
            series=[_write(bucket) for bucket in found.series],
            totals=CountsAnswer.model_validate(counts_fields(found.totals)),
        )
    )


def _write(bucket: ComplianceBucket) -> BucketAnswer:
    fields = counts_fields(bucket.counts)
    return BucketAnswer.model_validate({**fields, "start": bucket.start, "gap": bucket.is_gap})
