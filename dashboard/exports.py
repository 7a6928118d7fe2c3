"""Write rows as CSV or as lines of JSON, and stream them a page at a time."""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from itertools import chain
from typing import TypeAlias

from flask import Response

from core.csv_cells import guard_cell
from dashboard.problems import Refused

Fields: TypeAlias = Mapping[str, object]
"""One row: the values by the names of their columns, the same names in each row."""
Writer: TypeAlias = Callable[[Sequence[Fields]], str]

EXPORTS_MAX = 4
"""At once and per process: each holds one of its threads until its reader is done."""

_places = threading.BoundedSemaphore(EXPORTS_MAX)


def stream_csv(name: str, columns: Sequence[str], pages: Iterable[Sequence[Fields]]) -> Response:
    """Answer with a CSV file (RFC 4180, UTF-8): a line of names, then one for each row."""
    header = _write_csv([{column: column for column in columns}])
    return _stream(name, "text/csv; header=present", _write_csv, pages, header)


def stream_ndjson(name: str, pages: Iterable[Sequence[Fields]]) -> Response:
    """Answer with a JSON object a line, UTF-8."""
    return _stream(name, "application/x-ndjson", _write_ndjson, pages)


class _Place:
    """One of the few places for exports; given back once, by whatever ends first."""

    def __init__(self) -> None:
        """Take one. Raises Refused where none is free."""
        if not _places.acquire(blocking=False):
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{EXPORTS_MAX} exports are running; try again when one of them is done.",
            )
        self._lock = threading.Lock()

    def leave(self) -> None:
        if self._lock.acquire(blocking=False):
            _places.release()


def _stream(
    name: str,
    media_type: str,
    write: Writer,
    pages: Iterable[Sequence[Fields]],
    header: str = "",
) -> Response:
    """Answer with a file of which one page at a time is in memory.

    The first page is read now, while an error can still be answered as one; a later
    one cuts the answer off before its end, which its reader notices.
    """
    with ExitStack() as on_error:
        place = _Place()
        on_error.callback(place.leave)
        chunks = (write(page) for page in pages)
        first = header + next(chunks, "")
        on_error.pop_all()
    response = Response(
        _until_end(chain([first], chunks), place), content_type=f"{media_type}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(place.leave)
    return response


def _until_end(chunks: Iterable[str], place: _Place) -> Iterator[str]:
    try:
        yield from chunks
    finally:
        place.leave()


def _write_csv(page: Sequence[Fields]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row.values()] for row in page)
    return text.getvalue()


def _cell(value: object) -> object:
    """Write a value as spreadsheets read it; a text that would be a formula is defused."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard_cell(value) if isinstance(value, str) else value


def _write_ndjson(page: Sequence[Fields]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in page)
