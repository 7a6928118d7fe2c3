"""API tokens: made once, shown once, revoked."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import Field

from core.errors import NotFound
from core.storage.users import Role, Token, create_token, list_tokens, revoke_token
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Name, answer, answer_nothing
from dashboard.problems import conflict
from dashboard.services import services

blueprint = api_blueprint("tokens", "What lets programs in.")


class TokenPath(Asked):
    token_id: Id


class TokenAsked(Asked):
    name: Name
    role: Role


class TokenAnswer(Answered):
    id: int
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None


class NewTokenAnswer(TokenAnswer):
    token: str = Field(description="The token itself; it is shown this once.")


class TokenPage(Answered):
    items: list[TokenAnswer]
    next_cursor: str | None = None


@blueprint.get("/tokens", responses={200: TokenPage})
@needs(Role.ADMIN)
def list_all() -> Response:
    """List the tokens, without their text."""
    with services().database.read() as session:
        found = list_tokens(session)
    return answer(TokenPage(items=[TokenAnswer(**_fields(one)) for one in found]))


@blueprint.post("/tokens", responses={201: NewTokenAnswer})
@needs(Role.ADMIN)
def make(body: TokenAsked) -> Response:
    """Make a token."""
    with services().database.write() as session:
        if any(token.name == body.name for token in list_tokens(session)):
            raise conflict("name", f'a token named "{body.name}" is there already')
        text = create_token(session, body.name, body.role)
        made = next(one for one in list_tokens(session) if one.name == body.name)
    return answer(NewTokenAnswer(**_fields(made), token=text), HTTPStatus.CREATED)


@blueprint.delete("/tokens/<int:token_id>", responses={204: None})
@needs(Role.ADMIN)
def revoke(path: TokenPath) -> Response:
    """Make a token worthless."""
    with services().database.write() as session:
        names = [token.name for token in list_tokens(session) if token.id == path.token_id]
        if not names:
            raise NotFound(f"there is no token {path.token_id}")
        revoke_token(session, names[0])
    return answer_nothing()


def _fields(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }
