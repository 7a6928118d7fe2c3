"""Passwords of cameras never reach a log."""

import logging

import pytest

from core.logs import RedactingFormatter, redact_urls


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("open rtsp://ann:secret@door/1 now", "open rtsp://door/1 now"),
        ("rtsp://ann:p@ss:w/o#rd@door:554/1", "rtsp://door:554/1"),
        ("http://door/1 has none", "http://door/1 has none"),
        ("'rtsps://a:b@door'", "'rtsps://door'"),
        ("two rtsp://a:b@x/1 rtsp://c:d@y/2", "two rtsp://x/1 rtsp://y/2"),
        ("mail ann@example.org", "mail ann@example.org"),
        ("", ""),
    ],
)
def test_credentials_are_taken_out(text: str, redacted: str) -> None:
    assert redact_urls(text) == redacted


def test_arguments_and_tracebacks_are_redacted_too() -> None:
    try:
        raise ValueError("cannot open rtsp://ann:secret@door/1")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 1, "bad %s", ("rtsp://ann:secret@door/2",), None
        )
        record.exc_info = (type(error), error, error.__traceback__)
    line = RedactingFormatter("%(message)s").format(record)
    assert "secret" not in line
    assert "rtsp://door/2" in line
