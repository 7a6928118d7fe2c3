"""Who is limited to a site sees the cameras of that site, wherever cameras are shown.

Every operation that names a camera stands in one of the tables below; the API's own
description tells which do. What lies elsewhere is answered as if it had never been.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel
from redis import Redis
from sqlalchemy.orm import Session

from core.access_scopes import CameraScope
from core.frames import FrameQueue
from core.heartbeats import CameraHealth, CameraState, report_health
from core.jobs import JobKind
from core.secrets import SecretBox
from core.storage.audit import SYSTEM
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database, utc_now
from core.storage.jobs import NewJob, add_job
from core.storage.rollups import add_to_rollups
from core.storage.tables import FrameAccountRow, SightingPictureRow, SightingRow
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role, UserChanges, change_user, find_user
from core.types import Frame
from dashboard.access import declared_access
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf, csrf_token

JPEG = b"\xff\xd8a face\xff\xd9"
UNKNOWN = 987_654
"""An id that nothing has."""

Ids: TypeAlias = dict[str, int | str]


@dataclass(frozen=True)
class Place:
    """A site and all that there is of its only camera."""

    name: str
    camera: int
    site: int
    zone: int
    sighting: int
    job: str
    passed: int

    @property
    def ids(self) -> Ids:
        return {
            "camera": self.camera,
            "site": self.site,
            "zone": self.zone,
            "sighting": self.sighting,
            "job": self.job,
            "name": self.name,
        }


NOWHERE: Ids = dict.fromkeys(("camera", "site", "zone", "sighting"), UNKNOWN) | {
    "job": "0123456789abcdef",
    "name": "nowhere",
}


@dataclass(frozen=True)
class Case:
    """A request that names one thing: {camera}, {site}, {zone}, {sighting} or {job}.

    status: of what is there and in sight; None where another process would have to answer.
    refusals: of what is not; 200 where nothing is found.
    """

    method: str
    path: str
    status: int | None
    body: dict[str, Any] | None = None
    refusals: tuple[int, ...] = (404,)
    is_api: bool = True

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, client: FlaskClient, ids: Ids) -> tuple[int, str]:
        options: dict[str, Any] = {}
        if self.body is not None:
            options["json"] = json.loads(_fill(json.dumps(self.body), ids))
        prefix = "/api/v1/" if self.is_api else "/"
        answer = client.open(prefix + _fill(self.path, ids), method=self.method, **options)
        return answer.status_code, answer.text if answer.is_json else ""


def _fill(text: str, ids: Ids) -> str:
    for name, value in ids.items():
        text = text.replace(f'"<{name}>"', str(value)).replace(f"<{name}>", str(value))
    return text


NAMING = [
    Case("GET", "cameras/<camera>", 200),
    Case("PATCH", "cameras/<camera>", 200, {"is_paused": True}),
    Case("GET", "cameras/<camera>/health", 200),
    Case("GET", "cameras/<camera>/snapshot.jpg", 503),
    Case("POST", "cameras/check", None, {"camera_id": "<camera>"}),
    Case("GET", "compliance?camera_id=<camera>", 200, refusals=(404, 422)),
    Case("GET", "frame-accounts?camera_id=<camera>", 200),
    Case("GET", "sightings?camera_id=<camera>", 200, refusals=(200,)),
    Case("GET", "sightings/<sighting>", 200),
    Case("GET", "sightings/<sighting>/picture.jpg", 200),
    Case("GET", "sightings/<sighting>/explanation.png", 409),
    Case("POST", "sightings/<sighting>/review", 200, {"label": "mask"}),
    Case("DELETE", "sightings/<sighting>/review", 204),
    Case("GET", "jobs/<job>", 200),
    Case("POST", "jobs/<job>/cancel", 403),
    Case("GET", "sites/<site>", 200),
    Case("PATCH", "sites/<site>", 200, {"name": "renamed"}),
    Case("PATCH", "zones/<zone>", 200, {"name": "renamed"}),
    Case("DELETE", "zones/<zone>", 409),
    Case("GET", "cameras/<camera>", 200, is_api=False),
    Case("DELETE", "cameras/<camera>", 204),
]
"""Ordered so that what removes comes last."""


@dataclass(frozen=True)
class Listing:
    """A request that answers for all cameras: what lies elsewhere must not be in it."""

    path: str
    is_api: bool = True


LISTINGS = [
    Listing("cameras"),
    Listing("cameras/export"),
    Listing("cameras/health"),
    Listing("sightings"),
    Listing("exports/sightings.csv"),
    Listing("exports/sightings.ndjson"),
    Listing("jobs"),
    Listing("sites"),
    Listing("zones"),
    Listing("compliance/groups?by=camera"),
    Listing("compliance/groups?by=site"),
    Listing("compliance/groups?by=zone"),
    Listing("system"),
    Listing("system/findings"),
    Listing("wall"),
    Listing("metrics", is_api=False),
]
PLACING = {
    "POST cameras": "a camera is registered only at a site in sight",
    "PATCH cameras/<camera>": "and moved only to one",
    "POST cameras/import": "and imported only there",
    "POST analyze": "and a video's history is written only there",
}
COUNTING = {
    "GET compliance": "counts are of those in sight",
    "GET frame-accounts": "likewise",
    "GET exports/compliance.csv": "likewise",
    "GET exports/compliance.ndjson": "likewise",
}
"""What the tests by name below try."""
ARRANGING = {
    "GET wall/layouts": "their tiles are of cameras in sight",
    "POST wall/layouts": "likewise",
    "PATCH wall/layouts/<layout>": "likewise",
}
"""What api/test_layouts.py tries."""


@pytest.fixture
def estate(database: Database, box: SecretBox, redis: Redis) -> dict[str, Place]:
    """Two sites with a camera each, and a sighting, a picture, a job and frames of each."""
    with database.write() as session:
        made = {
            name: _build(session, box, name, passed)
            for name, passed in (("north", 1), ("south", 6))
        }
    queue = FrameQueue(redis)
    for place in made.values():
        queue.push(Frame(place.camera, utc_now(), (640, 360), b"jpeg"))
        report_health(
            redis, CameraHealth(place.camera, CameraState.RECONNECTING, utc_now(), "no route")
        )
    return made


class Wanted(BaseModel):
    camera_id: int


def _build(session: Session, box: SecretBox, name: str, passed: int) -> Place:
    address = f"rtsp://{name}.example/1"
    new = NewCamera(f"{name} door", address, address, site=name, zone=f"{name} hall")
    camera = add_camera(session, box, new)
    start = utc_now() - timedelta(minutes=30)
    minute = start.replace(second=0, microsecond=0)
    sighting = SightingRow(
        camera_id=camera.id,
        started_at=start,
        ended_at=start,
        verdict="mask",
        mask=0.9,
        incorrect_mask=0.05,
        no_mask=0.05,
        faces=5,
        model_version="test-1",
    )
    session.add(sighting)
    session.flush()
    picture = SightingPictureRow(
        sighting_id=sighting.id, taken_at=start, is_sharp=False, content=JPEG, content_bytes=9
    )
    frames = dict.fromkeys(("unchanged", "superseded", "expired", "lost", "failed"), 0)
    account = FrameAccountRow(
        camera_id=camera.id, start=minute, captured=passed, analysed=passed, **frames
    )
    session.add_all([picture, account])
    people = {(camera.id, minute): Counter(mask=passed)}
    add_to_rollups(session, people, [(camera.id, minute)], ZoneInfo("UTC"))
    job = add_job(session, NewJob(JobKind.ERASURE, Wanted(camera_id=camera.id), SYSTEM, camera.id))
    assert camera.site_id is not None
    assert camera.zone_id is not None
    return Place(name, camera.id, camera.site_id, camera.zone_id, sighting.id, job, passed)


@pytest.fixture(params=["user", "token"])
def limited(
    request: pytest.FixtureRequest,
    dashboard: Dashboard,
    database: Database,
    browser_of: ClientOf,
    estate: dict[str, Place],
) -> FlaskClient:
    """An operator, person or program, who is limited to the north."""
    sites = frozenset({estate["north"].site})
    if request.param == "token":
        terms = TokenTerms(cameras=CameraScope(sites))
        with database.write() as session:
            text = create_token(session, "north's", Role.OPERATOR, terms)
        client = dashboard.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        return client
    return limit(database, browser_of(Role.OPERATOR), sites)


def limit(database: Database, browser: FlaskClient, sites: frozenset[int]) -> FlaskClient:
    with database.write() as session:
        user = find_user(session, "the operator")
        change_user(session, user.id, UserChanges(is_limited=True, site_ids=sites))
    browser.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token(browser)
    return browser


def test_what_lies_elsewhere_is_answered_as_if_it_had_never_been(
    limited: FlaskClient, estate: dict[str, Place]
) -> None:
    for case in NAMING:
        hidden, told = case.ask(limited, estate["south"].ids)
        never, never_told = case.ask(limited, NOWHERE)
        assert (str(case), hidden) == (str(case), never)
        assert _without_numbers(told) == _without_numbers(never_told)
        assert (str(case), hidden in case.refusals) == (str(case), True)
        assert not _mentions(told, estate["south"])


def test_what_lies_in_sight_is_answered(limited: FlaskClient, estate: dict[str, Place]) -> None:
    for case in NAMING:
        if case.status is not None:
            status, _ = case.ask(limited, estate["north"].ids)
            assert (str(case), status) == (str(case), case.status)


def test_lists_hold_what_is_in_sight_and_nothing_else(
    limited: FlaskClient, operator: FlaskClient, estate: dict[str, Place]
) -> None:
    for listing in LISTINGS:
        path = f"/api/v1/{listing.path}" if listing.is_api else f"/{listing.path}"
        everything, seen = operator.get(path).text, limited.get(path).text
        for place in estate.values():
            assert (path, _mentions(everything, place)) == (path, True)
        assert (path, _mentions(seen, estate["north"])) == (path, True)
        assert (path, _mentions(seen, estate["south"])) == (path, False)


def test_counts_are_of_what_is_in_sight(
    limited: FlaskClient, operator: FlaskClient, estate: dict[str, Place]
) -> None:
    for path, name in (("compliance", "mask"), ("frame-accounts", "captured")):
        for client, count in ((operator, 7), (limited, 1)):
            found = client.get(f"/api/v1/{path}?bucket=hour").get_json()
            assert (path, found["totals"][name]) == (path, count)
            assert (path, sum(bucket[name] for bucket in found["series"])) == (path, count)


def test_exported_counts_are_of_what_is_in_sight(
    limited: FlaskClient, operator: FlaskClient, estate: dict[str, Place]
) -> None:
    for client, count in ((operator, 7), (limited, 1)):
        lines = client.get("/api/v1/exports/compliance.ndjson").text.splitlines()
        assert sum(json.loads(line)["mask"] for line in lines) == count
        rows = csv.DictReader(io.StringIO(client.get("/api/v1/exports/compliance.csv").text))
        assert sum(int(row["mask"]) for row in rows) == count


def test_sites_and_zones_that_are_named_count_what_is_in_sight(limited: FlaskClient) -> None:
    for query, count in (("site=south", 0), ("zone=south hall", 0), ("site=north", 1)):
        found = limited.get(f"/api/v1/compliance?{query}").get_json()
        assert (query, found["totals"]["mask"]) == (query, count)


@pytest.mark.parametrize("site", ["south", "a new one", ""])
def test_a_camera_is_placed_only_in_sight(
    limited: FlaskClient, operator: FlaskClient, estate: dict[str, Place], site: str
) -> None:
    new = {"name": "gate", "url": "rtsp://gate.example/1", "site": site}
    north = estate["north"].camera
    imports = [f"{name},rtsp://gate.example/1,{site}" for name in ("gate", "north door")]
    answers = [
        limited.post("/api/v1/cameras", json=new),
        limited.patch(f"/api/v1/cameras/{north}", json={"site": site}),
        *(limited.post("/api/v1/cameras/import", data=_csv(line)) for line in imports),
    ]
    assert [one.status_code for one in answers] == [422] * 4
    cameras = operator.get("/api/v1/cameras").get_json()["items"]
    assert [(one["name"], one["site"]) for one in cameras] == [
        ("north door", "north"),
        ("south door", "south"),
    ]


def test_a_camera_is_placed_at_a_site_in_sight(limited: FlaskClient) -> None:
    new = {"name": "gate", "url": "rtsp://gate.example/1", "site": "north"}
    assert limited.post("/api/v1/cameras", json=new).status_code == 201
    listed = _csv("barrier,rtsp://barrier.example/1,north")
    assert limited.post("/api/v1/cameras/import", data=listed).status_code == 200


def test_a_list_does_not_change_a_camera_elsewhere(
    limited: FlaskClient, operator: FlaskClient
) -> None:
    listed = _csv("south door,rtsp://thief.example/1,north")
    assert limited.post("/api/v1/cameras/import", data=listed).status_code in (409, 422)
    assert "thief" not in operator.get("/api/v1/cameras").text


def test_a_video_is_written_only_into_the_history_of_a_camera_in_sight(
    limited: FlaskClient, estate: dict[str, Place]
) -> None:
    for camera_id, status in (
        (estate["south"].camera, 404),
        (UNKNOWN, 404),
        (estate["north"].camera, 422),  # the file is no video
    ):
        fields = {"camera_id": str(camera_id), "starts_at": "2026-01-31T08:00:00Z"}
        video = {"video": (io.BytesIO(b"no video"), "door.mp4")}
        answer = limited.post("/api/v1/analyze", data={**fields, **video})
        assert (camera_id, answer.status_code) == (camera_id, status)


def test_a_page_watches_the_cameras_in_sight_only(
    dashboard: Dashboard, database: Database, browser_of: ClientOf, estate: dict[str, Place]
) -> None:
    north, south = estate["north"], estate["south"]
    browser = limit(database, browser_of(Role.OPERATOR), frozenset({north.site}))
    with live_page(dashboard, browser) as watched:
        assert watched(north.camera, south.camera) == {north.camera}
        with database.write() as session:
            user = find_user(session, "the operator")
            change_user(session, user.id, UserChanges(is_limited=False))
        assert watched(north.camera, south.camera) == {north.camera, south.camera}


def test_a_page_that_was_signed_out_watches_nothing(
    dashboard: Dashboard, browser_of: ClientOf, estate: dict[str, Place]
) -> None:
    browser = browser_of(Role.OPERATOR)
    with live_page(dashboard, browser) as watched:
        browser.post("/sign-out", data={"csrf_token": csrf_token(browser)})
        assert watched(estate["north"].camera) == set()


def test_every_operation_that_names_a_camera_is_tried(
    dashboard: Dashboard, stranger: FlaskClient
) -> None:
    described = stranger.get("/api/v1/openapi.json").get_json()
    naming = set(_operations_naming(described, ("camera_id", "sighting_id", "job_id")))
    listed = {f"GET {one.path}" for one in LISTINGS}
    tried = {*map(str, NAMING), *listed, *PLACING, *COUNTING, *ARRANGING}
    known = {_shape(one) for one in tried} | set(_for_administrators(dashboard))
    assert naming - known == set()


@contextmanager
def live_page(dashboard: Dashboard, browser: FlaskClient) -> Iterator[Callable[..., set[int]]]:
    """Open the live channel of a browser; ask it to watch, and get what it is let watch."""
    app = dashboard.app
    page = app.extensions["socketio"].test_client(app, flask_test_client=browser)

    def watch(*camera_ids: int) -> set[int]:
        page.emit("watch", {"camera_ids": list(camera_ids)})
        (viewer_id,) = dashboard.connections.admissions()
        return set(app.extensions["maskwatch"].hub.watched(viewer_id))

    yield watch
    page.disconnect()


def _operations_naming(described: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Find the operations that take or answer a field of these names, or are of cameras."""
    for path, operations in described["paths"].items():
        is_of_cameras = re.match(r"/api/v1/(cameras|sites|zones|exports)", path) is not None
        for method, operation in operations.items():
            text = _spelt_out(described, operation)
            if is_of_cameras or any(f'"{name}"' in text for name in names):
                yield _shape(f"{method.upper()} {path}")


def _spelt_out(described: dict[str, Any], node: object) -> str:
    """Write a part of the description, with all the schemas that it refers to."""
    text, seen = json.dumps(node), set[str]()
    while missing := set(re.findall(r'"#/components/schemas/([^"]+)"', text)) - seen:
        seen |= missing
        text += "".join(json.dumps(described["components"]["schemas"][one]) for one in missing)
    return text


def _for_administrators(dashboard: Dashboard) -> Iterator[str]:
    """Find the operations that only administrators may use: nobody limits those."""
    for rule in dashboard.app.url_map.iter_rules():
        if declared_access(dashboard.app, rule.endpoint) is Role.ADMIN:
            yield from (_shape(f"{method} {rule.rule}") for method in rule.methods or ())


def _shape(operation: str) -> str:
    """Write METHOD and path without prefix, query and the names of parameters."""
    path = operation.replace("/api/v1/", "").partition("?")[0]
    return re.sub(r"<[^>]+>|{[^}]+}", "<>", path)


def _mentions(text: str, place: Place) -> bool:
    marks = (f"{place.name} door", f'"{place.name}"', f'"{place.name} hall"')
    numbers = (f'"camera_id":{place.camera},', f'camera_id="{place.camera}"')
    return any(mark in text for mark in (*marks, *numbers))


def _without_numbers(text: str) -> str:
    return re.sub(r"[0-9a-f]{16}|\d+", "N", text)


def _csv(line: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(f"name,url,site\n{line}\n".encode()), "cameras.csv")}
