"""The commands of users and their groups.

They work on the database, whether the system runs or not; what runs sees the
change within seconds.
"""

from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import ask_secret, json_option, role_option, site_option, with_settings
from launch.commands.printing import in_seconds, print_rows

if TYPE_CHECKING:
    from core.settings import Settings
    from core.storage.users import UserChanges

group_option = click.option("--group", "groups", multiple=True, help="A group's name; repeatable.")
faces_option = click.option(
    "--faces/--no-faces",
    "may_see_faces",
    default=None,
    help="Whether pictures that are kept sharp are shown as they are.",
)
limit_option = click.option(
    "--limited/--unlimited",
    "is_limited",
    default=None,
    help="Whether they see only the cameras of their sites and groups.",
)


@click.group()
def user() -> None:
    """Add users, list, change and remove them."""


@user.command("add")
@click.argument("name")
@role_option
@limit_option
@site_option
@group_option
@faces_option
@with_settings
def add_user(settings: "Settings", /, name: str, role: str, **limits: Any) -> None:
    """Add a user; the password is asked for, or read from standard input.

    Naming a site or a group limits them to it.
    """
    from core.storage import users
    from core.storage.audit import record_change
    from core.storage.limits import find_ids
    from launch.commands.actors import command_actor
    from launch.database import open_database

    password = ask_secret(None, "Password", confirm=True)
    with open_database(settings) as database, database.write() as session:
        added = users.add_user(session, name, users.Role(role), password)
        site_ids = find_ids(session, "site", limits["sites"])
        group_ids = find_ids(session, "group", limits["groups"])
        changes = _read_changes(limits, site_ids, group_ids)
        made = users.change_user(session, added.id, changes)
        facts = users.describe(session, made)
        record_change(session, command_actor(), "user.add", f'user "{name}"', None, facts)
    click.echo(f'user "{name}" may sign in as {role}')


@user.command("list")
@json_option
@with_settings
def list_users(settings: "Settings", as_json: bool) -> None:
    """List the users, their roles and limits."""
    from core.storage import users
    from core.storage.limits import with_names
    from launch.database import open_database

    with open_database(settings) as database, database.read() as session:
        rows = [
            {
                "name": one.name,
                **with_names(session, users.describe(session, one)),
                "since": in_seconds(one.created_at),
            }
            for one in users.list_users(session)
        ]
    print_rows(rows, as_json)


@user.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice(["viewer", "operator", "admin"]), help="Their new role.")
@limit_option
@site_option
@group_option
@faces_option
@click.option("--password", "has_new_password", is_flag=True, help="Ask for a new password.")
@with_settings
def change_user(settings: "Settings", /, name: str, has_new_password: bool, **wanted: Any) -> None:
    """Change what a user may do, or their password, which signs them out.

    Sites that are named replace those they had, and groups likewise.
    """
    from core.storage import users
    from core.storage.audit import record_change
    from core.storage.limits import find_ids
    from launch.commands.actors import command_actor
    from launch.database import open_database

    password = ask_secret(None, "Password", confirm=True) if has_new_password else None
    with open_database(settings) as database, database.write() as session:
        found = users.find_user(session, name)
        before = users.describe(session, found)
        site_ids = find_ids(session, "site", wanted["sites"])
        group_ids = find_ids(session, "group", wanted["groups"])
        changes = _read_changes(wanted, site_ids, group_ids, password)
        after = users.describe(session, users.change_user(session, found.id, changes))
        noted = after | ({"has_new_password": True} if password else {})
        record_change(session, command_actor(), "user.change", f'user "{name}"', before, noted)
    click.echo(f'user "{name}" is changed')


@user.command("remove")
@click.argument("name")
@with_settings
def remove_user(settings: "Settings", name: str) -> None:
    """Remove a user, who is signed out at once. The last administrator stays."""
    from core.storage import users
    from core.storage.audit import record_change
    from launch.commands.actors import command_actor
    from launch.database import open_database

    with open_database(settings) as database, database.write() as session:
        facts = users.describe(session, users.find_user(session, name))
        users.remove_user(session, name)
        record_change(session, command_actor(), "user.remove", f'user "{name}"', facts)
    click.echo(f'user "{name}" is removed')


@click.group()
def group() -> None:
    """Make groups of users who are limited to the same sites, list and remove them."""


@group.command("add")
@click.argument("name")
@site_option
@click.option("--user", "users", multiple=True, help="A user's name; repeatable.")
@with_settings
def add_group(
    settings: "Settings", name: str, sites: tuple[str, ...], users: tuple[str, ...]
) -> None:
    """Make a group. It limits only those of its users who are limited."""
    from core.storage import groups
    from core.storage.audit import record_change
    from core.storage.limits import find_ids
    from launch.commands.actors import command_actor
    from launch.database import open_database

    with open_database(settings) as database, database.write() as session:
        site_ids, user_ids = find_ids(session, "site", sites), find_ids(session, "user", users)
        made = groups.add_group(session, name, site_ids, user_ids)
        facts = groups.describe(made)
        record_change(session, command_actor(), "group.add", f'group "{name}"', None, facts)
    click.echo(f'group "{name}" is made')


@group.command("list")
@json_option
@with_settings
def list_groups(settings: "Settings", as_json: bool) -> None:
    """List the groups, their sites and their users."""
    from core.storage import groups
    from core.storage.limits import with_names
    from launch.database import open_database

    with open_database(settings) as database, database.read() as session:
        rows = [with_names(session, groups.describe(one)) for one in groups.list_groups(session)]
    print_rows(rows, as_json)


@group.command("remove")
@click.argument("name")
@with_settings
def remove_group(settings: "Settings", name: str) -> None:
    """Remove a group. Its users stay limited, to what else they have."""
    from core.storage import groups
    from core.storage.audit import record_change
    from launch.commands.actors import command_actor
    from launch.database import open_database

    with open_database(settings) as database, database.write() as session:
        found = groups.find_group(session, name)
        groups.remove_group(session, found.id)
        facts = groups.describe(found)
        record_change(session, command_actor(), "group.remove", f'group "{name}"', facts)
    click.echo(f'group "{name}" is removed')


def _read_changes(
    wanted: dict[str, Any],
    site_ids: frozenset[int],
    group_ids: frozenset[int],
    password: str | None = None,
) -> "UserChanges":
    """Read the options of a user; a site or a group that is named limits them to it."""
    from core.storage.users import Role, UserChanges

    is_limited = wanted["is_limited"]
    if is_limited is None and (site_ids or group_ids):
        is_limited = True
    return UserChanges(
        role=Role(wanted["role"]) if wanted.get("role") else None,
        password=password,
        is_limited=is_limited,
        may_see_faces=wanted["may_see_faces"],
        site_ids=site_ids or None,
        group_ids=group_ids or None,
    )
