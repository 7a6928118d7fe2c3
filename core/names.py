"""What names may be: short, and fit to be printed."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, StringConstraints

from core.errors import BadRequest

NAME_CHARACTERS_MAX = 100


def check_name(field: str, name: str) -> None:
    """Raise BadRequest for the field, unless it is a name."""
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable():
        raise BadRequest(
            field,
            f"{field}: expected 1 to {NAME_CHARACTERS_MAX} characters without line breaks and "
            f"control characters, found {repr(name)[:60]}",
        )


def _check_printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("text without line breaks and control characters")
    return value


Text: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=NAME_CHARACTERS_MAX),
    AfterValidator(_check_printable),
]
Name: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS_MAX),
    AfterValidator(_check_printable),
]
