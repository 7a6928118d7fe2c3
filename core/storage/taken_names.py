"""Names that only one may have, and what is said where another one has it."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import NameTaken


def flush_named(session: Session, name: str) -> None:
    """Write what was added or renamed.

    Raises NameTaken where another one has the name; the transaction is over then.
    """
    try:
        session.flush()
    except IntegrityError as error:
        raise name_taken(name) from error


def name_taken(name: str) -> NameTaken:
    return NameTaken(f'the name "{name}" is taken already; choose another one')
