"""Files are written as they are read: a page at a time, safe for spreadsheets."""

from collections.abc import Iterator, Sequence

import pytest

from dashboard.exports import EXPORTS_MAX, Fields, stream_csv, stream_ndjson
from dashboard.problems import Refused


def pages(count: int, made: list[int]) -> Iterator[Sequence[Fields]]:
    """Make pages of two rows; `made` tells how many there were so far."""
    for number in range(count):
        made.append(number)
        yield [{"page": number, "row": row} for row in range(2)]


def test_a_page_is_made_when_it_is_read() -> None:
    made: list[int] = []
    response = stream_ndjson("x.ndjson", pages(1_000, made))
    chunks = response.iter_encoded()
    for number in range(10):
        assert next(chunks).count(b"\n") == 2
        assert len(made) == number + 1
    response.close()


def test_a_file_without_pages_has_its_names_alone() -> None:
    with stream_csv("x.csv", ["a", "b"], []) as response:
        assert response.get_data() == b"a,b\r\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        ('a "b", c', '"a ""b"", c"'),
        ("two\nlines", '"two\nlines"'),
        ("", ""),
        (None, ""),
        (True, "true"),
        (-1.5, "-1.5"),
    ],
)
def test_cells_are_written_so_that_a_spreadsheet_runs_nothing(value: object, cell: str) -> None:
    with stream_csv("x.csv", ["a", "b"], [[{"a": value, "b": 1}]]) as response:
        assert response.get_data(as_text=True) == f"a,b\r\n{cell},1\r\n"


def test_an_error_before_the_first_page_gives_the_place_back() -> None:
    def broken() -> Iterator[Sequence[Fields]]:
        raise ValueError
        yield []

    for _ in range(EXPORTS_MAX + 1):
        with pytest.raises(ValueError):  # noqa: PT011  # of the test's own
            stream_ndjson("x.ndjson", broken())


def test_no_more_than_a_few_files_are_written_at_once() -> None:
    running = [stream_ndjson("x.ndjson", pages(2, [])) for _ in range(EXPORTS_MAX)]
    with pytest.raises(Refused, match="are running"):
        stream_ndjson("x.ndjson", pages(2, []))
    for response in running:
        response.get_data()
        response.close()
    stream_ndjson("x.ndjson", pages(2, [])).close()
