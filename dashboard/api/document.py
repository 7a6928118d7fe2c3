"""Complete the description of the API with what all operations have in common.

What may go wrong follows from the kind of an operation, so it is declared by rule:
each answer that can come is in the document, and clients can rely on it.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, TypeAlias

from flask_openapi3.openapi import OpenAPI

from dashboard.api.operations import describe_problem

Document: TypeAlias = dict[str, Any]
"""OpenAPI 3.1 as JSON has it."""

_NAME = "maskwatch_document"
_CHANGING = frozenset({"post", "put", "patch", "delete"})
_OVERWRITING = frozenset({"put", "patch", "delete"})


def describe_api(app: OpenAPI) -> Document:
    """Describe every operation of an application; made once."""
    if _NAME not in app.extensions:
        app.extensions[_NAME] = _complete(app.api_doc)
    document: Document = app.extensions[_NAME]
    return document


def _complete(document: Document) -> Document:
    for path, method, operation in operations(document):
        for status in _usual_problems(path, method, operation):
            operation["responses"].setdefault(str(status.value), describe_problem(status))
    return document


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give path, method and description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _usual_problems(path: str, method: str, operation: dict[str, Any]) -> Iterator[HTTPStatus]:
    if "{" in path:
        yield HTTPStatus.NOT_FOUND
    if method in _CHANGING:
        yield HTTPStatus.BAD_REQUEST
        yield HTTPStatus.CONFLICT
    if method in _OVERWRITING:
        yield HTTPStatus.PRECONDITION_FAILED
    if "requestBody" in operation:
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
