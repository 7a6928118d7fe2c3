"""Sites and their zones: list, rename, remove those that have no camera left."""

from datetime import datetime

from flask import Response
from pydantic import Field

from core.names import Name
from core.storage.sites import (
    get_site,
    list_sites,
    list_zones,
    remove_site,
    remove_zone,
    rename_site,
    rename_zone,
)
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, answer, answer_nothing
from dashboard.audit import actor
from dashboard.services import services

blueprint = api_blueprint("sites", "Where cameras hang. A site comes with its first camera.")


class SitePath(Asked):
    site_id: Id


class ZonePath(Asked):
    zone_id: Id


class RenameAsked(Asked):
    name: Name


class ZoneAnswer(Answered):
    """A part of a site; site_id is null where its cameras name no site."""

    id: int
    name: str
    site_id: int | None
    cameras: int = Field(description="How many are registered there.")


class SiteAnswer(Answered):
    """A place with cameras, to which users, groups and tokens may be limited."""

    id: int
    name: str
    cameras: int = Field(description="How many are registered there, in whatever zone.")
    zones: list[ZoneAnswer]
    created_at: datetime


class SitePage(Answered):
    items: list[SiteAnswer]
    next_cursor: str | None = None


class ZonePage(Answered):
    items: list[ZoneAnswer]
    next_cursor: str | None = None


@blueprint.get("/sites", responses={200: SitePage})
@needs(Role.VIEWER)
def list_all_sites() -> Response:
    """List the sites by name, with their zones."""
    with services().database.read() as session:
        sites = list_sites(session, identity().scope)
    return answer(SitePage(items=[SiteAnswer.model_validate(site) for site in sites]))


@blueprint.get("/zones", responses={200: ZonePage})
@needs(Role.VIEWER)
def list_all_zones() -> Response:
    """List the zones of all sites by name, and those of no site."""
    with services().database.read() as session:
        zones = list_zones(session, identity().scope)
    return answer(ZonePage(items=[ZoneAnswer.model_validate(zone) for zone in zones]))


@blueprint.get("/sites/<int:site_id>", responses={200: SiteAnswer})
@needs(Role.VIEWER)
def read_site(path: SitePath) -> Response:
    """Read one site."""
    with services().database.read() as session:
        site = get_site(session, path.site_id, identity().scope)
    return answer(SiteAnswer.model_validate(site))


@blueprint.patch("/sites/<int:site_id>", responses={200: SiteAnswer})
@needs(Role.OPERATOR)
def change_site(path: SitePath, body: RenameAsked) -> Response:
    """Give a site another name; its cameras and its history go with it."""
    with services().database.write() as session:
        site = rename_site(session, path.site_id, body.name, actor(), identity().scope)
    return answer(SiteAnswer.model_validate(site))


@blueprint.patch("/zones/<int:zone_id>", responses={200: ZoneAnswer})
@needs(Role.OPERATOR)
def change_zone(path: ZonePath, body: RenameAsked) -> Response:
    """Give a zone another name; its cameras and its history go with it."""
    with services().database.write() as session:
        zone = rename_zone(session, path.zone_id, body.name, actor(), identity().scope)
    return answer(ZoneAnswer.model_validate(zone))


@blueprint.delete("/sites/<int:site_id>", responses={204: None})
@needs(Role.ADMIN)
def drop_site(path: SitePath) -> Response:
    """Remove a site without cameras, and the limits to it.

    The history of cameras that hung there and were removed belongs to no site then.
    """
    with services().database.write() as session:
        remove_site(session, path.site_id, actor())
    return answer_nothing()


@blueprint.delete("/zones/<int:zone_id>", responses={204: None})
@needs(Role.OPERATOR)
def drop_zone(path: ZonePath) -> Response:
    """Remove a zone without cameras; the history of removed ones belongs to no zone then."""
    with services().database.write() as session:
        remove_zone(session, path.zone_id, actor(), identity().scope)
    return answer_nothing()
