"""Every error under the prefix is a problem; the API describes itself."""

import json
import re

import pytest
from flask.testing import FlaskClient

from core.storage.users import Role
from dashboard.access import needs
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/api/v1/nothing-here", 404, id="unknown path"),
        pytest.param("GET", "/api/v1/cameras/door", 404, id="no number"),
        pytest.param("PUT", "/api/v1/cameras", 405, id="method not allowed"),
        pytest.param("GET", "/api/v1/cameras/7", 404, id="no such camera"),
        pytest.param("GET", "/api/v1/users", 403, id="role too low"),
    ],
)
def test_an_error_is_a_problem(operator: FlaskClient, method: str, path: str, status: int) -> None:
    answer = operator.open(path, method=method)
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert problem["detail"]


def test_a_method_that_is_not_allowed_tells_which_are(operator: FlaskClient) -> None:
    allowed = operator.put("/api/v1/cameras").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.split(", "))


def test_a_body_over_the_limit_is_refused(operator: FlaskClient) -> None:
    answer = operator.post(
        "/api/v1/cameras", data=b" " * 2_000_000, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_a_bug_is_a_problem_that_tells_nothing_of_our_insides(
    dashboard: Dashboard, program_of: ClientOf, caplog: pytest.LogCaptureFixture
) -> None:
    @needs(Role.VIEWER)
    def broken() -> str:
        raise ZeroDivisionError("the secret is 42")

    dashboard.app.add_url_rule("/api/v1/broken", view_func=broken)
    answer = program_of(Role.VIEWER).get("/api/v1/broken")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "42" not in answer.text
    assert "the secret is 42" in caplog.text


def test_the_description_is_open_to_anybody_and_whole(
    stranger: FlaskClient, dashboard: Dashboard
) -> None:
    description = stranger.get("/api/v1/openapi.json").get_json()
    assert description["openapi"].startswith("3.1")
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in dashboard.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert set(description["paths"]) == served


def test_every_reference_of_the_description_leads_somewhere(stranger: FlaskClient) -> None:
    description = stranger.get("/api/v1/openapi.json").get_json()
    named = set(re.findall(r"#/components/schemas/([\w.\-]+)", json.dumps(description)))
    assert named <= set(description["components"]["schemas"])


def test_every_operation_says_what_it_does_and_how_it_refuses(stranger: FlaskClient) -> None:
    description = stranger.get("/api/v1/openapi.json").get_json()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert {"401", "403", "422"} <= set(operation["responses"]), (method, path)
            assert operation["security"], (method, path)


def test_the_page_that_shows_the_description_loads_only_from_us(stranger: FlaskClient) -> None:
    page = stranger.get("/api")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.text)
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    script = stranger.get("/api/rapidoc.js")
    assert script.status_code == 200
    script.close()
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
