"""What several subjects of the API share: base classes, pages, times, counts."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, TypeAlias

from flask import Response
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from core.statistics import Counts
from dashboard.problems import unfit

ID_MAX = 2**31 - 1
"""Largest id of cameras, users and tokens: they are 32-bit columns on PostgreSQL."""
YEARS = range(2000, 2200)
"""Times outside are typing errors, and near the ends of the calendar sums overflow."""
LOOK_BACK = timedelta(hours=24)

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Asked(BaseModel):
    """Base of what is sent to us: unknown names are errors, not silence."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Answered(BaseModel):
    """Base of what we answer; `model_validate` takes the fields of an object of the same names."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def answer(model: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(model.model_dump_json(), status, mimetype="application/json")


def answer_nothing() -> Response:
    return Response(status=HTTPStatus.NO_CONTENT)


def _read_rfc_3339(value: object) -> datetime:
    """Read a time as it stands in JSON or an address; JSON itself has none."""
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        with suppress(ValueError):  # such as a 32nd of January
            return datetime.fromisoformat(value.upper())
    raise ValueError("a time like 2026-01-31T08:00:00Z (in an address, write + as %2B)")


def _check_year(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise ValueError(f"a time from {YEARS.start} on and before {YEARS.stop}")
    return value


Moment: TypeAlias = Annotated[
    AwareDatetime,
    Field(examples=["2026-01-31T08:00:00Z"]),
    BeforeValidator(_read_rfc_3339),
    AfterValidator(_check_year),
]
Id: TypeAlias = Annotated[int, Field(ge=1, le=ID_MAX)]
Ids: TypeAlias = Annotated[list[Id], Field(max_length=1000)]


class TimeRange(Asked):
    """A stretch of time, by default the last 24 hours."""

    start: Moment | None = Field(None, alias="from", description="RFC 3339; default 24 h before.")
    end: Moment | None = Field(None, alias="to", description="RFC 3339; default now.")

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Fill in the defaults. Refuses an empty range."""
        end = self.end or now
        start = self.start or end - LOOK_BACK
        if start >= end:
            raise unfit("from", f"a time before {end.isoformat()}", start.isoformat())
        return start.astimezone(UTC), end.astimezone(UTC)


class IntervalAnswer(Answered):
    lower: float
    upper: float


class CountsAnswer(Answered):
    """Sightings by verdict; rate and interval are null where nobody was judged."""

    mask: int
    incorrect_mask: int
    no_mask: int
    unsure: int
    rate: float | None = Field(description="mask / (mask + incorrect_mask + no_mask)")
    interval: IntervalAnswer | None = Field(description="Wilson 95 % interval of the rate.")
    coverage: float | None = Field(description="Share of sightings that could be judged.")


def counts_fields(counts: Counts) -> dict[str, object]:
    """Spell counts out as the fields of a CountsAnswer."""
    interval = counts.interval
    return {
        "mask": counts.mask,
        "incorrect_mask": counts.incorrect_mask,
        "no_mask": counts.no_mask,
        "unsure": counts.unsure,
        "rate": counts.rate,
        "interval": IntervalAnswer(lower=interval[0], upper=interval[1]) if interval else None,
        "coverage": counts.coverage,
    }
