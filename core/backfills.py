"""Backfill: write the history of a recorded video, as if its camera had been watched then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.types import Frame, Result


class BackfillParameters(BaseModel):
    """What a job is told. upload: a file's name in the folder of uploads; file: its sender's."""

    model_config = ConfigDict(frozen=True)

    upload: str = Field(pattern=r"^[0-9a-f]{32}$")
    file: str
    camera_id: int
    starts_at: AwareDatetime
    replace: bool = False


class Backfilled(BaseModel):
    """What came of it."""

    model_config = ConfigDict(frozen=True)

    camera_id: int
    starts_at: datetime
    ends_at: datetime
    frames: int = Field(description="Frames that were analysed.")
    unchanged: int = Field(description="Frames in which nothing had changed.")
    people: dict[str, int] = Field(description="New people by verdict.")
    not_required: int = Field(description="People who passed when no mask had to be worn.")
    replaced: int = Field(description="Sightings that stood there before, and were erased.")
    took_s: float = Field(description="Seconds that it took.")
    times_real_time: float = Field(description="How much faster than the video plays.")

    def describe(self) -> str:
        """Say it in one line."""
        people = ", ".join(f"{count} {verdict}" for verdict, count in self.people.items() if count)
        return (
            f"{people or 'nobody'} between {self.starts_at:%Y-%m-%d %H:%M:%S} and "
            f"{self.ends_at:%H:%M:%S} UTC; {self.times_real_time:g} times real time"
        )


@dataclass(frozen=True, slots=True)
class Footage:
    """Of what camera a video is, since when, and which of its frames its camera would take."""

    camera_id: int
    starts_at: datetime
    frames_per_second: float
    long_side: int


class Video(Protocol):
    """A recorded video, read as its camera would have delivered it."""

    @property
    def duration_s(self) -> float | None:
        """How long it says that it plays; None if it does not say."""

    def frames(self, footage: Footage) -> Iterator[Frame | Result]:
        """Give the frames, in their order; a Result, of the kind unchanged, for the still ones."""
