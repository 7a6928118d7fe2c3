"""What every operation of the API shares: its prefix, its name, its problems, who may ask."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from dashboard.problems import API_PREFIX, MEDIA_TYPE

SECURITY: list[dict[str, list[Any]]] = [{"session": []}, {"token": []}]

_PROBLEMS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read, or a browser's CSRF token is missing.",
    HTTPStatus.UNAUTHORIZED: "Nobody is signed in, and no valid token was sent.",
    HTTPStatus.FORBIDDEN: "The role is too low, or the token is not for this.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it is not to be seen by who asks.",
    HTTPStatus.CONFLICT: "It clashes with how things are now.",
    HTTPStatus.PRECONDITION_FAILED: "It was changed since; read it again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A parameter or field is not as expected.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; wait for a minute.",
    HTTPStatus.SERVICE_UNAVAILABLE: "A part of the system is away: try again.",
    HTTPStatus.GATEWAY_TIMEOUT: "Another process did not answer in time.",
    HTTPStatus.INSUFFICIENT_STORAGE: "The disk is full.",
}
_ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class StrictBody:
    """A model of a JSON body that converts nothing: a number is no text, and 0 is not false."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def model_validate(self, obj: Any) -> BaseModel:
        """Read what stood in the JSON. Raises ValidationError."""
        return self._model.model_validate_json(json.dumps(obj), strict=True)

    def model_validate_json(self, json_data: str) -> BaseModel:
        """Read a body that is a text: an object is wanted."""
        return self.model_validate(json_data)


class Subject(APIBlueprint):
    """The operations of one subject of the API."""

    @staticmethod
    def create_view_func(  # type: ignore[override]  # theirs has no types
        func: Any,
        header: Any,
        cookie: Any,
        path: Any,
        query: Any,
        form: Any,
        body: type[BaseModel] | None,
        raw: Any,
        **options: Any,
    ) -> Any:
        """Read JSON bodies strictly; all else is as flask-openapi3 has it."""
        strict = StrictBody(body) if body else None
        return APIBlueprint.create_view_func(
            func, header, cookie, path, query, form, strict, raw, **options
        )


def api_blueprint(name: str, description: str) -> Subject:
    """Make the blueprint of one subject of the API."""
    return Subject(
        f"api_{name}",
        __name__,
        url_prefix=API_PREFIX,
        abp_tags=[Tag(name=name, description=description)],
        abp_responses=problems(*_ALWAYS),
        abp_security=SECURITY,
        operation_id_callback=name_operation,
    )


def problems(*statuses: HTTPStatus) -> dict[str | int | HTTPStatus, Any]:
    """Declare that an operation may answer these; the usual ones are declared by rule."""
    return {status: describe_problem(status) for status in statuses}


def describe_problem(status: HTTPStatus) -> dict[str, Any]:
    """Describe an answer with problem details, as OpenAPI wants it."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def name_operation(name: str, path: str, method: str, bp_name: str) -> str:
    """Name an operation as its method in clients: `list_cameras`, `read_camera`.

    A view that is named by its verb alone gets its subject's name.
    """
    subject = bp_name.removeprefix("api_")
    if f"{subject}.{name}" in NAMES:
        return NAMES[f"{subject}.{name}"]
    if name == subject or ("_" in name and name not in _LISTS):
        return name
    return f"list_{subject}" if name in _LISTS else f"{name}_{subject.removesuffix('s')}"


NAMES: Mapping[str, str] = {
    "account.end_one": "end_session",
    "account.end_others": "end_other_sessions",
    "cameras.export_list": "export_cameras",
    "cameras.import_list": "import_cameras",
    "cameras.search": "search_cameras",
    "cameras.snapshot": "read_snapshot",
    "cameras.streams": "list_camera_streams",
    "erasures.ask": "erase_history",
    "models.go_back": "roll_back_model",
    "models.make_active": "activate_model",
    "preferences.change": "change_preferences",
    "preferences.read": "read_preferences",
    "sightings.desharpen": "desharpen_pictures",
    "sightings.withdraw": "withdraw_review",
    "sites.drop_site": "remove_site",
    "sites.drop_zone": "remove_zone",
    "sites.list_all_sites": "list_sites",
    "sites.list_all_zones": "list_zones",
    "tokens.make": "create_token",
    "wall.list_all": "list_layouts",
    "wall.read": "read_wall",
}
"""Views whose names do not read well by the rule, by subject and name."""

_LISTS = ("list_all", "list_newest", "list_some")
