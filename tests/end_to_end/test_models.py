"""A new model goes into use while everything runs, and back out again."""

from pathlib import Path
from typing import Any

from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from tests.end_to_end.house import Api, House, run_command
from tests.models.versions import copy_shipped
from tests.waiting import wait_for

SHIPPED = read_manifest(SHIPPED_CLASSIFIER).model_version


def workers(api: Api) -> dict[int, str]:
    """The classifier that each worker's heartbeat names, by its process id."""
    processes = api.get("system")["processes"]
    return {
        one["pid"]: one["detail"].partition(";")[0].split(", ")[0]
        for one in processes
        if one["kind"] == "worker"
    }


def wait_until_all_use(api: Api, version: str) -> None:
    def all_follow() -> bool:
        return set(workers(api).values()) == {version}

    wait_for(f"every worker with {version}", all_follow)


def one_of(api: Api, version: str) -> dict[str, Any]:
    items = api.get("models")["items"]
    (found,) = (one for one in items if one["version"] == version)
    return dict(found)


def test_a_model_is_activated_and_rolled_back_without_a_restart(
    demo_house: House, demo_api: Api, tmp_path: Path
) -> None:
    wait_until_all_use(demo_api, SHIPPED)
    before = workers(demo_api).keys()
    folder = copy_shipped(tmp_path / "model", "other-1")
    added = run_command("model", "add", str(folder), "--data", str(demo_house.data))
    assert added.returncode == 0, added.stderr

    version_id = one_of(demo_api, "other-1")["id"]
    status, answer = demo_api.call("POST", f"models/{version_id}/activate")
    assert (status, answer["version"], answer["is_active"]) == (200, "other-1", True)

    wait_until_all_use(demo_api, "other-1")

    def sighted() -> bool:
        return any(one["model_version"] == "other-1" for one in demo_api.sightings())

    wait_for("a sighting by the new model", sighted)
    status, answer = demo_api.call("POST", "models/rollback", {"task": "classifier"})
    assert (status, answer["version"]) == (200, SHIPPED)
    wait_until_all_use(demo_api, SHIPPED)
    assert workers(demo_api).keys() == before
    assert all(camera["frames"]["is_balanced"] for camera in demo_api.get("system")["cameras"])
