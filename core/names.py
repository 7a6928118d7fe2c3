"""What names may be: short, and fit to be printed."""

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
