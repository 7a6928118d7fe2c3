"""The wall: the cameras that it shows, and its saved layouts."""

from datetime import datetime
from http import HTTPStatus

from flask import Response
from pydantic import Field

from core.camera_rules import Polygons
from core.heartbeats import CameraHealth, read_health
from core.names import Name
from core.storage.cameras import Camera, list_cameras
from core.storage.users import Role
from core.storage.wall_layouts import (
    SavedLayout,
    add_layout,
    change_layout,
    get_layout,
    list_layouts,
    remove_layout,
)
from core.wall_layouts import Tiles, WallLayout
from dashboard.access import identity, needs
from dashboard.api.cameras import HealthAnswer, write_health
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, answer, answer_nothing
from dashboard.audit import actor
from dashboard.identities import Identity
from dashboard.problems import Refused, unfit
from dashboard.services import services

blueprint = api_blueprint("wall", "What the live wall shows, and how it is arranged.")


class LayoutPath(Asked):
    layout_id: Id


class LayoutAsked(Asked, WallLayout):
    """A layout to keep; cameras that are not there are left out."""

    name: Name
    is_shared: bool = Field(default=False, description="Offered to everyone; takes an operator.")


class LayoutChanges(Asked):
    """What to change of a layout; what is left out or null stays."""

    name: Name | None = None
    tiles: Tiles | None = None
    shows_others: bool | None = None


class LayoutAnswer(WallLayout):
    """A saved layout, with those of its cameras that the asker may see."""

    id: int
    name: str
    is_shared: bool
    changed_at: datetime


class WallCamera(Answered):
    """What a wall needs to know of a camera; its address is not part of it."""

    id: int
    name: str
    site: str
    zone: str
    is_paused: bool
    include: Polygons = Field(description="Areas in which faces count; none: all of the picture.")
    exclude: Polygons = Field(description="Areas in which faces do not count.")
    health: HealthAnswer | None


class WallAnswer(Answered):
    cameras: list[WallCamera]
    layouts: list[LayoutAnswer]


class LayoutPage(Answered):
    items: list[LayoutAnswer]
    next_cursor: str | None = None


@blueprint.get("/wall", responses={200: WallAnswer})
@needs(Role.VIEWER)
def read() -> Response:
    """Read all that a wall asks for when it opens: its cameras, and the layouts."""
    return answer(read_wall(identity()))


@blueprint.get("/wall/layouts", responses={200: LayoutPage})
@needs(Role.VIEWER)
def list_all() -> Response:
    """List everyone's layouts, then one's own."""
    return answer(LayoutPage(items=read_wall(identity()).layouts))


@blueprint.post("/wall/layouts", responses={201: LayoutAnswer})
@needs(Role.VIEWER)
def add(body: LayoutAsked) -> Response:
    """Keep a layout for oneself, or as an operator for everyone."""
    owner_id = None if body.is_shared else _own_id()
    _check_may_change(body.is_shared)
    visible = _visible()
    with services().database.write() as session:
        layout = WallLayout(tiles=body.tiles, shows_others=body.shows_others)
        made = add_layout(session, owner_id, body.name, layout.limited_to(visible), actor())
    return answer(_write(made, visible), HTTPStatus.CREATED)


@blueprint.patch("/wall/layouts/<int:layout_id>", responses={200: LayoutAnswer})
@needs(Role.VIEWER)
def change(path: LayoutPath, body: LayoutChanges) -> Response:
    """Rename or rearrange a layout: one's own, or as an operator everyone's."""
    visible = _visible()
    with services().database.write() as session:
        before = get_layout(session, path.layout_id, identity().user_id)
        _check_may_change(before.is_shared)
        layout = _merge(before.layout, body, visible)
        after = change_layout(session, before, body.name or before.name, layout, actor())
    return answer(_write(after, visible))


@blueprint.delete("/wall/layouts/<int:layout_id>", responses={204: None})
@needs(Role.VIEWER)
def remove(path: LayoutPath) -> Response:
    """Forget a layout: one's own, or as an operator everyone's."""
    with services().database.write() as session:
        layout = get_layout(session, path.layout_id, identity().user_id)
        _check_may_change(layout.is_shared)
        remove_layout(session, layout, actor())
    return answer_nothing()


def read_wall(who: Identity) -> WallAnswer:
    """Read the cameras and layouts that someone may see."""
    provided = services()
    health = read_health(provided.redis)
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, who.scope)
        layouts = list_layouts(session, who.user_id)
    visible = frozenset(camera.id for camera in cameras)
    return WallAnswer(
        cameras=[_write_camera(one, health.get(one.id)) for one in cameras],
        layouts=[_write(one, visible) for one in layouts],
    )


def _own_id() -> int:
    user_id = identity().user_id
    if user_id is None:
        raise unfit("is_shared", "true: a token has no layouts of its own", False)
    return user_id


def _check_may_change(is_shared: bool) -> None:
    if is_shared and not identity().is_operator:
        raise Refused(
            HTTPStatus.FORBIDDEN,
            "What everyone sees is arranged by operators; save it as your own.",
        )


def _merge(before: WallLayout, changes: LayoutChanges, visible: frozenset[int]) -> WallLayout:
    """Take over what was sent; what the asker cannot see stays."""
    shows_others = before.shows_others if changes.shows_others is None else changes.shows_others
    if changes.tiles is None:
        return WallLayout(tiles=before.tiles, shows_others=shows_others)
    asked = WallLayout(tiles=changes.tiles, shows_others=shows_others)
    seen = asked.limited_to(visible)
    return seen.keeping(before, visible) if identity().scope.is_limited else seen


def _visible() -> frozenset[int]:
    provided = services()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    return frozenset(camera.id for camera in cameras)


def _write(saved: SavedLayout, visible: frozenset[int]) -> LayoutAnswer:
    layout = saved.layout.limited_to(visible)
    return LayoutAnswer(
        id=saved.id,
        name=saved.name,
        is_shared=saved.is_shared,
        changed_at=saved.changed_at,
        tiles=layout.tiles,
        shows_others=layout.shows_others,
    )


def _write_camera(camera: Camera, health: CameraHealth | None) -> WallCamera:
    return WallCamera(
        id=camera.id,
        name=camera.name,
        site=camera.site,
        zone=camera.zone,
        is_paused=camera.is_paused,
        include=camera.rules.include,
        exclude=camera.rules.exclude,
        health=write_health(health) if health else None,
    )
