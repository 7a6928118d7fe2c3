"""Follow what may be kept of faces, as the administrator chooses it while workers run."""

import logging
import threading

from core.errors import DatabaseAway
from core.evidence import NOTHING, EvidencePolicy
from core.processes import Stop
from core.storage.engine import Database
from core.storage.evidence_policy import read_policy

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0


class PolicyFollower:
    """Reads the policy beside the inference loop, which must not wait for a database.

    policy: what to do now. Nothing is kept before it was read for the first time; while
    the database is away it stays as it was. Without a database nothing is ever kept.
    """

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._is_away = False
        self.policy: EvidencePolicy = NOTHING

    def start(self, stop: Stop) -> threading.Thread:
        """Follow in a thread of its own until asked to stop."""
        thread = threading.Thread(target=self._run, args=(stop,), name="policy", daemon=True)
        thread.start()
        return thread

    def look(self) -> None:
        """Read the policy once."""
        if self._database is None:
            return
        try:
            with self._database.read() as session:
                policy = read_policy(session)
        except DatabaseAway as error:
            self._note_away(error)
            return
        if policy.mode is not self.policy.mode:
            logger.info("evidence mode is %s", policy.mode.value)
        self.policy, self._is_away = policy, False

    def _note_away(self, error: DatabaseAway) -> None:
        """Say once that the database went away."""
        if not self._is_away:
            logger.warning("%s; pictures of faces are treated as before", error)
        self._is_away = True

    def _run(self, stop: Stop) -> None:
        while not stop.is_set:
            try:
                self.look()
            except Exception:
                logger.exception("what may be kept of faces could not be read")
            stop.wait(LOOK_EVERY_S)
