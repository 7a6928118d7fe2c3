"""What retention is asked for, and what it tells."""

from pydantic import BaseModel, ConfigDict


class RetentionParameters(BaseModel):
    """Nothing is asked: what may be kept for how long stands in the preferences."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stored(BaseModel):
    """What is kept now, of all that a retention may take; minutes are left out: they are many."""

    model_config = ConfigDict(frozen=True)

    pictures: int
    picture_bytes: int
    sharp_pictures: int
    sightings: int
    audit: int
    jobs: int


class Pruned(BaseModel):
    """Rows that go, or went. Pictures that go with their sightings are counted with them."""

    model_config = ConfigDict(frozen=True)

    pictures: int = 0
    picture_bytes: int = 0
    sightings: int = 0
    minutes: int = 0
    frame_accounts: int = 0
    audit: int = 0
    jobs: int = 0

    @property
    def rows(self) -> int:
        return sum(count for name, count in self if name != "picture_bytes")

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(**{name: count + getattr(other, name) for name, count in self})

    def describe(self) -> str:
        """Say it in words, for logs and commands."""
        return (
            f"{self.pictures} pictures ({self.picture_bytes / 1e6:.1f} MB), "
            f"{self.sightings} sightings, {self.minutes} minutes, "
            f"{self.frame_accounts} frame accounts, {self.audit} entries of the audit, "
            f"{self.jobs} jobs"
        )
