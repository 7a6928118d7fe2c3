"""The REST API under /api/v1; each module answers for one subject, or a part of it."""

from flask_openapi3.openapi import OpenAPI

from dashboard.api import (
    account,
    analyze,
    audit,
    camera_health,
    camera_lists,
    compliance,
    erasures,
    exports,
    frame_accounts,
    groups,
    jobs,
    layouts,
    models,
    preferences,
    reader,
    sighting_reviews,
    sites,
    system_findings,
    system_resources,
    tokens,
    users,
)
from dashboard.api.bodies import BodyReader


def register_api(app: OpenAPI) -> None:
    """Add every operation, and the description of them all."""
    app.json = BodyReader(app)
    subjects = (
        account,
        analyze,
        audit,
        camera_health,
        camera_lists,
        compliance,
        erasures,
        exports,
        frame_accounts,
        groups,
        jobs,
        layouts,
        models,
        preferences,
        sighting_reviews,
        sites,
        system_findings,
        system_resources,
        tokens,
        users,
    )
    for blueprint in dict.fromkeys(subject.blueprint for subject in subjects):
        app.register_api(blueprint)
    app.register_blueprint(reader.blueprint)
