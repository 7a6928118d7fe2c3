"""Answer errors: RFC 9457 problem details under /api, a page everywhere else."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from pydantic import BaseModel, Field, ValidationError
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from core.errors import (
    BadList,
    BadRequest,
    Conflict,
    DatabaseAway,
    MaskwatchError,
    NameTaken,
    NoAnswer,
    NotFound,
    WeightsMismatch,
)

logger = logging.getLogger(__name__)

API_PREFIX = "/api/v1"
FAULTS_MAX = 100
"""Of a list; whoever corrects them sends it again."""
MEDIA_TYPE = "application/problem+json"

_SECRET_FIELDS = frozenset({"url", "password", "old_password", "new_password", "secret", "token"})
_STATUS_OF: dict[type[MaskwatchError], HTTPStatus] = {
    BadList: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    NameTaken: HTTPStatus.CONFLICT,
    WeightsMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoAnswer: HTTPStatus.GATEWAY_TIMEOUT,
}


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    parameter: str = Field(description="Name of the parameter or of the field in the body.")
    expected: str = Field(description="What a good value is.")
    found: str | None = Field(default=None, description="What was sent; left out for secrets.")


class Problem(BaseModel):
    """Problem details as RFC 9457 defines them; `errors` says what to correct.

    field: the first parameter that is wrong, for forms.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    field: str | None = None
    errors: list[Fault] = Field(default_factory=list)


class Refused(HTTPException):
    """A request that cannot be done, with what to correct."""

    def __init__(self, status: HTTPStatus, detail: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(detail)
        self.code = status.value
        self.faults = list(faults)


def conflict(parameter: str, detail: str) -> Refused:
    """Refuse what clashes with something that is there already."""
    return Refused(HTTPStatus.CONFLICT, detail, [Fault(parameter=parameter, expected=detail)])


def unfit(parameter: str, expected: str, found: object) -> Refused:
    """Refuse a value that cannot be worked with."""
    fault = _fault(parameter, expected, found)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, _detail([fault]), [fault])


def answer_validation_error(error: ValidationError) -> Response:
    """Turn what pydantic found wrong into a 422 that names parameter, expected and found."""
    faults = [_fault_of(dict(item)) for item in error.errors(include_url=False)]
    return answer_problem(HTTPStatus.UNPROCESSABLE_ENTITY, _detail(faults), faults)


def answer_problem(status: HTTPStatus, detail: str, faults: Iterable[Fault] = ()) -> Response:
    errors = list(faults)
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        field=errors[0].parameter if errors else None,
        errors=errors,
    )
    return Response(problem.model_dump_json(exclude_none=True), status, mimetype=MEDIA_TYPE)


def is_api_request() -> bool:
    return request.path == API_PREFIX or request.path.startswith(f"{API_PREFIX}/")


def register_problems(app: Flask) -> None:
    """Answer every error of this application, in the manner of the address asked for."""
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(MaskwatchError, _answer_ours)
    app.register_error_handler(DatabaseAway, _answer_away)
    app.register_error_handler(RedisError, _answer_away)
    app.register_error_handler(Exception, _answer_bug)


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    faults = error.faults if isinstance(error, Refused) else []
    is_plain = error.description == type(error).description  # the library's words, not ours
    detail = "" if is_plain and not is_api_request() else error.description
    response = _answer(status, detail or "", faults)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value  # Allow, Retry-After
    return response


def _answer_ours(error: MaskwatchError) -> Response:
    status = _STATUS_OF.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s: %s", request.method, request.endpoint, error)
    faults = []
    if isinstance(error, BadRequest):
        faults.append(Fault(parameter=_api_name(error.field), expected=str(error)))
    if isinstance(error, BadList):
        faults += [
            Fault(parameter=one.field, expected=str(one)) for one in error.faults[:FAULTS_MAX]
        ]
    if isinstance(error, NameTaken):
        faults.append(Fault(parameter="name", expected=str(error)))
    return _answer(status, str(error), faults)


def _answer_away(error: DatabaseAway | RedisError) -> Response:
    """Say what is away, and only in the log where it should be."""
    what = "The database" if isinstance(error, DatabaseAway) else "Redis"
    logger.error("%s %s: %s does not answer: %s", request.method, request.endpoint, what, error)
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{what} does not answer; try again soon.")


def _answer_bug(error: Exception) -> Response:
    """Log what we did not foresee; the asker learns nothing of our insides."""
    logger.error("%s %s failed", request.method, request.endpoint, exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here. The server's log says what."
    )


def _answer(status: HTTPStatus, detail: str, faults: Iterable[Fault] = ()) -> Response:
    if is_api_request():
        return answer_problem(status, detail, faults)
    page = render_template("error.html", title=status.phrase, status=status.value, detail=detail)
    return make_response(page, status)


def _fault_of(item: dict[str, Any]) -> Fault:
    """Read one of pydantic's errors. A body that is no JSON object has no location."""
    location = [str(part) for part in item["loc"]]
    if not location:
        return Fault(parameter="body", expected="a JSON object, sent as application/json")
    if item["type"] == "missing":
        return Fault(parameter=".".join(location), expected="a value", found="nothing")
    expected = str(item["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return _fault(".".join(location), expected, item["input"])


def _fault(parameter: str, expected: str, found: object) -> Fault:
    shown = None if parameter in _SECRET_FIELDS else repr(found)[:200]
    return Fault(parameter=parameter, expected=expected, found=shown)


def _detail(faults: list[Fault]) -> str:
    return "; ".join(
        f"{one.parameter}: expected {one.expected}" + (f", found {one.found}" if one.found else "")
        for one in faults
    )


def _api_name(field: str) -> str:
    """Name a field of ours as the API names it."""
    return {"address": "url"}.get(field, field)
