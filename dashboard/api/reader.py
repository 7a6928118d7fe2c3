"""The description of the API, open to anybody: OpenAPI 3.1, and a page to read it."""

from pathlib import Path
from typing import cast

import flask_openapi3_rapidoc
from flask import Blueprint, Response, current_app, jsonify, make_response, render_template
from flask import send_from_directory as send_file
from flask_openapi3.openapi import OpenAPI

from dashboard.access import open_to_all
from dashboard.api.document import describe_api
from dashboard.problems import API_PREFIX
from dashboard.security import policy_with

blueprint = Blueprint("api_reader", __name__)

_SCRIPTS = Path(flask_openapi3_rapidoc.__file__).parent / "templates" / "rapidoc" / "js"


@blueprint.get(f"{API_PREFIX}/openapi.json")
@open_to_all
def describe() -> Response:
    """Describe every operation, as OpenAPI 3.1."""
    return jsonify(describe_api(cast(OpenAPI, current_app)))


@blueprint.get("/api")
@open_to_all
def read() -> Response:
    """Show the description as a page. RapiDoc writes its style into the page by itself."""
    page = make_response(render_template("api.html"))
    page.headers["Content-Security-Policy"] = policy_with(style_src="'self' 'unsafe-inline'")
    return page


@blueprint.get("/api/rapidoc.js")
@open_to_all
def script() -> Response:
    return send_file(_SCRIPTS, "rapidoc-min.js", max_age=86_400)
