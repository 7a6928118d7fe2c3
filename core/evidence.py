"""What may be kept of faces now, as whoever cuts them is told."""

from dataclasses import dataclass

from core.face_seals import FaceSeal
from core.preferences import EvidenceMode


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """The mode, and what to seal sharp faces with; seal is None where no key was published."""

    mode: EvidenceMode = EvidenceMode.NUMBERS
    seal: FaceSeal | None = None


NOTHING = EvidencePolicy()
