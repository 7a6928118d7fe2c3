"""Set up the log of a process: one line a record on stderr, passwords taken out."""

import logging
import re
import sys

_CREDENTIALS = re.compile(r"(\b[a-zA-Z][\w+.-]*://)[^\s/'\"]*(?:/[^\s'\"]*)?@")
"""What stands between a scheme and the last @, a slash within the password included."""


def set_up_logs(level: str = "INFO") -> None:
    """Log to stderr, so that whoever runs the process keeps the file."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


class RedactingFormatter(logging.Formatter):
    """Takes passwords out of the finished line, tracebacks and arguments included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_urls(super().format(record))


def redact_urls(text: str) -> str:
    """Remove `user:password@` from every URL in a text."""
    return _CREDENTIALS.sub(r"\1", text)
