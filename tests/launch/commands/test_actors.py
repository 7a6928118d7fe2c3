"""Who is named as the one that ran a command."""

import os
import pwd

import pytest

from core.storage.audit import ActorKind
from launch.commands.actors import command_actor


def test_a_command_is_made_by_the_account_that_runs_it() -> None:
    actor = command_actor()
    assert actor.kind is ActorKind.COMMAND
    assert actor.name


def test_an_account_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert command_actor().name == f"user {os.getuid()}"
