"""The pages of jobs: followed to the end, cancelled, and begun by sending a video."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from core.access_scopes import EVERYWHERE
from core.jobs import JobKind, JobState
from core.retention import Pruned, RetentionParameters
from core.storage.audit import Actor, ActorKind
from core.storage.engine import utc_now
from core.storage.job_runs import Claim, end_job, note_progress, take_job
from core.storage.jobs import NewJob, add_job, get_job
from core.storage.tables import JobRow
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.test_browser_pages import LOOKS, keep_picture, open_as, violations

OPERATOR = Actor("the operator", ActorKind.USER)


@pytest.fixture
def jobs(house: House) -> Iterator[House]:
    """A house whose jobs are forgotten afterwards."""
    yield house
    with house.database.write() as session:
        session.execute(delete(JobRow))


def begin(house: House) -> Claim:
    """Add a job of the operator's, and play the process that runs it."""
    with house.database.write() as session:
        job_id = add_job(session, NewJob(JobKind.RETENTION, RetentionParameters(), OPERATOR))
        claim = take_job(session, job_id, utc_now())
    assert claim is not None
    report(house, claim, 0.25, "pictures", "2026-03-01 08:00:00 begun\n")
    return claim


def report(house: House, claim: Claim, share: float, message: str, log: str) -> None:
    with house.database.write() as session:
        note_progress(session, claim, share, message, log, utc_now())


def test_a_job_is_followed_to_its_end(jobs: House, page: Page) -> None:
    claim = begin(jobs)
    page.goto("/jobs")
    expect(page.locator("#jobs-summary")).to_have_text("1 job runs")
    page.get_by_role("link", name="Deleting what is too old").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deleting what is too old")
    expect(page.locator("#share")).to_have_text("25 %")
    report(jobs, claim, 0.75, "minutes", "2026-03-01 08:00:00 begun\n2026-03-01 08:01:00 half\n")
    expect(page.locator("#share")).to_have_text("75 %")
    expect(page.get_by_role("list", name="What it told")).to_contain_text("half")
    with jobs.database.write() as session:
        end_job(session, claim, JobState.DONE, "", utc_now(), Pruned(sightings=1200))
    expect(page.locator("#state")).to_have_text("Done")
    expect(page.locator("#result")).to_contain_text("Sightings1,200")
    page.get_by_role("link", name="All jobs").click()
    expect(page.get_by_text("Sightings: 1,200")).to_be_visible()


def test_one_job_and_its_questions_are_accessible(jobs: House, page: Page) -> None:
    claim = begin(jobs)
    for look in LOOKS[:2]:
        open_as(page, f"/jobs/{claim.job_id}", look)
        keep_picture(page, f"job-{look}")
        assert violations(page) == []
        page.locator("#cancel").click()
        assert violations(page) == []
        open_as(page, "/jobs", look)
        page.locator("#video-open").click()
        keep_picture(page, f"video-{look}", whole=False)
        assert violations(page) == []


def test_a_job_is_cancelled_only_after_a_question(jobs: House, page: Page) -> None:
    claim = begin(jobs)
    page.goto("/jobs")
    cancel = page.get_by_role("button", name="Cancel Deleting what is too old")
    cancel.click()
    expect(page.get_by_role("dialog")).to_contain_text("What it has deleted stays deleted")
    page.keyboard.press("Escape")
    cancel.click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("Stopping")).to_be_visible()
    expect(cancel).to_be_hidden()
    with jobs.database.read() as session:
        assert get_job(session, claim.job_id, EVERYWHERE).is_cancel_asked


def test_a_video_is_sent_once_its_camera_and_start_are_known(jobs: House, page: Page) -> None:
    jobs.add_camera("door")
    page.goto("/jobs?state=failed")
    expect(page.get_by_role("heading", name="No jobs here")).to_be_visible()
    page.get_by_role("button", name="Analyse a recorded video").click()
    send = page.get_by_role("button", name="Send the video")
    send.click()
    expect(page.get_by_text("Choose a video file.")).to_be_visible()
    video = {"name": "door.mp4", "mimeType": "video/mp4", "buffer": b"no video"}
    page.get_by_label("Video file").set_input_files(video)  # type: ignore[arg-type]  # a TypedDict
    page.get_by_label("Recorded by").select_option("door")
    page.get_by_label("It begins at").fill("2026-03-01T08:00:00")
    send.click()
    # The server opens it, and says at the field what is wrong.
    expect(page.locator("#video-error")).to_have_text(re.compile("video"))
