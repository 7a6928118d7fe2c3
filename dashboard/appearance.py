"""Light or dark, and where a choice of it or of a language is kept: with the account, in a cookie.

The account wins. The cookie is for whom nobody knows yet: the sign-in page looks as the
last person on this browser had it.
"""

from dataclasses import asdict

from flask import Flask, request
from werkzeug.wrappers import Response

from core.appearance import Appearance, Theme
from core.storage.audit import record_change
from core.storage.users import set_appearance
from dashboard.audit import visitor
from dashboard.identities import Identity, signed_in_if_known
from dashboard.services import services

LANGUAGE_COOKIE = "maskwatch_language"
THEME_COOKIE = "maskwatch_theme"

_COOKIE_S = 366 * 24 * 3600


def register_appearance(app: Flask) -> None:
    """Tell templates whether the page is light or dark; None: as the system is."""
    app.context_processor(lambda: {"theme": theme()})


def theme() -> Theme | None:
    """Tell the theme of who asks: of their account, else of this browser."""
    who = signed_in_if_known()
    if who is not None and who.appearance.theme is not None:
        return who.appearance.theme
    chosen = request.cookies.get(THEME_COOKIE, "")
    return Theme(chosen) if chosen in set(Theme) else None


def keep_with_account(who: Identity, wanted: Appearance) -> None:
    """Keep how a person wants pages, and write the change into the audit."""
    if who.user_id is None:
        return
    with services().database.write() as session:
        before = set_appearance(session, who.user_id, wanted)
        facts = asdict(before), asdict(wanted)
        record_change(session, visitor(who.name), "user.appearance", f'user "{who.name}"', *facts)


def keep_in_browser(response: Response, cookie: str, value: str | None) -> None:
    """Keep a choice in this browser; None forgets what was kept there."""
    response.set_cookie(
        cookie,
        value or "",
        _COOKIE_S if value else 0,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
