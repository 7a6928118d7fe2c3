"""Who makes the change that a request asks for, as the audit names them."""

from flask import request

from core.storage.audit import Actor, ActorKind
from dashboard.access import identity


def actor() -> Actor:
    """Name who makes this request; the gate has found out."""
    who = identity()
    kind = ActorKind.TOKEN if who.user_id is None else ActorKind.USER
    return Actor(who.name, kind, client_address())


def visitor(name: str) -> Actor:
    """Name who knocks at a door that is open to strangers: by the name that they gave."""
    return Actor(name, ActorKind.USER, client_address())


def client_address() -> str:
    """Read the asker's network address; behind the trusted proxy the one that it tells."""
    return request.remote_addr or ""
