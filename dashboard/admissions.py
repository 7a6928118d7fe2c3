"""By what right live pages are open: a person's session, or the token of a kiosk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.access_scopes import CameraScope
from core.storage.engine import Database
from core.storage.sessions import list_session_users, mark_seen
from core.storage.tokens import list_open_tokens, mark_tokens_used


class AdmissionKind(StrEnum):
    SESSION = "session"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Admission:
    """What let a page in. id: the session's, or the token's."""

    kind: AdmissionKind
    id: int


def read_scopes(
    database: Database, admissions: Collection[Admission], now: datetime
) -> dict[Admission, CameraScope]:
    """Tell what each may see; one that is over, ended or revoked is left out."""
    with database.read() as session:
        users = list_session_users(session, _ids(admissions, AdmissionKind.SESSION), now)
        tokens = list_open_tokens(session, _ids(admissions, AdmissionKind.KIOSK), now)
    return {
        **{Admission(AdmissionKind.SESSION, one): user.scope for one, user in users.items()},
        **{Admission(AdmissionKind.KIOSK, one.id): one.terms.cameras for one in tokens},
    }


def mark_in_use(database: Database, admissions: Collection[Admission], now: datetime) -> None:
    """Count an open page as use: a wall that is looked at stays signed in."""
    with database.write() as session:
        mark_seen(session, _ids(admissions, AdmissionKind.SESSION), now)
        mark_tokens_used(session, _ids(admissions, AdmissionKind.KIOSK))


def _ids(admissions: Collection[Admission], kind: AdmissionKind) -> list[int]:
    return sorted({one.id for one in admissions if one.kind is kind})
