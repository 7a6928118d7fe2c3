"""What someone may reach: the cameras of some sites, some subjects of the API, or all."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import BadRequest


@dataclass(frozen=True, slots=True)
class CameraScope:
    """The sites whose cameras may be seen; None: all cameras, those of no site too.

    What is out of scope does not exist for whom it is hidden from: NotFound, not Forbidden.
    """

    site_ids: frozenset[int] | None

    @property
    def is_limited(self) -> bool:
        return self.site_ids is not None

    def sees(self, site_id: int | None) -> bool:
        """Say whether a camera of that site may be seen; None: it hangs at no site."""
        return self.site_ids is None or site_id in self.site_ids


EVERYWHERE = CameraScope(None)


def scope_of(is_limited: bool, site_ids: frozenset[int] | None) -> CameraScope:
    """Make the scope of who is limited to these sites, if limited; None: to none at all."""
    return CameraScope(site_ids or frozenset()) if is_limited else EVERYWHERE


class Subject(StrEnum):
    """What the API answers for; each has a blueprint of that name in `dashboard/api/`."""

    ACCOUNT = "account"
    ANALYZE = "analyze"
    AUDIT = "audit"
    CAMERAS = "cameras"
    COMPLIANCE = "compliance"
    ERASURES = "erasures"
    EXPORTS = "exports"
    GROUPS = "groups"
    JOBS = "jobs"
    METRICS = "metrics"
    MODELS = "models"
    PREFERENCES = "preferences"
    SIGHTINGS = "sightings"
    SITES = "sites"
    SYSTEM = "system"
    TOKENS = "tokens"
    USERS = "users"
    WALL = "wall"


@dataclass(frozen=True, slots=True, order=True)
class SubjectScope:
    """A subject that a token reaches: all its operations, or those that only read.

    Written as `cameras` or `cameras:read`. To read is to send GET or HEAD.
    """

    subject: Subject
    is_reading_only: bool = False

    def __str__(self) -> str:
        return self.subject + (_READING if self.is_reading_only else "")

    def allows(self, subject: Subject, is_reading: bool) -> bool:
        return self.subject is subject and (is_reading or not self.is_reading_only)


_READING = ":read"


def parse_scope(text: str) -> SubjectScope:
    """Read a scope as it is written. Raises BadRequest for the field scopes."""
    name = text.strip()
    try:
        return SubjectScope(Subject(name.removesuffix(_READING)), name.endswith(_READING))
    except ValueError as error:
        raise BadRequest(
            "scopes",
            f'"{text}" is no scope; give one of {", ".join(Subject)}, or one of them with '
            f"{_READING} behind it",
        ) from error
