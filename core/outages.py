"""Wait for a server that is away, and tell an operator once, not once a second."""

import logging

from core.processes import Stop

logger = logging.getLogger(__name__)

PAUSE_S = 1.0
"""redis-py itself has waited and tried again before; SQLite has waited for its lock."""


class Outage:
    """One for each loop: `wait` where a server was away, `end` where all went well."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._is_on = False

    def wait(self, message: str) -> None:
        """Pause before the next try; the first one is logged."""
        if not self._is_on:
            self._is_on = True
            logger.warning("%s", message)
        self._stop.wait(PAUSE_S)

    def end(self) -> None:
        if self._is_on:
            self._is_on = False
            logger.info("everything answers again")
