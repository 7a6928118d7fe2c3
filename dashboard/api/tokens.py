"""API tokens: made once, shown once, revoked."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from flask import Response
from pydantic import AfterValidator, Field

from core.access_scopes import Subject, parse_scope, scope_of
from core.errors import BadRequest
from core.names import Name
from core.storage.audit import record_change
from core.storage.tokens import (
    Token,
    TokenTerms,
    create_token,
    describe,
    find_token,
    get_token,
    list_tokens,
    revoke_token,
)
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Ids, Moment, answer, answer_nothing
from dashboard.audit import actor
from dashboard.services import services

blueprint = api_blueprint("tokens", "What lets programs in.")


def _check_scope(text: str) -> str:
    try:
        return str(parse_scope(text))
    except BadRequest as error:
        raise ValueError(str(error)) from error


Scope = Annotated[
    str,
    Field(
        max_length=40,
        pattern=rf"^({'|'.join(Subject)})(:read)?$",
        description="A subject of this API, with `:read` behind it for GET alone.",
    ),
    AfterValidator(_check_scope),
]


class TokenPath(Asked):
    token_id: Id


class TokenAsked(Asked):
    """A token to make. Without scopes it reaches all that its role may."""

    name: Name
    role: Role
    scopes: list[Scope] = Field(default=[], max_length=2 * len(Subject))
    expires_at: Moment | None = Field(None, description="It is worthless from then on.")
    is_limited: bool = Field(False, description="It reaches only the cameras of site_ids.")
    site_ids: Ids = Field([])

    def terms(self) -> TokenTerms:
        return TokenTerms(
            scopes=frozenset(parse_scope(one) for one in self.scopes),
            cameras=scope_of(self.is_limited, frozenset(self.site_ids)),
            expires_at=self.expires_at,
        )


class TokenAnswer(Answered):
    id: int
    name: str
    role: Role
    scopes: list[str] = Field(description="What it reaches; empty for all subjects.")
    expires_at: datetime | None
    is_limited: bool
    site_ids: list[int]
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = Field(description="To the minute.")


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
    who = actor()
    with services().database.write() as session:
        text = create_token(session, body.name, body.role, body.terms(), who.name)
        made = find_token(session, body.name)
        record_change(session, who, "token.create", f'token "{made.name}"', None, describe(made))
    return answer(NewTokenAnswer(**_fields(made), token=text), HTTPStatus.CREATED)


@blueprint.delete("/tokens/<int:token_id>", responses={204: None})
@needs(Role.ADMIN)
def revoke(path: TokenPath) -> Response:
    """Make a token worthless."""
    with services().database.write() as session:
        token = get_token(session, path.token_id)
        revoke_token(session, token.name)
        subject = f'token "{token.name}"'
        record_change(session, actor(), "token.revoke", subject, describe(token))
    return answer_nothing()


def _fields(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "created_at": token.created_at,
        "created_by": token.created_by,
        "last_used_at": token.last_used_at,
        "name": token.name,
        **describe(token),
    }
