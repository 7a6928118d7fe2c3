"""Compliance over time and by groups: counts, rate, interval and coverage."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import Field

from core.buckets import Bucket
from core.storage.camera_filters import check_camera_asked
from core.storage.compliance import Compliance, ComplianceBucket, Tally, compliance
from core.storage.compliance_groups import Group, Grouping, compliance_groups
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.history_filters import HistoryQuery, ZoneName
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, CountsAnswer, answer, counts_fields
from dashboard.services import services

blueprint = api_blueprint("compliance", "How many wear their mask well.")


class ComplianceQuery(HistoryQuery):
    tz: ZoneName = "UTC"
    bucket: Bucket = Bucket.HOUR


class GroupsQuery(HistoryQuery):
    by: Grouping
    tz: ZoneName = "UTC"


class SeenAnswer(CountsAnswer):
    """Counts, and how much of the time they are known of."""

    seen: float | None = Field(
        description="Share of the minutes of all chosen cameras in which they delivered; "
        "null where none was registered then."
    )


class BucketAnswer(SeenAnswer):
    """One stretch of time. gap: no camera delivered a frame in it, so nothing is known."""

    start: datetime
    gap: bool


class ComplianceAnswer(Answered):
    series: list[BucketAnswer]
    totals: SeenAnswer
    model_versions: list[str] = Field(
        description="What judged; several, where the model was changed meanwhile."
    )
    minutes_from: datetime | None = Field(
        description="Since when minutes are kept: before, edges of the range are counted by the "
        "quarter of an hour, and buckets of a minute are gaps. Null where all are kept."
    )


class ComplianceGroupAnswer(SeenAnswer):
    """Counts of one group. gap: none of its cameras delivered, so nothing is known."""

    name: str = Field(description="Of the camera, site or zone; or such as `monday 08:00`.")
    camera_id: int | None
    weekday: int | None = Field(description="0 is Monday; null but by hour_of_week.")
    hour: int | None = Field(description="Of the local day; null but by hour_of_week.")
    gap: bool


class GroupsAnswer(Answered):
    groups: list[ComplianceGroupAnswer]


@blueprint.get("/compliance", responses={200: ComplianceAnswer})
@needs(Role.VIEWER)
def read_compliance(query: ComplianceQuery) -> Response:
    """Count the people seen, by verdict and bucket."""
    found = ask_compliance(query)
    # Validated in one go: there may be 10,000 buckets.
    return answer(
        ComplianceAnswer.model_validate(
            {
                "series": [bucket_fields(bucket) for bucket in found.series],
                "totals": _tally_fields(found.total),
                "model_versions": found.model_versions,
                "minutes_from": found.minutes_from,
            }
        )
    )


@blueprint.get("/compliance/groups", responses={200: GroupsAnswer})
@needs(Role.VIEWER)
def compare_compliance(query: GroupsQuery) -> Response:
    """Count the people seen, by verdict, for each camera, site, zone or hour of the week."""
    now = utc_now()
    start, end = query.bounds(now)
    zone = ZoneInfo(query.tz)
    with services().database.read() as session:
        check_camera_asked(session, query.cameras)
        found = compliance_groups(session, start, end, query.by, zone, query.cameras, now)
    fields = [_group_fields(group) for group in found]
    return answer(GroupsAnswer.model_validate({"groups": fields}))


def ask_compliance(query: ComplianceQuery) -> Compliance:
    """Answer the question of a query, as far as the asker may see."""
    now = utc_now()
    start, end = query.bounds(now)
    zone = ZoneInfo(query.tz)
    with services().database.read() as session:
        check_camera_asked(session, query.cameras)
        return compliance(session, start, end, query.bucket, zone, query.cameras, now)


def bucket_fields(bucket: ComplianceBucket) -> dict[str, Any]:
    """Spell a bucket out as the fields of a BucketAnswer."""
    return {"start": bucket.start, **_tally_fields(bucket.tally), "gap": bucket.is_gap}


def _group_fields(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "camera_id": group.camera_id,
        "weekday": group.weekday,
        "hour": group.hour,
        **_tally_fields(group.tally),
        "gap": group.tally.is_gap,
    }


def _tally_fields(tally: Tally) -> dict[str, Any]:
    return {**counts_fields(tally.counts), "seen": tally.seen}
