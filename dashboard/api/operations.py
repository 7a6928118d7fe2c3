"""What every operation of the API shares: its prefix, its problems, who may ask."""

from http import HTTPStatus
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from dashboard.problems import API_PREFIX, MEDIA_TYPE

SECURITY: list[dict[str, list[Any]]] = [{"session": []}, {"token": []}]


def api_blueprint(name: str, description: str) -> APIBlueprint:
    """Make the blueprint of one subject of the API."""
    return APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix=API_PREFIX,
        abp_tags=[Tag(name=name, description=description)],
        abp_responses=_problems(),
        abp_security=SECURITY,
    )


def _problems() -> dict[str | int | HTTPStatus, Any]:
    return {
        HTTPStatus.UNAUTHORIZED: _problem("Nobody is signed in, and no valid token was sent."),
        HTTPStatus.FORBIDDEN: _problem("The role is too low, or the CSRF token is missing."),
        HTTPStatus.UNPROCESSABLE_ENTITY: _problem("A parameter or field is not as expected."),
    }


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
