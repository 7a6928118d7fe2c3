"""Begin and end the session of a browser: the cookie, the row in SQL, the audit."""

from flask import g, request, session

from core.storage.audit import record_change
from core.storage.engine import utc_now
from core.storage.sessions import begin_session, end_session
from core.storage.tokens import Token
from core.storage.users import User
from dashboard.audit import client_address, screen, visitor
from dashboard.browsers import name_browser
from dashboard.identities import KIOSK, SECRET, kiosk_of, person_of, signed_in
from dashboard.services import services


def sign_in(user: User, by: str) -> None:
    """Begin a session; the one that this browser had before ends.

    What the stranger's session held is let go, its CSRF token too.
    by: how they proved who they are, for the audit.
    """
    now, before = utc_now(), signed_in()
    browser = name_browser(request.user_agent.string)
    with services().database.write() as writing:
        if before is not None:
            end_session(writing, before.session_id)
        session_id, secret = begin_session(writing, user.id, client_address(), browser, now)
        facts = {"by": by, "browser": browser}
        who = visitor(user.name)
        record_change(writing, who, "session.sign_in", f'user "{user.name}"', None, facts)
    session.clear()
    session.permanent = True
    session[SECRET] = secret
    g.person = person_of(user, session_id)


def begin_kiosk(token: Token) -> None:
    """Let this browser show the wall by a token; a session that it had before ends."""
    before = signed_in()
    with services().database.write() as writing:
        if before is not None:
            end_session(writing, before.session_id)
        facts = {"browser": name_browser(request.user_agent.string)}
        subject = f'token "{token.name}"'
        record_change(writing, screen(token.name), "kiosk.begin", subject, None, facts)
    session.clear()
    session.permanent = True
    session[KIOSK] = token.digest
    g.person = kiosk_of(token)


def sign_out() -> None:
    """End this browser's session; fine if it has none."""
    who = signed_in()
    if who is not None:
        with services().database.write() as writing:
            end_session(writing, who.session_id)
            if who.is_kiosk:
                record_change(writing, screen(who.name), "kiosk.end", f'token "{who.name}"')
            else:
                record_change(writing, visitor(who.name), "session.sign_out", f'user "{who.name}"')
    session.clear()
    g.person = None
