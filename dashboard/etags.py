"""ETags: who has an answer already is told so, and who changes things changes what he saw.

An answer's tag is weak and made from its body. Where a thing carries a version,
the tag is `"VERSION.BODY"`: If-None-Match compares all of it (the health of a
camera changes without its version), If-Match the version alone.
"""

import hashlib
from http import HTTPStatus

from flask import Flask, Response, request

from dashboard.problems import Refused, is_api_request

_KEEP_BUT_ASK = "private, no-cache"
"""The browser may keep an answer for its user, and asks each time whether it still holds."""


def register_etags(app: Flask) -> None:
    """Tag the JSON answers of the API. Call after the security headers are registered."""
    app.after_request(_tag)


def tag_version(response: Response, version: int) -> Response:
    """Tag an answer about one thing with the version that If-Match may name."""
    response.headers["ETag"] = f'"{version}.{_digest(response)}"'
    return response


def check_match(version: int) -> None:
    """Refuse to change what the asker has not seen as it is now.

    Does nothing without If-Match. Call it within the transaction that writes.
    """
    wanted = request.if_match
    if not request.headers.get("If-Match") or wanted.star_tag:
        return
    seen = {tag.partition(".")[0] for tag in wanted.as_set(include_weak=False)}
    if str(version) not in seen:
        raise Refused(
            HTTPStatus.PRECONDITION_FAILED,
            "It was changed since you read it; read it again, then send your change with its ETag.",
        )


def _tag(response: Response) -> Response:
    """Tag a JSON answer to a question, and answer 304 to whom it is not new."""
    is_answer = request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK
    if not (is_answer and is_api_request() and response.is_json) or response.is_streamed:
        return response
    if "ETag" not in response.headers:
        response.headers["ETag"] = f'W/"{_digest(response)}"'
    response.headers.setdefault("Cache-Control", _KEEP_BUT_ASK)
    response.make_conditional(request)
    return response


def _digest(response: Response) -> str:
    return hashlib.blake2b(response.get_data(), digest_size=12).hexdigest()
