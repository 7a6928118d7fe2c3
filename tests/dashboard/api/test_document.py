"""The description of the API is valid, complete, and reads well in clients."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from pydantic import BaseModel, ValidationError

from dashboard.api.document import Document, operations
from dashboard.api.operations import NAMES, StrictBody, name_operation
from dashboard.api.schemas import Answered, Asked, Moment

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
OUTSIDE = {("GET", path) for path in ("/metrics", "/healthz", "/readyz", "/api/v1/openapi.json")}
"""What is served beside the API's operations."""

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture
def document(stranger: FlaskClient) -> Document:
    answer: Document = stranger.get("/api/v1/openapi.json").get_json()
    return answer


@pytest.fixture
def found(document: Document) -> list[Operation]:
    return list(operations(document))


def test_the_document_is_valid(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document, cls=OpenAPIV31SpecValidator)


def test_every_operation_says_in_a_sentence_what_it_does(found: list[Operation]) -> None:
    for path, method, operation in found:
        assert operation["summary"].endswith("."), f"{method} {path}"
        assert len(operation["tags"]) == 1, f"{method} {path}"
        assert operation["security"] == [{"session": []}, {"token": []}], f"{method} {path}"


def test_every_operation_has_a_name_of_its_own_that_reads_well(found: list[Operation]) -> None:
    names = [operation["operationId"] for _, _, operation in found]
    assert len(set(names)) == len(names)
    bad = [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+){0,3}", name)]
    assert bad == []


def test_every_chosen_name_is_that_of_an_operation(found: list[Operation]) -> None:
    assert set(NAMES.values()) <= {operation["operationId"] for _, _, operation in found}


def test_every_operation_declares_what_may_go_wrong(found: list[Operation]) -> None:
    for path, method, operation in found:
        wanted = {"401", "403", "422", "503"}
        wanted |= {"404"} if "{" in path else set()
        wanted |= {"400", "409"} if method != "get" else set()
        assert wanted <= set(operation["responses"]), f"{method} {path}"


def test_no_two_models_share_a_name(document: Document) -> None:
    names = [model.__name__ for base in (Asked, Answered) for model in models_below(base)]
    doubles = {name for name in names if names.count(name) > 1}
    assert doubles & set(document["components"]["schemas"]) == set()


def models_below(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        if model.__module__.startswith("dashboard."):
            yield model
        yield from models_below(model)


def test_every_problem_is_described_as_one(found: list[Operation]) -> None:
    for path, method, operation in found:
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (
                    f"{method} {path} {status}"
                )


def test_every_answer_with_a_body_says_what_is_in_it(found: list[Operation]) -> None:
    for path, method, operation in found:
        for status, response in operation["responses"].items():
            has_content = bool(response.get("content"))
            assert has_content is (status not in ("204", "304")), f"{method} {path} {status}"


@pytest.mark.parametrize(
    ("name", "subject", "operation_id"),
    [
        ("list_all", "cameras", "list_cameras"),
        ("read", "cameras", "read_camera"),
        ("register_camera", "cameras", "register_camera"),
        ("analyze", "analyze", "analyze"),
    ],
)
def test_an_operation_is_named_as_a_method_of_clients(
    name: str, subject: str, operation_id: str
) -> None:
    named = name_operation(name=name, path="/x", method="get", bp_name=f"api_{subject}")
    assert named == operation_id


class Body(Asked):
    flag: bool = False
    count: int = 0
    at: Moment | None = None


@pytest.mark.parametrize(
    "content",
    [{"flag": 0}, {"flag": "true"}, {"count": "1"}, {"count": True}, {"at": 5}, {"x": 1}, [], "{}"],
)
def test_a_body_of_other_types_is_refused(content: object) -> None:
    with pytest.raises(ValidationError):
        StrictBody(Body).model_validate(content)


def test_a_body_of_the_right_types_is_read() -> None:
    content = {"flag": True, "count": 2, "at": "2026-01-31T08:00:00Z"}
    read: BaseModel = StrictBody(Body).model_validate(content)
    assert read.model_dump(mode="json") == content


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_operation_that_a_page_names_is_there(page: Path, found: list[Operation]) -> None:
    known = {(method.upper(), _without_names(path)) for path, method, _ in found}
    named = set(re.findall(r"\b(GET|POST|PUT|PATCH|DELETE) (/[\w{}./-]*[\w}])", page.read_text()))
    full = {(method, "/api/v1" + path.removeprefix("/api/v1")) for method, path in named - OUTSIDE}
    assert {(method, _without_names(path)) for method, path in full} <= known


def _without_names(path: str) -> str:
    """Leave out what the parts of a path are called."""
    return re.sub(r"\{\w*\}", "{}", path)


def test_every_question_of_the_page_about_the_api_can_be_asked(found: list[Operation]) -> None:
    page = (ROOT / "docs" / "api.md").read_text().replace("\\\n", "")
    asked = re.findall(r"^ask (\S+)(.*)$", page, re.M)
    assert asked
    for path, rest in asked:
        names = set(re.findall(r"-d(?:ata-urlencode)? \"?(\w+)=", rest.partition("#")[0]))
        operation = read_operation(path, found)
        assert names <= {one["name"] for one in operation.get("parameters", [])}, path


def read_operation(path: str, found: list[Operation]) -> dict[str, Any]:
    """Find what answers GET; a path of words comes before one with an id in it."""
    fitting = [
        (pattern.count("{"), operation)
        for pattern, method, operation in found
        if method == "get" and re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), f"/api/v1/{path}")
    ]
    assert fitting, path
    return min(fitting, key=lambda one: one[0])[1]


def test_every_field_in_the_examples_of_the_page_about_the_api_is_there(document: Document) -> None:
    schemas = document["components"]["schemas"].values()
    known = {name for schema in schemas for name in schema.get("properties", {})}
    page = (ROOT / "docs" / "api.md").read_text()
    named = {
        name
        for example in re.findall(r"```json\n(.*?)```", page, re.S)
        for name in re.findall(r'"(\w+)":', example)
    }
    assert named
    assert named - known == set()
