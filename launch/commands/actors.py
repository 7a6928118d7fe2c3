"""Who makes the changes of a command: the user of this machine that runs it."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.storage.audit import Actor


def command_actor() -> "Actor":
    """Name who runs this command, as the audit names them."""
    from core.storage.audit import Actor, ActorKind

    return Actor(_user_name(), ActorKind.COMMAND)


def _user_name() -> str:
    """Read the account's name; its number where it has none, as in some containers."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
