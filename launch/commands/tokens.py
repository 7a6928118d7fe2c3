"""The commands of API tokens.

They work on the database, whether the system runs or not; what runs sees the
change within seconds.
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import json_option, role_option, site_option, with_settings
from launch.commands.printing import in_seconds, print_rows

if TYPE_CHECKING:
    from core.settings import Settings
    from core.storage.tokens import TokenTerms

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@click.group()
def token() -> None:
    """Create API tokens, list and revoke them."""


@token.command("create")
@click.argument("name")
@role_option
@click.option("--expires", help="For how long it works: 12h, 90d or 26w. Default: for ever.")
@click.option("--scope", "scopes", multiple=True, help="cameras, or cameras:read; repeatable.")
@site_option
@with_settings
def create_token(settings: "Settings", /, name: str, role: str, **wanted: Any) -> None:
    """Create an API token, and print it alone on the last line. It is shown only here.

    Without --scope it reaches all that its role may, without --site all cameras.
    """
    from core.storage import tokens
    from core.storage.audit import record_change
    from core.storage.limits import find_ids
    from core.storage.users import Role
    from launch.commands.actors import command_actor
    from launch.database import open_database

    who = command_actor()
    with open_database(settings) as database, database.write() as session:
        terms = _read_terms(find_ids(session, "site", wanted.pop("sites")), **wanted)
        text = tokens.create_token(session, name, Role(role), terms, who.name)
        facts = tokens.describe(tokens.find_token(session, name.strip()))
        record_change(session, who, "token.create", f'token "{name}"', None, facts)
    click.echo(f'token "{name}" acts as {role}; send it as "Authorization: Bearer TOKEN":')
    click.echo(text)


@token.command("list")
@json_option
@with_settings
def list_tokens(settings: "Settings", as_json: bool) -> None:
    """List the tokens, not their texts: those are kept nowhere."""
    from core.storage import tokens
    from core.storage.limits import with_names
    from launch.database import open_database

    with open_database(settings) as database, database.read() as session:
        rows = [
            {
                "name": one.name,
                **with_names(session, tokens.describe(one)),
                "expires_at": in_seconds(one.terms.expires_at),
                "since": in_seconds(one.created_at),
                "by": one.created_by,
                "last_used": in_seconds(one.last_used_at),
            }
            for one in tokens.list_tokens(session)
        ]
    print_rows(rows, as_json)


@token.command("revoke")
@click.argument("name")
@with_settings
def revoke_token(settings: "Settings", name: str) -> None:
    """Make a token worthless from now on."""
    from core.storage import tokens
    from core.storage.audit import record_change
    from launch.commands.actors import command_actor
    from launch.database import open_database

    with open_database(settings) as database, database.write() as session:
        facts = tokens.describe(tokens.find_token(session, name))
        tokens.revoke_token(session, name)
        record_change(session, command_actor(), "token.revoke", f'token "{name}"', facts)
    click.echo(f'token "{name}" is revoked')


def _read_terms(
    site_ids: frozenset[int], expires: str | None, scopes: tuple[str, ...]
) -> "TokenTerms":
    from core.access_scopes import parse_scope, scope_of
    from core.storage.engine import utc_now
    from core.storage.tokens import TokenTerms

    return TokenTerms(
        scopes=frozenset(parse_scope(one) for one in scopes),
        cameras=scope_of(bool(site_ids), site_ids),
        expires_at=utc_now() + _read_span(expires) if expires else None,
    )


def _read_span(text: str) -> timedelta:
    """Read a span such as 90d. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,4})([hdw])", text.strip())
    if not found:
        raise click.UsageError(f"--expires is {text}; expected hours, days or weeks: 12h, 90d, 26w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
