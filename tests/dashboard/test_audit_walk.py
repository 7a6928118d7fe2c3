"""Every change over HTTP is written into the audit: who, from where, what, before and after."""

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.secrets import SecretBox
from core.storage.audit import ActorKind, AuditEntry, AuditFilter, read_all_changes
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.engine import Database, utc_now
from core.storage.recording import FinishedTrack, add_history
from core.storage.users import Role, add_user
from core.types import Verdict
from dashboard.app import Dashboard
from tests.dashboard.conftest import PASSWORD, ClientOf, csrf_token

ALL = AuditFilter(
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2100, 1, 1, tzinfo=UTC),
)


@dataclass(frozen=True)
class Step:
    """A change, and the action that the audit must name. <words> are ids of steps before.

    keep: the word under which the id of the answer is kept. before, after: whether the
    audit tells what stood there.
    """

    method: str
    path: str
    action: str
    body: dict[str, Any] | None = None
    keep: str = ""
    before: bool = False
    after: bool = False
    upload: str | None = None

    def do(self, browser: FlaskClient, ids: dict[str, str]) -> int:
        options: dict[str, Any] = {"json": self.body}
        if self.upload is not None:
            options = {"data": {"file": (io.BytesIO(self.upload.encode()), "list.csv")}}
        path = self.path
        for word, number in ids.items():
            path = path.replace(f"<{word}>", number)
        answer = browser.open(f"/api/v1/{path}", method=self.method, **options)
        if self.keep:
            ids[self.keep] = str(answer.get_json()["id"])
        return answer.status_code

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


STEPS = [
    Step(
        "POST",
        "cameras",
        "camera.add",
        {"name": "door", "url": "rtsp://u:secret-pw@h/1", "site": "north", "zone": "hall"},
        keep="camera_id",
        after=True,
    ),
    Step("PATCH", "cameras/<camera_id>", "camera.change", {"name": "gate"}, "", True, True),
    Step(
        "POST",
        "cameras/import",
        "camera.import",
        upload="name,url\nback door,rtsp://u:secret-pw@h/2\n",
    ),
    Step("PATCH", "sites/<site_id>", "site.rename", {"name": "east"}, "", True, True),
    Step("PATCH", "zones/<zone_id>", "zone.rename", {"name": "yard"}, "", True, True),
    Step("DELETE", "cameras/<camera_id>", "camera.remove", before=True),
    Step("DELETE", "zones/<empty_zone_id>", "zone.remove", before=True),
    Step("DELETE", "sites/<empty_site_id>", "site.remove", before=True),
    Step(
        "POST",
        "users",
        "user.add",
        {"name": "bob", "role": "viewer", "password": "secret-pw of bob"},
        keep="user_id",
        after=True,
    ),
    Step(
        "PATCH",
        "users/<user_id>",
        "user.change",
        {"role": "operator", "password": "secret-pw of bob, new"},
        "",
        True,
        True,
    ),
    Step("POST", "users/<user_id>/password-link", "user.link", after=True),
    Step("DELETE", "users/<user_id>/sessions", "session.end", after=True),
    Step("POST", "groups", "group.add", {"name": "guards"}, keep="group_id", after=True),
    Step("PATCH", "groups/<group_id>", "group.change", {"name": "night"}, "", True, True),
    Step("DELETE", "groups/<group_id>", "group.remove", before=True),
    Step("DELETE", "users/<user_id>", "user.remove", before=True),
    Step("POST", "tokens", "token.create", {"name": "t", "role": "viewer"}, "token_id", after=True),
    Step("DELETE", "tokens/<token_id>", "token.revoke", before=True),
    Step("PATCH", "preferences", "preferences.change", {"session_hours": 5}, "", True, True),
    Step("POST", "wall/layouts", "layout.add", {"name": "doors"}, "layout_id", after=True),
    Step("PATCH", "wall/layouts/<layout_id>", "layout.change", {"name": "gates"}, "", True, True),
    Step("DELETE", "wall/layouts/<layout_id>", "layout.remove", before=True),
    Step("POST", "erasures", "history.erase", {"all": True}, keep="job_id", after=True),
    Step("POST", "jobs/<job_id>/cancel", "job.cancel", None, "", True, True),
    Step(
        "POST",
        "sightings/<sighting_id>/review",
        "sighting.review",
        {"label": "no_mask"},
        after=True,
    ),
    Step("DELETE", "sightings/<sighting_id>/review", "sighting.review", before=True),
    Step(
        "POST",
        "sightings/desharpen",
        "picture.desharpen",
        {"sharp_pictures": "blur"},
        after=True,
    ),
    Step("PATCH", "account", "user.appearance", {"theme": "dark"}, "", True, True),
    Step("DELETE", "account/sessions", "session.end", after=True),
    Step("DELETE", "account/sessions/<session_id>", "session.end", before=True),
    Step(
        "POST",
        "account/password",
        "user.password",
        {"old_password": PASSWORD, "new_password": "secret-pw and more"},
        after=True,
    ),
]
ELSEWHERE = {
    "POST /api/v1/analyze": "pictures are kept nowhere; a video's job is audited as backfill",
    "POST /api/v1/cameras/check": "it looks at a stream and changes nothing",
    "POST /api/v1/cameras/search": "audited before ingest is asked; test_camera_search.py",
    "POST /api/v1/cameras/streams": "audited before ingest is asked; test_camera_search.py",
    "POST /api/v1/models": "api/test_models.py, with a worker's stand-in",
    "POST /api/v1/models/rollback": "api/test_models.py, with a worker's stand-in",
    "POST /api/v1/models/<int:model_id>/activate": "api/test_models.py, with a worker's stand-in",
    "DELETE /api/v1/models/<int:model_id>": "api/test_models.py, with a worker's stand-in",
}


def entries(database: Database) -> list[AuditEntry]:
    """Read all changes, oldest first."""
    return [entry for page in read_all_changes(database, ALL) for entry in page][::-1]


@pytest.fixture
def browser(browser_of: ClientOf) -> FlaskClient:
    """An administrator's, which shows its CSRF token by itself."""
    browser = browser_of(Role.ADMIN)
    browser.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token(browser)
    return browser


@pytest.fixture
def ids(
    dashboard: Dashboard, database: Database, box: SecretBox, browser: FlaskClient
) -> dict[str, str]:
    """What the steps find: a site with a zone, empty ones, a sighting, a second session."""
    with database.write() as session:
        kept = add_camera(session, box, NewCamera("a", "0", "0", site="north", zone="hall"))
        removed = add_camera(session, box, NewCamera("b", "0", "0", site="west", zone="roof"))
        remove_camera(session, removed.id)
        add_history(session, [_passed(kept.id)], [])
    other = dashboard.app.test_client()
    _sign_in(other, "the admin", PASSWORD)
    return {
        "site_id": str(kept.site_id),
        "zone_id": str(kept.zone_id),
        "sighting_id": "1",
        "empty_site_id": str(removed.site_id),
        "empty_zone_id": str(removed.zone_id),
    }


def _passed(camera_id: int) -> FinishedTrack:
    now = utc_now()
    return FinishedTrack(camera_id, now, now, Verdict.MASK, (0.9, 0.06, 0.04), 9, False, "m1")


def test_each_change_is_written_with_who_and_from_where(
    dashboard: Dashboard, browser: FlaskClient, ids: dict[str, str], database: Database
) -> None:
    for step in STEPS:
        if "<session_id>" in step.path:
            ids["session_id"] = _begin_another_session(dashboard, browser)
        known = len(entries(database))
        status = step.do(browser, ids)
        assert (str(step), status in (200, 201, 202, 204)) == (str(step), True)
        written = [one for one in entries(database)[known:] if one.action == step.action]
        assert (str(step), len(written)) == (str(step), 1)
        _check(step, written[0])


def _check(step: Step, entry: AuditEntry) -> None:
    who = entry.actor
    assert (who.name, who.kind, who.address) == ("the admin", ActorKind.USER, "127.0.0.1")
    assert (str(step), entry.subject != "") == (str(step), True)
    if step.before:
        assert (str(step), entry.before is not None) == (str(step), True)
    if step.after:
        assert (str(step), entry.after is not None) == (str(step), True)
    told = json.dumps([entry.subject, entry.before, entry.after])
    assert (str(step), "secret-pw" in told) == (str(step), False)


def test_every_operation_that_changes_something_is_walked(dashboard: Dashboard) -> None:
    walked = {f"{step.method} /api/v1/{_shape(step.path)}" for step in STEPS}
    changing = {
        f"{method} {rule.rule}"
        for rule in dashboard.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert {_shape(one) for one in changing} == walked | {_shape(one) for one in ELSEWHERE}


def test_a_change_by_a_token_names_the_token(admin: FlaskClient, database: Database) -> None:
    admin.post("/api/v1/groups", json={"name": "guards"})
    (entry,) = entries(database)
    assert (entry.actor.name, entry.actor.kind) == ("a admin's token", ActorKind.TOKEN)


def test_what_is_refused_is_not_written(
    viewer: FlaskClient, admin: FlaskClient, database: Database
) -> None:
    viewer.post("/api/v1/groups", json={"name": "guards"})
    admin.post("/api/v1/groups", json={"name": ""})
    admin.delete("/api/v1/groups/99")
    admin.patch("/api/v1/users/99", json={"role": "admin"})
    assert entries(database) == []


def test_signing_in_and_out_is_written(browser: FlaskClient, database: Database) -> None:
    browser.post("/sign-out", data={"csrf_token": csrf_token(browser)})
    begun, ended = entries(database)
    assert (begun.action, begun.after) == (
        "session.sign_in",
        {"by": "password", "browser": "A browser"},
    )
    assert (ended.action, ended.subject) == ("session.sign_out", 'user "the admin"')


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        pytest.param("ann", 'user "ann"', id="a user's name"),
        pytest.param("correct horse", "an unknown user", id="a password in the field of the name"),
    ],
)
def test_a_refused_sign_in_is_written_without_what_was_typed(
    stranger: FlaskClient, database: Database, name: str, subject: str
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    _sign_in(stranger, name, "wrong words here")
    (entry,) = entries(database)
    assert (entry.action, entry.subject, entry.actor.name) == (
        "session.refuse",
        subject,
        "a stranger",
    )
    assert "wrong" not in str(entry)
    assert "horse" not in str(entry)


def _sign_in(browser: FlaskClient, name: str, password: str) -> None:
    form = {"name": name, "password": password, "csrf_token": csrf_token(browser, "/sign-in")}
    browser.post("/sign-in", data=form)


def _begin_another_session(dashboard: Dashboard, browser: FlaskClient) -> str:
    _sign_in(dashboard.app.test_client(), "the admin", PASSWORD)
    sessions = browser.get("/api/v1/account/sessions").get_json()["items"]
    return next(str(one["id"]) for one in sessions if not one["is_current"])


def _shape(path: str) -> str:
    """Leave the names of a path's parameters out."""
    return re.sub(r"<[^>]+>", "<>", path)
