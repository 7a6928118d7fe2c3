"""Model versions over the API."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.manifests import Task, parse_manifest, write_out
from core.measurements import LabelMeasure, Measurement, SizeMeasure
from core.model_checks import TOPIC, ModelCheck, decode_question, encode_check
from core.model_folders import ModelFolder
from core.storage.engine import Database
from core.storage.model_activations import register_shipped
from core.storage.users import Role
from tests.answering import Answering
from tests.dashboard.conftest import ClientOf, csrf_token
from tests.dashboard.forms import encoded
from tests.model_folders import make_folder

PATH = "/api/v1/models"

Worker: TypeAlias = Callable[[ModelCheck], list[int]]


def packed(folder: ModelFolder) -> dict[str, Any]:
    """The form of an upload: one zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("manifest.json", folder.manifest)
        archive.writestr("MODEL_CARD.md", folder.card)
        for name, part in folder.contents.items():
            archive.writestr(name, part)
    return {"files": (io.BytesIO(content.getvalue()), "model.zip")}


def upload(client: FlaskClient, version: str = "test-1") -> dict[str, Any]:
    answer = client.post(PATH, data=packed(make_folder(version)))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


@pytest.fixture
def shipped(database: Database) -> None:
    folders = [make_folder("shipped-1"), make_folder("finder-1", Task.DETECTOR)]
    with database.write() as session:
        register_shipped(session, [ModelFolder(one.manifest, one.card) for one in folders])


@pytest.fixture
def worker(answering: Answering) -> Worker:
    """Stand in for a worker, and remember what it was asked."""

    def run(check: ModelCheck) -> list[int]:
        asked: list[int] = []

        def handle(question: bytes) -> bytes:
            asked.append(decode_question(question))
            return encode_check(check)

        answering("worker", TOPIC, handle)
        return asked

    return run


def active(client: FlaskClient, task: str = "classifier") -> list[str]:
    items = client.get(PATH).get_json()["items"]
    return [one["version"] for one in items if one["is_active"] and one["task"] == task]


def test_versions_are_listed_with_what_they_are(viewer: FlaskClient, shipped: None) -> None:
    page = viewer.get(PATH).get_json()

    assert page["next_cursor"] is None
    one = page["items"][0]
    assert (one["task"], one["version"], one["is_active"]) == ("classifier", "shipped-1", True)
    assert (one["architecture"], one["precision"], one["input_side"]) == (
        "MobileNetV2",
        "float32",
        128,
    )
    assert (one["is_shipped"], one["figures"]) == (True, {"macro_f1": 0.9})
    assert [file["name"] for file in one["files"]] == ["network.xml", "network.bin"]
    assert set(one["files"][0]) == {"name", "size", "sha256", "runtime"}
    assert active(viewer, "detector") == ["finder-1"]


def test_the_active_version_tells_since_when_and_the_one_before_is_marked(
    admin: FlaskClient, shipped: None, worker: Worker
) -> None:
    worker(ModelCheck(ok=True))
    added = upload(admin)
    admin.post(f"{PATH}/{added['id']}/activate")

    new, old = (one for one in admin.get(PATH).get_json()["items"] if one["task"] == "classifier")
    assert (new["is_active"], new["activated_by"]) == (True, "a admin's token")
    assert datetime.fromisoformat(new["active_since"]) <= datetime.now(UTC)
    assert (new["is_next_back"], old["is_next_back"]) == (False, True)
    assert (old["active_since"], old["activated_by"]) == (None, None)


def test_what_was_measured_is_told_by_label_and_by_size(admin: FlaskClient) -> None:
    folder = make_folder()
    measured = Measurement(
        "park, left out",
        True,
        30,
        {"macro_f1": 0.8},
        (LabelMeasure("mask", 20, 0.9, None),),
        (SizeMeasure(80, None, 0.6),),
    )
    manifest = replace(parse_manifest(folder.manifest), measurements=(measured,))
    added = admin.post(PATH, data=packed(replace(folder, manifest=write_out(manifest))))
    assert added.get_json()["measurements"] == [
        {
            "data": "park, left out",
            "is_new_source": True,
            "faces": 30,
            "figures": {"macro_f1": 0.8},
            "labels": [{"label": "mask", "faces": 20, "precision": 0.9, "recall": None}],
            "sizes": [{"from_px": 80, "to_px": None, "faces": None, "share": 0.6}],
        }
    ]


def test_one_version_is_read_with_its_card(viewer: FlaskClient, shipped: None) -> None:
    (first, *_) = viewer.get(PATH).get_json()["items"]
    assert viewer.get(f"{PATH}/{first['id']}").get_json() == first | {"card": "# Card"}
    assert viewer.get(f"{PATH}/99").status_code == 404


def test_an_upload_is_added_and_not_yet_active(admin: FlaskClient, shipped: None) -> None:
    answer = admin.post(PATH, data=packed(make_folder()))

    added = answer.get_json()
    assert answer.headers["Location"] == f"{PATH}/{added['id']}"
    assert (added["version"], added["is_active"], added["checked_at"]) == ("test-1", False, None)
    assert added["added_by"] == "a admin's token"
    assert active(admin) == ["shipped-1"]


def test_files_are_uploaded_one_by_one(admin: FlaskClient) -> None:
    folder = make_folder()
    files = [(io.BytesIO(folder.manifest.encode()), "manifest.json")]
    files += [(io.BytesIO(content), name) for name, content in folder.contents.items()]

    assert admin.post(PATH, data={"files": files}).status_code == 201


def test_an_upload_of_several_megabytes_is_taken_from_an_administrators_browser(
    browser_of: ClientOf,
) -> None:
    browser = browser_of(Role.ADMIN)
    form = packed(make_folder(contents={"network.bin": bytes(3_000_000)}))
    headers = {"X-CSRFToken": csrf_token(browser)}
    assert browser.post(PATH, headers=headers, **encoded(form)).status_code == 201


def test_an_upload_beyond_the_bound_is_refused(admin: FlaskClient) -> None:
    form = {"files": (io.BytesIO(bytes(54_000_000)), "network.bin")}
    answer = admin.post(PATH, **encoded(form))
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({}, 422, id="nothing"),
        pytest.param({"files": "text"}, 422, id="no file"),
        pytest.param({"files": (io.BytesIO(b"x"), "model.zip")}, 422, id="no zip"),
        pytest.param({"files": (io.BytesIO(b"x"), "network.bin")}, 422, id="no manifest"),
    ],
)
def test_what_is_no_model_folder_is_refused(
    admin: FlaskClient, form: dict[str, Any], status: int
) -> None:
    answer = admin.post(PATH, data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]


def test_a_name_that_is_taken_is_a_conflict(admin: FlaskClient) -> None:
    upload(admin)
    assert admin.post(PATH, data=packed(make_folder())).status_code == 409


def test_activation_asks_a_worker_and_then_activates(
    admin: FlaskClient, shipped: None, worker: Worker
) -> None:
    added = upload(admin)
    asked = worker(ModelCheck(ok=True))

    answer = admin.post(f"{PATH}/{added['id']}/activate")

    assert answer.status_code == 200
    assert answer.get_json()["is_active"]
    assert answer.get_json()["checked_at"]
    assert asked == [added["id"]]
    assert active(admin) == ["test-1"]


def test_a_version_that_does_not_run_is_not_activated(
    admin: FlaskClient, shipped: None, worker: Worker
) -> None:
    added = upload(admin)
    worker(ModelCheck(ok=False, error="it answers the same for every picture"))

    answer = admin.post(f"{PATH}/{added['id']}/activate")

    assert answer.status_code == 409
    assert "test-1 is not activated: it answers the same" in answer.get_json()["detail"]
    assert active(admin) == ["shipped-1"]


def test_without_a_worker_it_says_to_start_one(admin: FlaskClient, shipped: None) -> None:
    answer = admin.post(f"{PATH}/{upload(admin)['id']}/activate")

    assert answer.status_code == 503
    assert "start one" in answer.get_json()["detail"]
    assert active(admin) == ["shipped-1"]


def test_a_rollback_is_one_call(admin: FlaskClient, shipped: None, worker: Worker) -> None:
    worker(ModelCheck(ok=True))
    admin.post(f"{PATH}/{upload(admin)['id']}/activate")

    answer = admin.post(f"{PATH}/rollback", json={"task": "classifier"})

    assert (answer.status_code, answer.get_json()["version"]) == (200, "shipped-1")
    assert active(admin) == ["shipped-1"]
    assert admin.post(f"{PATH}/rollback", json={"task": "classifier"}).status_code == 409
    assert admin.post(f"{PATH}/rollback", json={"task": "painter"}).status_code == 422


def test_a_version_is_removed_unless_it_is_active_or_shipped(
    admin: FlaskClient, shipped: None
) -> None:
    added = upload(admin)
    assert admin.delete(f"{PATH}/{added['id']}").status_code == 204
    assert admin.delete(f"{PATH}/{added['id']}").status_code == 404
    (first, *_) = admin.get(PATH).get_json()["items"]
    assert admin.delete(f"{PATH}/{first['id']}").status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda client: client.post(PATH, data=packed(make_folder())), id="upload"),
        pytest.param(lambda client: client.post(f"{PATH}/1/activate"), id="activate"),
        pytest.param(
            lambda client: client.post(f"{PATH}/rollback", json={"task": "classifier"}),
            id="rollback",
        ),
        pytest.param(lambda client: client.delete(f"{PATH}/1"), id="remove"),
    ],
)
def test_only_administrators_change_models(
    operator: FlaskClient, shipped: None, change: Callable[[FlaskClient], TestResponse]
) -> None:
    assert change(operator).status_code == 403


def test_each_change_is_written_into_the_audit(
    admin: FlaskClient, shipped: None, worker: Worker
) -> None:
    model_id = upload(admin)["id"]
    worker(ModelCheck(ok=True))
    assert admin.post(f"{PATH}/{model_id}/activate").status_code == 200
    assert admin.post(f"{PATH}/rollback", json={"task": "classifier"}).status_code == 200
    assert admin.delete(f"{PATH}/{model_id}").status_code == 204
    rows = admin.get("/api/v1/audit?action=model.").get_json()["items"]
    found = [(row["action"], row["subject"], row["before"], row["after"]) for row in rows]
    shipped_1, test_1 = {"active": "shipped-1"}, {"active": "test-1"}
    assert found[1:3] == [
        ("model.roll_back", 'classifier "shipped-1"', test_1, shipped_1),
        ("model.activate", 'classifier "test-1"', shipped_1, test_1),
    ]
    assert (found[0][0], found[3][0]) == ("model.remove", "model.add")
    assert found[0][2] == found[3][3]
    assert found[3][3]["files"]
