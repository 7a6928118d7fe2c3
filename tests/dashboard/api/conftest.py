"""What the tests of the API share: a registered camera."""

from typing import Any

import pytest
from flask.testing import FlaskClient

ADDRESS = "rtsp://guard:p@ss:w/rd#1@camera.example:554/stream1"
"""Its password holds @ : / #."""


@pytest.fixture
def camera(operator: FlaskClient) -> dict[str, Any]:
    """The answer to registering a camera."""
    answer = operator.post("/api/v1/cameras", json={"name": "door", "url": ADDRESS})
    assert answer.status_code == 201
    body: dict[str, Any] = answer.get_json()
    return body
