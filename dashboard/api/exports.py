"""Exports: the history as files for spreadsheets and programs, as long as it may be."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import Field

from core.buckets import following
from core.storage.audit import record_change
from core.storage.camera_filters import CameraPlace, check_camera_asked, read_places
from core.storage.compliance import ComplianceBucket
from core.storage.engine import utc_now
from core.storage.sightings import Sighting, SightingFilter, read_all_sightings
from core.storage.users import Role
from core.types import Verdict
from dashboard.access import needs
from dashboard.api.compliance import ComplianceQuery, ask_compliance
from dashboard.api.history_filters import HistoryQuery, ZoneName
from dashboard.api.operations import api_blueprint
from dashboard.audit import actor
from dashboard.exports import Fields, stream_csv, stream_ndjson
from dashboard.services import services

blueprint = api_blueprint("exports", "The history as files, however long.")

SIGHTING_COLUMNS = (
    "id",
    "camera_id",
    "camera",
    "site",
    "zone",
    "started_at",
    "ended_at",
    "verdict",
    "mask",
    "incorrect_mask",
    "no_mask",
    "faces",
    "is_continuation",
    "is_required",
    "changes",
    "model_version",
    "has_picture",
    "review",
)
BUCKET_COLUMNS = (
    "start",
    "end",
    "mask",
    "incorrect_mask",
    "no_mask",
    "unsure",
    "rate",
    "lower",
    "upper",
    "coverage",
    "seen",
    "gap",
)


class SightingsExportQuery(HistoryQuery):
    verdict: Verdict | None = None
    is_required: bool | None = Field(None, description="Whether a mask had to be worn then.")
    has_picture: bool | None = None
    reviewed: bool | None = Field(None, description="Whether somebody said what is right.")
    tz: ZoneName = Field("UTC", description="IANA time zone that times are written in.")


def _file_of(media_type: str) -> dict[str | int | HTTPStatus, Any]:
    schema = {"type": "string"}
    return {200: {"description": "A file.", "content": {media_type: {"schema": schema}}}}


_CSV, _NDJSON = _file_of("text/csv"), _file_of("application/x-ndjson")


@blueprint.get("/exports/sightings.csv", responses=_CSV)
@needs(Role.VIEWER)
def export_sightings_csv(query: SightingsExportQuery) -> Response:
    """Export sightings as CSV, newest first."""
    return stream_csv("sightings.csv", SIGHTING_COLUMNS, _sighting_pages(query))


@blueprint.get("/exports/sightings.ndjson", responses=_NDJSON)
@needs(Role.VIEWER)
def export_sightings_ndjson(query: SightingsExportQuery) -> Response:
    """Export sightings as a JSON object a line, newest first."""
    return stream_ndjson("sightings.ndjson", _sighting_pages(query))


@blueprint.get("/exports/compliance.csv", responses=_CSV)
@needs(Role.VIEWER)
def export_compliance_csv(query: ComplianceQuery) -> Response:
    """Export compliance by buckets as CSV."""
    return stream_csv("compliance.csv", BUCKET_COLUMNS, [_bucket_rows(query)])


@blueprint.get("/exports/compliance.ndjson", responses=_NDJSON)
@needs(Role.VIEWER)
def export_compliance_ndjson(query: ComplianceQuery) -> Response:
    """Export compliance by buckets as a JSON object a line."""
    return stream_ndjson("compliance.ndjson", [_bucket_rows(query)])


def _sighting_pages(query: SightingsExportQuery) -> Iterator[Sequence[Fields]]:
    """Write down who takes what out of the house, then read it page by page.

    Nothing is done before the first page is asked for: an export that is refused for want
    of a place took nothing.
    """
    start, end = query.bounds(utc_now())
    asked = query.cameras
    wanted = SightingFilter(
        start,
        end,
        query.verdict,
        asked.camera_id,
        asked.site,
        asked.zone,
        query.is_required,
        query.has_picture,
        query.reviewed,
        asked.scope,
    )
    database, zone = services().database, ZoneInfo(query.tz)
    with database.write() as session:
        check_camera_asked(session, asked)
        places = read_places(session, asked)
        told = query.model_dump(mode="json", exclude_none=True, by_alias=True)
        told |= {"from": start.isoformat(), "to": end.isoformat()}
        record_change(session, actor(), "export.sightings", "sightings", after=told)
    for page in read_all_sightings(database, wanted):
        yield [_sighting_row(one, places, zone) for one in page]


def _sighting_row(one: Sighting, places: Mapping[int, CameraPlace], zone: tzinfo) -> Fields:
    place = places[one.camera_id]
    values = (
        one.id,
        one.camera_id,
        place.camera,
        place.site,
        place.zone,
        _write_time(one.started_at, zone),
        _write_time(one.ended_at, zone),
        one.verdict.value,
        one.mask,
        one.incorrect_mask,
        one.no_mask,
        one.faces,
        one.is_continuation,
        one.is_required,
        one.changes,
        one.model_version,
        one.has_picture,
        one.review.label.value if one.review else "",
    )
    return dict(zip(SIGHTING_COLUMNS, values, strict=True))


def _bucket_rows(query: ComplianceQuery) -> list[Fields]:
    zone = ZoneInfo(query.tz)
    return [_bucket_row(one, query, zone) for one in ask_compliance(query).series]


def _bucket_row(one: ComplianceBucket, query: ComplianceQuery, zone: ZoneInfo) -> Fields:
    counts = one.counts
    lower, upper = counts.interval or (None, None)
    values = (
        _write_time(one.start, zone),
        _write_time(following(one.start, query.bucket, zone), zone),
        counts.mask,
        counts.incorrect_mask,
        counts.no_mask,
        counts.unsure,
        counts.rate,
        lower,
        upper,
        counts.coverage,
        one.tally.seen,
        one.is_gap,
    )
    return dict(zip(BUCKET_COLUMNS, values, strict=True))


def _write_time(moment: datetime, zone: tzinfo) -> str:
    """Write a moment as RFC 3339 by the clocks of a zone."""
    return moment.astimezone(zone).isoformat()
