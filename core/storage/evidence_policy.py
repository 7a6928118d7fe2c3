"""Questions about what may be kept of faces, and with which key it is sealed."""

from sqlalchemy.orm import Session

from core.evidence import EvidencePolicy
from core.face_seals import FaceKey, FaceSeal
from core.preferences import EvidenceMode
from core.secrets import SecretBox
from core.storage.preferences import read_preferences
from core.storage.tables import SettingRow

_NAME = "face_seal"


def publish_face_seal(session: Session, box: SecretBox) -> None:
    """Write the public half of the newest key, for workers, which have no secret key."""
    session.merge(SettingRow(name=_NAME, value=FaceKey(box).public))


def read_policy(session: Session) -> EvidencePolicy:
    """Read what is kept of faces now; the key only where it is needed."""
    mode = read_preferences(session).evidence
    row = session.get(SettingRow, _NAME) if mode is EvidenceMode.SHARP else None
    return EvidencePolicy(mode, FaceSeal(row.value) if row else None)
