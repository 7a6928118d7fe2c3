"""The pages that the navigation names: those that there are and that the reader may open."""

from dataclasses import dataclass

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException

from core.storage.users import Role
from dashboard.access import declared_access
from dashboard.identities import signed_in_if_known
from dashboard.words import mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One page. word: in English; key: goes there after `g`."""

    path: str
    icon: str
    word: str
    key: str = ""


MAIN = (
    Entry("/", "wall", mark("Wall"), "w"),
    Entry("/history", "chart", mark("History"), "h"),
    Entry("/sightings", "sightings", mark("Sightings"), "s"),
    Entry("/cameras", "camera", mark("Cameras"), "c"),
)
MANAGE = (
    Entry("/jobs", "jobs", mark("Jobs")),
    Entry("/system", "system", mark("System")),
    Entry("/models", "models", mark("Models")),
    Entry("/settings", "settings", mark("Settings")),
    Entry("/users", "people", mark("Users")),
    Entry("/tokens", "tokens", mark("Tokens")),
    Entry("/audit", "audit", mark("Audit")),
)


def register_navigation(app: Flask) -> None:
    """Tell templates which pages to name."""
    app.context_processor(_offer)


def _offer() -> dict[str, object]:
    who = signed_in_if_known()
    if who is None or who.is_kiosk:
        return {}
    return {"main_pages": _open_to(MAIN, who.role), "manage_pages": _open_to(MANAGE, who.role)}


def _open_to(entries: tuple[Entry, ...], role: Role) -> list[Entry]:
    return [one for one in entries if _may_open(one.path, role)]


def _may_open(path: str, role: Role) -> bool:
    """Say whether there is a page at this path that takes this role, as the page declares it."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    needed = declared_access(current_app, endpoint)
    return needed is not None and role.may_act_as(needed)
