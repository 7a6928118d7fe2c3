"""Jobs over the API: who sees them, how far they are, who stops them."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.erasure import ErasureParameters
from core.jobs import JobKind, JobState
from core.retention import Pruned, RetentionParameters
from core.storage.audit import SYSTEM, Actor, ActorKind
from core.storage.engine import Database, utc_now
from core.storage.job_runs import end_job, note_progress, take_job
from core.storage.jobs import NewJob, add_job
from core.storage.tables import AuditRow
from tests.core.storage.past import DAY, Person, keep, minutes_between, register_cameras

OPERATORS_TOKEN = Actor("a operator's token", ActorKind.TOKEN)


def add(database: Database, actor: Actor = SYSTEM, kind: JobKind = JobKind.RETENTION) -> str:
    with database.write() as session:
        return add_job(session, NewJob(kind, RetentionParameters(), actor))


def test_a_job_is_read_with_its_progress_its_log_and_its_result(
    operator: FlaskClient, database: Database
) -> None:
    job_id = add(database)
    with database.write() as session:
        claim = take_job(session, job_id, utc_now())
        assert claim is not None
        note_progress(session, claim, 0.5, "pictures", "one\ntwo\n", utc_now())
    running = operator.get(f"/api/v1/jobs/{job_id}").get_json()
    with database.write() as session:
        end_job(session, claim, JobState.DONE, "done", utc_now(), Pruned(sightings=7))
    done = operator.get(f"/api/v1/jobs/{job_id}").get_json()

    assert (running["state"], running["progress"], running["message"]) == (
        "running",
        0.5,
        "pictures",
    )
    assert running["log"] == ["one", "two"]
    assert running["result"] is None
    assert (done["state"], done["progress"]) == ("done", 1.0)
    assert done["result"]["sightings"] == 7
    assert (done["asked_by"], done["asked_by_kind"], done["runs"]) == ("maskwatch", "system", 1)


def test_jobs_are_listed_newest_first_by_pages_and_filters(
    operator: FlaskClient, database: Database
) -> None:
    ids = [add(database) for _ in range(3)]
    add(database, kind=JobKind.ERASURE)

    first = operator.get("/api/v1/jobs?kind=retention&limit=2").get_json()
    query = f"kind=retention&limit=2&cursor={first['next_cursor']}"
    second = operator.get(f"/api/v1/jobs?{query}").get_json()
    none = operator.get("/api/v1/jobs?state=done").get_json()

    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert "log" not in first["items"][0]
    assert second["next_cursor"] is None
    assert none == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/jobs/0123456789abcdef", 404, id="unknown"),
        pytest.param("/jobs/a%00b", 422, id="odd id"),
        pytest.param("/jobs?kind=party", 422, id="unknown kind"),
        pytest.param("/jobs?cursor=1", 422, id="odd cursor"),
        pytest.param("/jobs?limit=0", 422, id="no limit"),
    ],
)
def test_what_is_not_there_or_odd_is_refused(operator: FlaskClient, path: str, status: int) -> None:
    assert operator.get(f"/api/v1{path}").status_code == status


def test_viewers_see_no_jobs(viewer: FlaskClient) -> None:
    assert viewer.get("/api/v1/jobs").status_code == 403


def test_a_job_is_cancelled_by_its_asker_and_audited(
    operator: FlaskClient, database: Database
) -> None:
    job_id = add(database, OPERATORS_TOKEN)

    answer = operator.post(f"/api/v1/jobs/{job_id}/cancel")
    again = operator.post(f"/api/v1/jobs/{job_id}/cancel")

    assert (answer.status_code, answer.get_json()["state"]) == (202, "cancelled")
    assert again.status_code == 409
    with database.read() as session:
        (row,) = session.query(AuditRow).filter_by(action="job.cancel")
    assert (row.actor, row.subject) == (OPERATORS_TOKEN.name, f"retention {job_id}")


def test_an_administrator_cancels_any_job_an_operator_only_own_ones(
    operator: FlaskClient, admin: FlaskClient, database: Database
) -> None:
    job_id = add(database)

    refused = operator.post(f"/api/v1/jobs/{job_id}/cancel")
    answer = admin.post(f"/api/v1/jobs/{job_id}/cancel")

    assert refused.status_code == 403
    assert answer.status_code == 202


def test_an_erasure_becomes_a_job_and_stands_in_the_audit(
    admin: FlaskClient, camera: dict[str, Any], database: Database
) -> None:
    body = {"camera_id": camera["id"], "from": "2026-03-01T08:00:00+01:00"}
    answer = admin.post("/api/v1/erasures", json=body)
    job = answer.get_json()

    assert answer.status_code == 202
    assert admin.get(answer.headers["Location"]).get_json()["id"] == job["id"]
    asked = ErasureParameters.model_validate(job["parameters"])
    assert (asked.camera_id, asked.end) == (camera["id"], None)
    assert (job["kind"], job["state"], job["camera_id"]) == ("erasure", "waiting", camera["id"])
    with database.read() as session:
        (row,) = session.query(AuditRow).filter_by(action="history.erase")
    assert (row.subject, job["id"] in (row.after or "")) == (asked.describe(), True)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        pytest.param({}, 422, "all", id="nothing named"),
        pytest.param({"all": True}, 202, None, id="all of it, said so"),
        pytest.param({"camera_id": 99}, 404, None, id="no such camera"),
        pytest.param({"from": "yesterday"}, 422, "from", id="no time"),
        pytest.param(
            {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, 422, "from", id="empty"
        ),
        pytest.param({"camera_id": 2**40}, 422, "camera_id", id="endless number"),
    ],
)
def test_an_erasure_must_say_what_goes(
    admin: FlaskClient, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = admin.post("/api/v1/erasures", json=body)

    assert (answer.status_code, answer.get_json().get("field")) == (status, field)


def test_what_an_erasure_would_take_is_counted_before(
    admin: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        register_cameras(session, 1, 2)
        for camera_id in (1, 2):
            people = [Person(camera_id, DAY + timedelta(hours=hour)) for hour in range(5)]
            keep(session, people, camera_id, minutes_between(DAY, DAY + timedelta(hours=5)))
    hours = {name: (DAY + timedelta(hours=n)).isoformat() for name, n in (("from", 1), ("to", 3))}

    one = admin.get("/api/v1/erasures/preview", query_string={**hours, "camera_id": 1}).get_json()
    both = admin.get("/api/v1/erasures/preview", query_string=hours).get_json()
    nothing_named = admin.get("/api/v1/erasures/preview")

    assert (one["sightings"], one["pictures"], one["minutes"]) == (2, 2, 120)
    assert (both["sightings"], both["minutes"]) == (4, 240)
    assert (nothing_named.status_code, nothing_named.get_json()["field"]) == (422, "all")
    with database.read() as session:
        assert session.query(AuditRow).filter_by(action="history.erase").count() == 0


def test_only_administrators_erase(operator: FlaskClient) -> None:
    assert operator.get("/api/v1/erasures/preview?all=true").status_code == 403
    assert operator.post("/api/v1/erasures", json={"all": True}).status_code == 403
