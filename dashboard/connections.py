"""The open live connections of this process: counted, and cut off where they must end."""

import threading
from collections.abc import Collection, Iterable

from dashboard.admissions import Admission
from dashboard.websockets import WebSocket


class Connections:
    """Knows the WebSocket of each viewer, and what let them in.

    Cutting the TCP connection frees every thread that reads or writes there, and
    makes the page connect anew; a polite close would wait for a page that may be stuck.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Admission, WebSocket | None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, viewer_id: str, admission: Admission, page: WebSocket | None) -> None:
        with self._lock:
            self._open[viewer_id] = (admission, page)

    def admissions(self) -> dict[str, Admission]:
        """Tell what let each viewer in."""
        with self._lock:
            return {viewer_id: admission for viewer_id, (admission, _) in self._open.items()}

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

    def cut_ended(self, ended: Collection[Admission]) -> None:
        """Close the connections of sessions and tokens that are over."""
        for viewer_id, admission in self.admissions().items():
            if admission in ended:
                self.cut(viewer_id)
