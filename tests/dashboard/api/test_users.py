"""Users and groups over the API: roles, limits, new passwords."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.storage.engine import Database
from core.storage.sites import settle_site
from core.storage.users import Role, check_password
from tests.dashboard.conftest import ClientOf, csrf_token

PASSWORD = "long enough words"


@pytest.fixture
def site_id(database: Database) -> int:
    with database.write() as session:
        return settle_site(session, "north") or 0


@pytest.fixture
def ann(admin: FlaskClient) -> dict[str, Any]:
    """The answer to adding a viewer."""
    body = {"name": "ann", "role": "viewer", "password": PASSWORD}
    added: dict[str, Any] = admin.post("/api/v1/users", json=body).get_json()
    return added


def test_a_user_is_added_with_their_limits(admin: FlaskClient, site_id: int) -> None:
    group = admin.post("/api/v1/groups", json={"name": "guards"}).get_json()
    body = {
        "name": "bob",
        "role": "operator",
        "password": PASSWORD,
        "is_limited": True,
        "site_ids": [site_id, site_id],
        "group_ids": [group["id"]],
        "may_see_faces": True,
    }
    bob = admin.post("/api/v1/users", json=body).get_json()
    assert (bob["is_limited"], bob["site_ids"], bob["group_ids"], bob["may_see_faces"]) == (
        True,
        [site_id],
        [group["id"]],
        True,
    )
    assert admin.get(f"/api/v1/users/{bob['id']}").get_json() == bob
    assert admin.get(f"/api/v1/groups/{group['id']}").get_json()["user_ids"] == [bob["id"]]


def test_what_is_left_out_of_a_change_stays(
    admin: FlaskClient, ann: dict[str, Any], site_id: int
) -> None:
    path = f"/api/v1/users/{ann['id']}"
    limited = admin.patch(path, json={"is_limited": True, "site_ids": [site_id]}).get_json()
    assert limited == {**ann, "is_limited": True, "site_ids": [site_id]}
    assert admin.patch(path, json={"role": "operator"}).get_json() == {
        **limited,
        "role": "operator",
    }
    assert admin.patch(path, json={"site_ids": None}).get_json()["site_ids"] == [site_id]
    assert admin.patch(path, json={"site_ids": []}).get_json()["site_ids"] == []


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        pytest.param({"role": "king"}, 422, "role", id="unknown role"),
        pytest.param({"site_ids": [99]}, 422, "site_ids", id="unknown site"),
        pytest.param({"group_ids": [99]}, 422, "group_ids", id="unknown group"),
        pytest.param({"site_ids": [0]}, 422, "site_ids.0", id="no id"),
        pytest.param({"site_ids": [2**40]}, 422, "site_ids.0", id="huge id"),
        pytest.param({"is_limited": "yes"}, 422, "is_limited", id="no truth value"),
        pytest.param({"password": "short"}, 422, "password", id="short password"),
        pytest.param(
            {"role": "admin", "is_limited": True}, 422, "is_limited", id="limited administrator"
        ),
        pytest.param({"name": "bob"}, 422, "name", id="names stay"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_of_it_done(
    admin: FlaskClient, ann: dict[str, Any], changes: dict[str, Any], status: int, field: str
) -> None:
    path = f"/api/v1/users/{ann['id']}"
    answer = admin.patch(path, json={"may_see_faces": True, **changes})
    assert (answer.status_code, answer.get_json()["field"]) == (status, field)
    assert admin.get(path).get_json() == ann


def test_a_new_password_by_an_administrator_signs_the_user_out(
    admin: FlaskClient, browser_of: ClientOf, database: Database
) -> None:
    browser = browser_of(Role.VIEWER)
    (user,) = admin.get("/api/v1/users").get_json()["items"]
    admin.patch(f"/api/v1/users/{user['id']}", json={"password": PASSWORD})
    assert browser.get("/api/v1/account").status_code == 401
    with database.read() as session:
        assert check_password(session, "the viewer", PASSWORD) is not None


def test_the_last_administrator_is_not_demoted_by_themselves_either(browser_of: ClientOf) -> None:
    browser = browser_of(Role.ADMIN)
    (me,) = browser.get("/api/v1/users").get_json()["items"]
    headers = {"X-CSRFToken": csrf_token(browser)}
    path = f"/api/v1/users/{me['id']}"
    assert browser.patch(path, json={"role": "viewer"}, headers=headers).status_code == 409
    assert browser.get(path).get_json()["role"] == "admin"


def test_a_group_is_made_changed_and_removed(
    admin: FlaskClient, ann: dict[str, Any], site_id: int
) -> None:
    body = {"name": "guards", "site_ids": [site_id], "user_ids": [ann["id"]]}
    made = admin.post("/api/v1/groups", json=body)
    assert made.status_code == 201
    group = made.get_json()
    path = f"/api/v1/groups/{group['id']}"
    assert {name: group[name] for name in body} == body
    renamed = admin.patch(path, json={"name": "night guards"}).get_json()
    assert renamed == {**group, "name": "night guards"}
    assert admin.get("/api/v1/groups").get_json()["items"] == [renamed]
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.get(f"/api/v1/users/{ann['id']}").get_json()["group_ids"] == []


def test_two_groups_of_one_name_are_a_conflict(admin: FlaskClient) -> None:
    made = [admin.post("/api/v1/groups", json={"name": name}) for name in ("a", "b", "a")]
    assert [one.status_code for one in made] == [201, 201, 409]
    path = f"/api/v1/groups/{made[1].get_json()['id']}"
    answer = admin.patch(path, json={"name": "a"})
    assert (answer.status_code, answer.get_json()["field"]) == (409, "name")
    assert admin.patch(path, json={"name": "b"}).status_code == 200


def test_who_is_added_without_a_password_chooses_it_by_a_link_that_works_once(
    admin: FlaskClient, stranger: FlaskClient, database: Database
) -> None:
    bob = admin.post("/api/v1/users", json={"name": "bob", "role": "viewer"}).get_json()
    assert (bob["has_password"], bob["sessions"], bob["seen_at"]) == (False, 0, None)
    link = admin.post(f"/api/v1/users/{bob['id']}/password-link").get_json()
    form = {"csrf_token": csrf_token(stranger, link["path"]), "password": PASSWORD}
    chosen = stranger.post(link["path"], data={**form, "password_again": PASSWORD})
    assert chosen.status_code == 302
    assert stranger.get("/api/v1/account").get_json()["name"] == "bob"
    now = admin.get(f"/api/v1/users/{bob['id']}").get_json()
    assert (now["has_password"], now["sessions"], now["seen_at"] is None) == (True, 1, False)
    assert stranger.get(link["path"]).status_code == 410
    with database.read() as session:
        assert check_password(session, "bob", PASSWORD) is not None


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        pytest.param("short", "short", "a password needs at least 10 characters", id="short"),
        pytest.param(PASSWORD, "another one", "The two passwords are not the same.", id="slip"),
        pytest.param("", "", "Choose a password.", id="nothing"),
    ],
)
def test_a_bad_password_leaves_the_link_as_it_was(
    admin: FlaskClient,
    stranger: FlaskClient,
    ann: dict[str, Any],
    password: str,
    again: str,
    words: str,
) -> None:
    path = admin.post(f"/api/v1/users/{ann['id']}/password-link").get_json()["path"]
    form = {"csrf_token": csrf_token(stranger, path), "password": password}
    refused = stranger.post(path, data={**form, "password_again": again})
    assert (refused.status_code, words in refused.text) == (422, True)
    assert stranger.get(path).status_code == 200


def test_a_newer_link_voids_the_older_one(
    admin: FlaskClient, stranger: FlaskClient, ann: dict[str, Any]
) -> None:
    path = f"/api/v1/users/{ann['id']}/password-link"
    older, newer = (admin.post(path).get_json()["path"] for _ in range(2))
    assert [stranger.get(one).status_code for one in (older, newer)] == [410, 200]


def test_a_link_to_choose_a_password_signs_nobody_in(
    admin: FlaskClient, stranger: FlaskClient, ann: dict[str, Any]
) -> None:
    link = admin.post(f"/api/v1/users/{ann['id']}/password-link").get_json()["path"]
    secret = link.rpartition("/")[2]
    assert stranger.get(f"/sign-in/{secret}").status_code == 410
    assert stranger.get(f"/set-up/{secret}").status_code == 410
    assert admin.post("/api/v1/users/99/password-link").status_code == 404


def test_an_administrator_sees_and_ends_the_sessions_of_others(
    admin: FlaskClient, browser_of: ClientOf
) -> None:
    browser = browser_of(Role.VIEWER)
    (user,) = admin.get("/api/v1/users").get_json()["items"]
    path = f"/api/v1/users/{user['id']}/sessions"
    (one,) = admin.get(path).get_json()["items"]
    assert (one["address"], one["is_current"], user["sessions"]) == ("127.0.0.1", False, 1)
    assert admin.delete(path).status_code == 204
    assert browser.get("/api/v1/account").status_code == 401
    (gone,) = admin.get("/api/v1/users").get_json()["items"]
    assert (gone["sessions"], gone["seen_at"] is None) == (0, False)
    assert admin.get("/api/v1/users/99/sessions").status_code == 404
    assert admin.delete("/api/v1/users/99/sessions").status_code == 404


def test_ending_ones_own_sessions_keeps_the_one_that_asks(browser_of: ClientOf) -> None:
    browser = browser_of(Role.ADMIN)
    (me,) = browser.get("/api/v1/users").get_json()["items"]
    headers = {"X-CSRFToken": csrf_token(browser)}
    browser.delete(f"/api/v1/users/{me['id']}/sessions", headers=headers)
    assert browser.get("/api/v1/account").status_code == 200
