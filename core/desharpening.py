"""What is asked and told where kept sharp pictures are to be blurred, or removed."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class SharpPictures(StrEnum):
    """What becomes of them; neither can be undone."""

    BLUR = "blur"
    REMOVE = "remove"


class DesharpeningParameters(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sharp_pictures: SharpPictures


class Desharpened(BaseModel):
    """Pictures, by what became of them. unreadable: sealed with a key that is lost; they stay."""

    model_config = ConfigDict(frozen=True)

    blurred: int = 0
    removed: int = 0
    unreadable: int = 0

    def __add__(self, other: "Desharpened") -> "Desharpened":
        return Desharpened(**{name: count + getattr(other, name) for name, count in self})

    def describe(self) -> str:
        """Say it in words."""
        words = f"{self.blurred} pictures blurred, {self.removed} removed"
        lost = f"; {self.unreadable} were sealed with a key that is not here, and stay"
        return words + (lost if self.unreadable else "")
