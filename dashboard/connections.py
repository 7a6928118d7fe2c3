"""The open live connections of this process: counted, and cut off where they must end."""

import logging
import socket
import threading
from collections.abc import Iterable

logger = logging.getLogger(__name__)


class Connections:
    """Knows the TCP connection and the user of each viewer.

    Cutting the TCP connection frees every thread that reads or writes there, and
    makes the page connect anew; a polite close would wait for a page that may be stuck.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int | None, socket.socket | None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, viewer_id: str, user_id: int | None, connection: socket.socket | None) -> None:
        with self._lock:
            self._open[viewer_id] = (user_id, connection)

    def cut(self, viewer_id: str) -> None:
        """Close one connection; fine if it is closed already."""
        with self._lock:
            _, connection = self._open.pop(viewer_id, (None, None))
        if connection is None:
            return
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("the connection of viewer %s was closed already", viewer_id)

    def cut_all(self) -> None:
        for viewer_id in list(self._open):
            self.cut(viewer_id)

    def cut_strangers(self, user_ids: Iterable[int]) -> None:
        """Close the connections of people who are users no more."""
        known = frozenset(user_ids)
        with self._lock:
            gone = [name for name, (user_id, _) in self._open.items() if user_id not in known]
        for viewer_id in gone:
            self.cut(viewer_id)
