"""Cursors of lists by time: each names the last row of a page, behind which the next one begins."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from core.errors import BadRequest
from core.types import from_microseconds, to_microseconds

Id = TypeVar("Id", int, str)


def write_cursor(moment: datetime, row_id: int | str) -> str:
    return f"{to_microseconds(moment)}-{row_id}"


def read_cursor(cursor: str, read_id: Callable[[str], Id]) -> tuple[datetime, Id]:
    """Read a row's moment and id. Raises BadRequest on a cursor that is not one of ours."""
    microseconds, _, row_id = cursor.partition("-")
    try:
        return from_microseconds(int(microseconds)), read_id(row_id)
    except (ValueError, OverflowError) as error:
        raise BadRequest("cursor", "this cursor was not made by this list") from error
