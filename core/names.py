"""What names may be: short, and fit to be printed."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, StringConstraints

from core.errors import BadRequest

NAME_CHARACTERS_MAX = 100


def check_printable(value: str) -> str:
    """Let a text through as it is; raises ValueError, as pydantic expects."""
    if not value.isprintable():
        raise ValueError("text without line breaks and control characters")
    return value


def check_name(field: str, name: str) -> None:
    """Raise BadRequest for the field, unless it is a name."""
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable():
        raise BadRequest(
            field,
            f"{field}: expected 1 to {NAME_CHARACTERS_MAX} characters without line breaks and "
            f"control characters, found {repr(name)[:60]}",
        )


Text: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=NAME_CHARACTERS_MAX),
    AfterValidator(check_printable),
]
Name: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS_MAX),
    AfterValidator(check_printable),
]
