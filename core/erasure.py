"""What an erasure is asked for, and what it tells."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator


class ErasureParameters(BaseModel):
    """Whose history is to go, and of when: [start, end); None: all cameras, no bound."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera_id: int | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None

    @model_validator(mode="after")
    def check(self) -> "ErasureParameters":
        """Refuse an empty range."""
        if self.start and self.end and self.start >= self.end:
            raise ValueError("`from` must be before `to`")
        return self

    def describe(self) -> str:
        """Say it in words, for logs, the audit and commands."""
        whose = "all cameras" if self.camera_id is None else f"camera {self.camera_id}"
        start, end = (_words(moment) for moment in (self.start, self.end))
        if start and end:
            return f"{whose} from {start} to {end}"
        if start or end:
            return f"{whose} since {start}" if start else f"{whose} until {end}"
        return whose


def _words(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""


class Erased(BaseModel):
    """Rows that go, or went; hours and days that were only counted anew are not told."""

    model_config = ConfigDict(frozen=True)

    sightings: int = 0
    pictures: int = 0
    minutes: int = 0
    frame_accounts: int = 0
    open_tracks: int = 0
    open_pictures: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(**{name: count + getattr(other, name) for name, count in self})

    def describe(self) -> str:
        """Say it in words, for logs and commands."""
        return (
            f"{self.sightings} sightings, {self.pictures} pictures, {self.minutes} minutes, "
            f"{self.frame_accounts} frame accounts, {self.open_tracks} snapshots of open tracks, "
            f"{self.open_pictures} pictures of open tracks"
        )
