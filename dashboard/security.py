"""Response headers and cookie flags: strict by default, nothing from another host."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core.secrets import SecretBox
from core.settings import Settings

COOKIE_LIFETIME = timedelta(days=366)
"""Longer than any session: when one is over is decided in SQL, where it can be ended."""
BODY_MAX = 1_000_000
"""Bytes; the largest body that the API takes."""

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def register_security(app: Flask, settings: Settings, box: SecretBox) -> None:
    """Set cookie flags, the session key and the headers of every answer."""
    is_https = urlsplit(settings.public_url).scheme == "https"
    app.config.update(
        SECRET_KEY=box.derive("dashboard sessions"),
        SESSION_COOKIE_NAME="maskwatch",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFETIME,
        # Pages renew the session. Did every answer, a late one would undo a sign-out.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=BODY_MAX,
    )
    app.after_request(_harden)
    if is_https:
        app.after_request(_insist_on_https)


def trust_proxy(app: Flask, settings: Settings) -> None:
    """Believe the proxy that public_url tells of; without it nobody's headers are believed.

    The proxy must set X-Forwarded-For, -Proto and -Host. Call last: it stands before all.
    """
    if settings.public_url:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # as Flask documents it


def policy_with(**changes: str) -> str:
    """Write the policy with some directives replaced; names take _ for -."""
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(
        f"{name} {value}" for name, value in {**CONTENT_SECURITY_POLICY, **changed}.items()
    )


def is_same_origin(origin: str | None, host: str, scheme: str, public_url: str) -> bool:
    """Say whether a browser's Origin is ours. A client that sends none is no browser."""
    if origin is None:
        return True
    public = urlsplit(public_url)
    ours = {f"{scheme}://{host}"}
    if public_url:
        ours.add(f"{public.scheme}://{public.netloc}")
    return origin in ours


def own_path(wanted: str | None) -> str | None:
    """Keep to our own pages: None for a next address that leads to another host."""
    path = (wanted or "").strip()
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    # A browser leaves tabs and line breaks out: "/<tab>/host" would lead to the host.
    return path if is_ours and path.isprintable() else None


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy_with())
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _insist_on_https(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
