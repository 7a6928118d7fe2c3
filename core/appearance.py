"""How a person wants pages: their language, light or dark."""

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Appearance:
    """A person's choice. None: as the browser says. language: such as `de`."""

    language: str | None = None
    theme: Theme | None = None


AS_THE_BROWSER_SAYS = Appearance()
