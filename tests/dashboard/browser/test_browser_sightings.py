"""Sightings in the browser: beside the wall, and on their own page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from core.statistics import wilson_interval
from core.storage.recording import FinishedTrack, Recording, read_mark, record
from core.types import Verdict
from tests.dashboard.browser.conftest import House

PARTITION = 1


def see(house: House, camera_id: int, verdict: Verdict, count: int = 1) -> None:
    """Record people who have just passed a camera, as the recorder does."""
    now = datetime.now(UTC)
    moments = [now - timedelta(seconds=2 * number + 5) for number in range(count)]
    tracks = tuple(
        FinishedTrack(
            camera_id,
            start,
            start + timedelta(seconds=4),
            verdict,
            (0.9, 0.06, 0.04),
            12,
            False,
            "masks-1",
        )
        for start in moments
    )
    with house.database.write() as session:
        mark = read_mark(session, PARTITION)
        recording = Recording(PARTITION, f"{mark.version + 1}-0", tracks)
        assert record(session, [recording], {PARTITION: mark})


def test_a_sighting_appears_beside_the_wall(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto("/")
    expect(page.locator("#connection-state")).to_have_text("Live")
    see(house, camera_id, Verdict.NO_MASK)
    row = page.locator("#latest li").first
    expect(row).to_contain_text("door", timeout=10_000)
    expect(row).to_contain_text("No mask")
    expect(page.locator("#rate-words")).to_contain_text("could be judged")


def test_sightings_are_filtered_by_verdict_and_camera(house: House, page: Page) -> None:
    door, gate = house.add_camera("door"), house.add_camera("gate")
    see(house, door, Verdict.MASK)
    see(house, door, Verdict.NO_MASK)
    see(house, gate, Verdict.NO_MASK)
    page.goto("/sightings")
    page.get_by_label("Camera").select_option("door")
    page.get_by_label("Verdict").select_option("no_mask")
    rows = page.locator("#sightings tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(re.compile("No mask.*door", re.DOTALL))
    page.reload()
    expect(rows).to_have_count(1)


def test_older_sightings_are_loaded_on_demand(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    see(house, camera_id, Verdict.MASK, count=60)
    page.goto(f"/sightings?camera_id={camera_id}")
    rows = page.locator("#sightings tr")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show older ones").click()
    expect(rows).to_have_count(60)
    expect(page.get_by_role("button", name="Show older ones")).to_be_hidden()


@pytest.mark.parametrize(
    ("hits", "count"),
    [
        pytest.param(0, 1, id="one without"),
        pytest.param(1, 1, id="one with"),
        pytest.param(43, 50, id="most"),
        pytest.param(199, 214, id="a day"),
    ],
)
def test_the_chart_computes_the_interval_as_the_server_does(
    page: Page, hits: int, count: int
) -> None:
    source = "async ([hits, count]) => (await import('/static/js/periods.js')).wilson(hits, count)"
    found = page.evaluate(source, [hits, count])
    expected = wilson_interval(hits, count)
    assert expected is not None
    assert (found["lower"], found["upper"]) == pytest.approx(expected, abs=1e-5)


def test_a_chart_shows_minutes_without_a_record_as_gaps(page: Page) -> None:
    source = """async (series) => {
        const { groupPeriods } = await import('/static/js/periods.js');
        return groupPeriods(series, 0, 360, 120).map(({ isGap, rate }) => [isGap, rate]);
    }"""
    seen = {"mask": 3, "incorrect_mask": 0, "no_mask": 1, "unsure": 2, "gap": False}
    nobody = {"mask": 0, "incorrect_mask": 0, "no_mask": 0, "unsure": 0, "gap": False}
    series = [
        {"start": "1970-01-01T00:01:00Z", **seen},
        {"start": "1970-01-01T00:02:00Z", **nobody},
    ]
    assert page.evaluate(source, series) == [[False, 0.75], [False, None], [True, None]]
