"""What an administrator may choose while everything runs; kept in SQL, unlike `settings`.

A choice takes effect within seconds in every process, without a restart.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=1, le=36_500)]


class EvidenceMode(StrEnum):
    """What is kept of a face: no picture, a blurred one, or a sharp one, sealed."""

    NUMBERS = "numbers"
    BLURRED = "blurred"
    SHARP = "sharp"


class _Choice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retention(_Choice):
    """For how long things are kept. Hours and days of the history are kept for ever."""

    pictures_days: Days = 30
    pictures_megabytes: int = Field(
        default=2_000, ge=1, le=10_000_000, description="Oldest go first."
    )
    sightings_days: Days = 400
    minutes_days: Days = 400
    audit_days: Days = 1_000
    jobs_days: Days = 90


class CountedPhase(StrEnum):
    """Which label counts of a person who put a mask on or took it off in view."""

    LONGEST = "longest"
    LAST = "last"
    WORST = "worst"


class VerdictRule(_Choice):
    """When a track is judged, rather than left `unsure`, and what counts (docs/verdicts.md)."""

    faces_min: int = Field(default=3, ge=1, le=100, description="Faces that voted.")
    weight_min: float = Field(
        default=0.8, ge=0, le=100, description="Sum of their weights; a clear face has about 1."
    )
    agreement_min: float = Field(
        default=0.6, ge=0, le=1, description="Share of the weight that the winner must have."
    )
    face_px_min: int = Field(
        default=12, ge=1, le=1_000, description="Narrower faces are followed, but do not vote."
    )
    changed: CountedPhase = Field(
        default=CountedPhase.LONGEST,
        description="What counts after a change: the label worn longest, last, or the worst.",
    )


class Preferences(_Choice):
    """All choices; the defaults are what a new installation begins with."""

    evidence: EvidenceMode = EvidenceMode.BLURRED
    retention: Retention = Retention()
    verdict_rule: VerdictRule = VerdictRule()
    session_hours: int = Field(
        default=168, ge=1, le=8_760, description="A sign-in ends after so long."
    )
