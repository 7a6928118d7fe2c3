"""Who makes the change that a request asks for, as the audit names them."""

from typing import TYPE_CHECKING

from flask import g, request

from core.storage.audit import Actor, ActorKind

if TYPE_CHECKING:
    from dashboard.identities import Identity


def actor() -> Actor:
    """Name who makes this request; the gate has found out."""
    who: Identity = g.identity
    kind = ActorKind.TOKEN if who.user_id is None else ActorKind.USER
    return Actor(who.name, kind, client_address())


def visitor(name: str) -> Actor:
    """Name who knocks at a door that is open to strangers: by the name of the user there."""
    return Actor(name, ActorKind.USER, client_address())


def screen(name: str) -> Actor:
    """Name a screen that shows the wall: by its token."""
    return Actor(name, ActorKind.TOKEN, client_address())


def client_address() -> str:
    """Read the asker's network address; behind the trusted proxy the one that it tells."""
    return request.remote_addr or ""
