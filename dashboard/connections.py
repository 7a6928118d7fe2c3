"""The open live connections of this process: counted, and cut off where they must end."""

import threading
from collections.abc import Collection, Iterable

from dashboard.websockets import WebSocket


class Connections:
    """Knows the WebSocket and the session of each viewer.

    Cutting the TCP connection frees every thread that reads or writes there, and
    makes the page connect anew; a polite close would wait for a page that may be stuck.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int | None, WebSocket | None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, viewer_id: str, session_id: int | None, page: WebSocket | None) -> None:
        with self._lock:
            self._open[viewer_id] = (session_id, page)

    def sessions(self) -> dict[str, int | None]:
        """Tell each viewer's session."""
        with self._lock:
            return {viewer_id: session_id for viewer_id, (session_id, _) in self._open.items()}

    def pages(self, viewer_ids: Iterable[str]) -> list[WebSocket]:
        """Find the WebSockets of some viewers; one that has left is passed over."""
        with self._lock:
            found = [self._open[one][1] for one in viewer_ids if one in self._open]
        return [page for page in found if page is not None]

    def cut(self, viewer_id: str) -> None:
        """Close one connection; fine if it is closed already."""
        with self._lock:
            _, page = self._open.pop(viewer_id, (None, None))
        if page is not None:
            page.cut()

    def cut_all(self) -> None:
        for viewer_id in list(self._open):
            self.cut(viewer_id)

    def cut_strangers(self, session_ids: Collection[int]) -> None:
        """Close the connections of sessions that have ended: all but these."""
        for viewer_id, session_id in self.sessions().items():
            if session_id not in session_ids:
                self.cut(viewer_id)
