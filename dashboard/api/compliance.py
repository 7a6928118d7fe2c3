"""Compliance over time and by groups: counts, rate, interval and coverage."""

from datetime import datetime
from math import isnan
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from flask import Response
from numpy.typing import NDArray
from pydantic import Field

from core.buckets import Bucket
from core.statistics import rates_of
from core.storage.camera_filters import check_camera_asked
from core.storage.compliance import Compliance, Tally, compliance
from core.storage.compliance_groups import Group, Grouping, compliance_groups
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.history_filters import HistoryQuery, ZoneName
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, CountsAnswer, answer, counts_fields
from dashboard.services import services

_SEEN = 4
"""Where the minutes seen stand in a row of Compliance; behind them, those expected."""

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
    return Response(_write_compliance(ask_compliance(query)), mimetype="application/json")


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


def _write_compliance(found: Compliance) -> bytes:
    """Write a ComplianceAnswer, in columns: 10,000 buckets made as objects took 80 ms."""
    table = np.vstack((found.table, found.table.sum(axis=0)))
    *series, totals = _tallies_fields(table)
    gaps = (found.table[:, _SEEN] == 0).tolist()
    answered = {
        "series": [
            {"start": start, **fields, "gap": gap}
            for start, fields, gap in zip(found.starts, series, gaps, strict=True)
        ],
        "totals": totals,
        "model_versions": found.model_versions,
        "minutes_from": found.minutes_from,
    }
    return msgspec.json.encode(answered)  # NaN becomes null


def _tallies_fields(table: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Spell tallies out as the fields of SeenAnswers; table: (n, 6) as of Compliance."""
    rates = rates_of(table[:, :_SEEN])
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.minimum(table[:, _SEEN] / table[:, _SEEN + 1], 1)
    columns = (*table[:, :_SEEN].T, rates.rate, rates.lower, rates.upper, rates.coverage, seen)
    return [
        {
            "mask": mask,
            "incorrect_mask": incorrect_mask,
            "no_mask": no_mask,
            "unsure": unsure,
            "rate": rate,
            "interval": None if isnan(rate) else {"lower": lower, "upper": upper},
            "coverage": coverage,
            "seen": seen,
        }
        for mask, incorrect_mask, no_mask, unsure, rate, lower, upper, coverage, seen in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


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
