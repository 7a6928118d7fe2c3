"""The commands of users, groups and tokens: what they write, and into the audit."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

import migrations
from cli import main
from core.storage.engine import Database
from core.storage.sites import settle_site
from core.storage.tables import AuditRow
from core.storage.tokens import find_token_by_text
from core.storage.users import check_password

PASSWORD = "correct horse"

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Database]:
    """An installation with two sites."""
    url = f"sqlite:///{tmp_path / 'maskwatch.db'}"
    migrations.upgrade(url)
    with closing(Database(url)) as database:
        with database.write() as session:
            for name in ("north", "south"):
                settle_site(session, name)
        yield database


@pytest.fixture
def run(house: Database, tmp_path: Path) -> Run:
    """Run a command on that installation; it must end with the given status."""

    def run_command(command: str, typed: str = "", status: int = 0) -> Result:
        arguments = [*command.split(), "--data", str(tmp_path)]
        result = CliRunner().invoke(main, arguments, input=typed)
        assert result.exit_code == status, result.output
        return result

    return run_command


def listed(run: Run, command: str) -> Any:
    return json.loads(run(f"{command} list --json").stdout)


def audited(house: Database) -> list[tuple[str, str, str]]:
    with house.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.actor_kind, row.action, row.subject) for row in rows]


def test_a_user_who_is_given_a_site_is_limited_to_it(run: Run, house: Database) -> None:
    run("user add ann --role viewer --site north --faces", PASSWORD)
    (ann,) = listed(run, "user")
    assert ann["sites"] == ["north"]
    assert (ann["role"], ann["is_limited"], ann["may_see_faces"]) == ("viewer", True, True)
    assert audited(house) == [("command", "user.add", 'user "ann"')]


def test_a_user_is_changed(run: Run, house: Database) -> None:
    run("user add ann --role viewer --site north", PASSWORD)
    run("user change ann --role operator --site south")
    assert (listed(run, "user")[0]["role"], listed(run, "user")[0]["sites"]) == (
        "operator",
        ["south"],
    )
    run("user change ann --role admin --unlimited --password", "another horse")
    with house.read() as session:
        assert check_password(session, "ann", "another horse") is not None
    assert [action for _, action, _ in audited(house)] == ["user.add", *["user.change"] * 2]
    with house.read() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        assert json.loads(row.after or "")["has_new_password"] is True
        assert "another horse" not in (row.after or "")


def test_the_last_administrator_stays(run: Run) -> None:
    run("user add ann --role admin", PASSWORD)
    assert "last administrator" in run("user remove ann", status=1).stderr
    run("user add bob --role admin", PASSWORD)
    run("user remove ann")
    assert [user["name"] for user in listed(run, "user")] == ["bob"]


def test_a_group_gives_its_users_its_sites(run: Run, house: Database) -> None:
    run("user add ann --role viewer --limited", PASSWORD)
    run("group add guards --site north --site south --user ann")
    assert listed(run, "group") == [
        {"name": "guards", "sites": ["north", "south"], "users": ["ann"]}
    ]
    assert listed(run, "user")[0]["groups"] == ["guards"]
    run("group remove guards")
    assert listed(run, "group") == []
    assert [action for _, action, _ in audited(house)][1:] == ["group.add", "group.remove"]


def test_a_token_is_the_last_line_and_has_its_terms(run: Run, house: Database) -> None:
    command = "token create chart --role viewer --expires 90d --scope compliance --site north"
    text = run(command).stdout.splitlines()[-1]
    with house.read() as session:
        token = find_token_by_text(session, text)
    assert token is not None
    assert token.terms.expires_at is not None
    assert (token.terms.expires_at - token.created_at).days in (89, 90)
    (shown,) = listed(run, "token")
    assert (shown["scopes"], shown["sites"]) == (["compliance"], ["north"])
    run("token revoke chart")
    assert listed(run, "token") == []
    assert audited(house) == [
        ("command", "token.create", 'token "chart"'),
        ("command", "token.revoke", 'token "chart"'),
    ]


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        pytest.param("user change eve --role viewer", 1, 'no user "eve"', id="unknown user"),
        pytest.param("user remove eve", 1, 'no user "eve"', id="unknown user to remove"),
        pytest.param("group add g --site west", 1, 'no site "west"', id="unknown site"),
        pytest.param("group remove g", 1, 'no group "g"', id="unknown group"),
        pytest.param("token create t --role viewer --expires 9x", 2, "90d", id="odd span"),
        pytest.param("token create t --role viewer --expires 0d", 1, "future", id="no span"),
        pytest.param("token create t --role viewer --scope x", 1, "no scope", id="odd scope"),
        pytest.param("token create t --role admin --site north", 1, "operator", id="limited admin"),
        pytest.param("token revoke t", 1, 'no token "t"', id="unknown token"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_nothing(
    run: Run, house: Database, command: str, status: int, message: str
) -> None:
    assert message in run(command, status=status).stderr
    assert audited(house) == []
