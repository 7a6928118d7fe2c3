"""Sightings in the browser: found by day and verdict, reviewed by keys, looked at closely."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import delete, func, select

from core.pictures import encode_jpeg
from core.statistics import wilson_interval
from core.storage.cameras import NewCamera, add_camera
from core.storage.tables import ReviewRow
from core.storage.users import Role, UserChanges, change_user, find_user
from core.types import Verdict
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.people import Passer, draw_face, write_people
from tests.dashboard.browser.test_browser_pages import (
    LOOKS,
    Look,
    keep_picture,
    open_as,
    violations,
    width_of,
)
from tests.waiting import wait_for

NOW = datetime(2024, 11, 22, 11, 0, tzinfo=UTC)
"""What browsers of these tests take for now: a Friday, noon in Berlin."""
TUESDAY = datetime(2024, 11, 19, tzinfo=UTC)
CROWD = "/sightings?range=day&day=2024-11-21"
"""A Thursday on which 120 people with masks passed the gate."""


class OpenAs(Protocol):
    """Opens a page as somebody of a role."""

    def __call__(self, role: Role = Role.OPERATOR, path: str = "/sightings") -> Page: ...


@pytest.fixture(scope="module")
def cameras(house: House) -> dict[str, int]:
    """Two cameras; on Tuesday five people passed the door, one of whom took her mask off."""
    house.forget_cameras()
    with house.database.write() as session:
        made = {
            name: add_camera(
                session,
                house.box,
                NewCamera(name, "demo:gate", "demo:gate", site=site, is_paused=True),
            ).id
            for name, site in (("North entrance", "Clinic"), ("Gate", "Depot"))
        }
    door, gate = made["North entrance"], made["Gate"]
    verdicts = (Verdict.MASK, Verdict.MASK, Verdict.UNSURE, Verdict.INCORRECT_MASK)
    people = [
        Passer(door, TUESDAY + timedelta(hours=8 + number), verdict, has_picture=number != 2)
        for number, verdict in enumerate(verdicts)
    ]
    violation = TUESDAY + timedelta(hours=13, minutes=5)
    people.append(Passer(door, violation, Verdict.NO_MASK, takes_off=True))
    thursday = TUESDAY + timedelta(days=2, hours=9)
    crowd = [Passer(gate, thursday + timedelta(seconds=20 * n), Verdict.MASK) for n in range(120)]
    write_people(house.database, people + crowd)
    return made


@pytest.fixture
def open_sightings(house: House, chromium: Browser, cameras: dict[str, int]) -> Iterator[OpenAs]:
    """Open the page as somebody of a role; a fault in a script fails the test."""
    contexts, faults = [], []

    def open_one(role: Role = Role.OPERATOR, path: str = "/sightings") -> Page:
        context = chromium.new_context(
            base_url=house.address,
            viewport={"width": 1440, "height": 900},
            timezone_id="Europe/Berlin",
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.clock.set_fixed_time(NOW)
        page.goto(house.sign_in_link(role))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


def open_tuesday(open_sightings: OpenAs) -> Page:
    """Open the day on which five people passed the door."""
    page = open_sightings(path="/sightings?range=day&day=2024-11-19")
    expect(page.locator(".sighting-link")).to_have_count(5)
    return page


def reviews(house: House) -> int:
    with house.database.read() as session:
        return session.scalar(select(func.count()).select_from(ReviewRow)) or 0


def wait_for_reviews(house: House, count: int) -> None:
    """Wait until so many are kept: the page shows a review before its answer is there."""
    wait_for(f"{count} reviews", lambda: reviews(house) == count)


def test_a_stranger_finds_the_violation_of_last_tuesday(open_sightings: OpenAs) -> None:
    page = open_sightings(Role.VIEWER)
    expect(page.locator("#message-title")).to_have_text("No sightings here")
    page.get_by_role("button", name=re.compile("Tuesday.* 19 Nov.*: 5 people, 1 without")).click()
    found = page.locator(".sighting-link")
    expect(found).to_have_count(5)
    page.get_by_role("radio", name="No mask").check(force=True)
    expect(found).to_have_count(1)
    expect(page).to_have_url(re.compile("range=day&day=2024-11-19&verdict=no_mask"))
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No mask, North entrance")
    expect(page.locator("#time")).to_have_text(re.compile("Tuesday.* 19 November 2024 at 14:05"))
    expect(page.locator("#changed")).to_contain_text("Mask, then No mask")
    expect(page.locator("#picture-words")).to_contain_text("Blurred before it was kept")
    expect(page.locator("#minutes tr").nth(1)).to_have_text(re.compile("14:05.*1.*0.*0.*1.*0"))
    expect(page.get_by_role("button", name="Not a face")).to_have_count(0)
    page.get_by_role("link", name="All sightings").click()
    expect(found).to_have_count(1)


def test_an_hour_of_a_day_is_chosen_and_let_go(open_sightings: OpenAs) -> None:
    page = open_sightings(path="/sightings?range=day&day=2024-11-19")
    page.get_by_role("button", name=re.compile("14:00.*1 without mask")).click()
    expect(page.locator(".sighting-link")).to_have_count(1)
    expect(page.locator("#caption-time")).to_contain_text(re.compile("14:00.{1,3}15:00"))
    page.reload()
    page.get_by_role("button", name=re.compile("14:00.*1 without mask")).click()
    expect(page.locator(".sighting-link")).to_have_count(5)


def test_an_operator_reviews_a_hundred_by_keys_alone(house: House, open_sightings: OpenAs) -> None:
    page = open_sightings(path=f"{CROWD}&reviewed=false")
    expect(page.locator(".sighting-link")).to_have_count(50)
    before = reviews(house)
    page.keyboard.press("j")
    for number in range(100):
        here = page.locator(".sighting").nth(number)
        expect(here).to_have_attribute("aria-current", "true")
        page.keyboard.press("3" if number == 99 else "y")
    expect(page.locator(".sighting-review:visible")).to_have_count(100)
    expect(page.locator(".toast")).to_contain_text("No mask")
    wait_for_reviews(house, before + 100)
    page.keyboard.press("u")
    expect(page.locator(".sighting-review:visible")).to_have_count(99)
    wait_for_reviews(house, before + 99)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mask, Gate")
    page.keyboard.press("j")
    expect(page).not_to_have_url(re.compile("review$"))
    page.keyboard.press("Escape")
    with house.database.write() as session:
        session.execute(delete(ReviewRow))


def test_what_is_wrong_is_marked_beside_its_facts_and_taken_back(
    house: House, open_sightings: OpenAs
) -> None:
    page = open_sightings(path="/sightings?range=day&day=2024-11-19&order=oldest")
    page.locator(".sighting-link").first.click()
    page.get_by_role("button", name="Incorrect").click()
    expect(page.locator("#review")).to_have_text("In fact: Incorrect")
    expect(page.locator("#review-words")).to_contain_text("the operator says: Incorrect")
    page.get_by_role("link", name="Following").click()
    expect(page.locator("#time")).to_contain_text("10:00")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#time")).to_contain_text("09:00")
    page.keyboard.press("x")
    expect(page.locator("#review")).to_be_hidden()
    wait_for_reviews(house, 0)


def test_an_undo_does_not_overtake_what_it_undoes(house: House, open_sightings: OpenAs) -> None:
    page = open_tuesday(open_sightings)
    held: list[Route] = []
    is_held = True
    page.route("**/review", lambda one: held.append(one) if is_held else one.continue_())
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".sighting-review:visible")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(".sighting-review:visible")).to_have_count(0)
    assert [route.request.method for route in held] == ["POST"]
    is_held = False
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        held[0].continue_()
    wait_for_reviews(house, 0)
    expect(page.locator(".sighting-review:visible")).to_have_count(0)


def test_a_key_that_is_held_down_reviews_one(house: House, open_sightings: OpenAs) -> None:
    page = open_tuesday(open_sightings)
    page.keyboard.press("j")
    for _ in range(4):  # down again without up: the key repeats
        page.keyboard.down("1")
    page.keyboard.up("1")
    expect(page.locator(".sighting-review:visible")).to_have_count(1)
    page.keyboard.press("u")
    wait_for_reviews(house, 0)


def test_one_comes_back_to_where_one_was_in_the_list(open_sightings: OpenAs) -> None:
    page = open_sightings(path=CROWD)
    found = page.locator(".sighting-link")
    expect(found).to_have_count(50)
    page.locator("#load-more").scroll_into_view_if_needed()
    expect(found).to_have_count(100)
    address = str(found.nth(80).get_attribute("href"))
    found.nth(80).click()
    expect(page.locator("#to-next")).to_have_attribute("href", re.compile("/sightings/"))
    page.go_back()
    expect(page.locator(f'.sighting-link[href="{address}"]')).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Following").click()
    expect(page).not_to_have_url(re.compile(address.partition("?")[0] + r"\b"))
    after = page.url.removeprefix(page.url.partition("/sightings")[0])
    expect(page.locator("#to-next")).to_have_attribute("href", re.compile("/sightings/"))
    page.keyboard.press("Escape")
    expect(page.locator(f'.sighting-link[href="{after}"]')).to_be_focused()


def test_a_long_list_is_come_back_to_from_the_middle_on(open_sightings: OpenAs) -> None:
    page = open_sightings(path=CROWD)
    found = page.locator(".sighting-link")
    expect(found).to_have_count(50)
    page.locator("#load-more").scroll_into_view_if_needed()
    expect(found).to_have_count(100)
    address = str(found.nth(80).get_attribute("href"))
    found.nth(80).focus()
    page.evaluate(
        """() => {
            const place = JSON.parse(sessionStorage.getItem("sightings-place"));
            sessionStorage.setItem("sightings-place", JSON.stringify({ ...place, count: 10000 }));
        }"""
    )
    page.locator(f'a[href="{address}"]').first.evaluate("link => location.assign(link.href)")
    expect(page.locator("#to-next")).to_have_attribute("href", re.compile("/sightings/"))
    page.keyboard.press("Escape")
    expect(page.locator(f'.sighting-link[href="{address}"]')).to_be_focused()
    expect(found).to_have_count(70)
    page.get_by_role("button", name="Back to the beginning of the list").click()
    expect(found).to_have_count(50)
    expect(page.locator("#from-start")).to_be_hidden()


def test_a_refused_review_is_said_and_not_shown(open_sightings: OpenAs) -> None:
    page = open_tuesday(open_sightings)
    page.route("**/review", lambda route: route.abort())
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("The server cannot be reached")
    expect(page.locator(".sighting-review:visible")).to_have_count(0)


def test_what_cannot_be_read_of_a_sighting_is_said(open_sightings: OpenAs) -> None:
    page = open_sightings(path="/sightings?range=day&day=2024-11-19")
    page.route("**/compliance*", lambda route: route.abort())
    page.locator(".sighting-link").first.click()
    expect(page.locator("#sighting-status")).to_contain_text("The server cannot be reached")
    expect(page.get_by_role("heading", level=1)).to_have_text("No mask, North entrance")


def test_filters_stay_in_the_address_and_the_table_shows_the_same(open_sightings: OpenAs) -> None:
    page = open_sightings(path="/sightings?range=30d")
    page.get_by_label("Camera", exact=True).select_option("North entrance")
    page.get_by_label("Picture", exact=True).select_option(label="Without a picture")
    page.get_by_role("radio", name="Table").check(force=True)
    rows = page.locator(".row-link")
    expect(rows).to_have_count(1)
    page.reload()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Unsure")
    page.go_back()
    expect(page.locator(".sighting-link")).to_have_count(1)
    page.get_by_role("radio", name="Unsure").check(force=True)
    expect(page.locator(".sighting-link")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator("#panel-reason")).to_contain_text("No picture of this one is kept")
    page.get_by_label("Review", exact=True).select_option(label="Reviewed")
    expect(page.locator("#message-title")).to_have_text("No sightings here")
    page.get_by_role("button", name="Without filters").click()
    expect(page.locator(".sighting-link")).to_have_count(50)


def test_older_ones_come_as_one_scrolls(open_sightings: OpenAs) -> None:
    page = open_sightings(path=CROWD)
    found = page.locator(".sighting-link")
    expect(found).to_have_count(50)
    for count in (100, 120):
        page.locator("#load-more").scroll_into_view_if_needed()
        expect(found).to_have_count(count)
    expect(page.locator("#load-more")).to_be_hidden()


def test_an_explanation_is_drawn_when_it_is_asked_for(house: House, open_sightings: OpenAs) -> None:
    let_see_faces(house, True)
    page = open_sightings(path="/sightings?range=day&day=2024-11-19&verdict=no_mask")
    drawn = encode_jpeg(draw_face(1, Verdict.MASK))
    page.route("**/explanation.png", lambda route: route.fulfill(body=drawn))
    page.route(re.compile(r"/api/v1/sightings/\d+$"), pretend_sharp)
    page.locator(".sighting-link").click()
    expect(page.locator("#picture-words")).to_contain_text("written into the audit")
    page.get_by_role("button", name="Where did the model look?").click()
    expect(page.get_by_role("img", name=re.compile("under its heat"))).to_be_visible()
    let_see_faces(house, False)
    page.reload()
    expect(page.locator("#explain-words")).to_contain_text("your account may not see faces")


def let_see_faces(house: House, may: bool) -> None:
    with house.database.write() as session:
        user = find_user(session, "the operator")
        change_user(session, user.id, UserChanges(may_see_faces=may))


def pretend_sharp(route: Route) -> None:
    """Let a picture pass for one that is kept sharp, as the pages are told."""
    sharp = {"is_sharp": True, "is_shown_sharp": True, "taken_at": NOW.isoformat()}
    route.fulfill(json={**route.fetch().json(), "picture": sharp})


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_full_lists_and_a_sighting_fit_and_are_accessible(
    open_sightings: OpenAs, look: Look
) -> None:
    page = open_sightings(Role.OPERATOR)
    for name, path in (
        ("sightings-gallery", "/sightings?range=day&day=2024-11-19"),
        ("sightings-table", "/sightings?range=7d&view=table"),
    ):
        open_as(page, path, look)
        page.keyboard.press("j")
        keep_picture(page, f"{name}-{look}", whole=False)
        assert width_of(page) <= look.width
        assert violations(page) == []
    open_as(page, str(page.locator(".row-link").last.get_attribute("href")), look)
    keep_picture(page, f"sighting-{look}")
    assert width_of(page) <= look.width
    assert violations(page) == []


def test_a_sighting_appears_beside_the_wall(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto("/")
    expect(page.locator("#connection-state")).to_have_text("Live")
    write_people(house.database, [Passer(camera_id, datetime.now(UTC), Verdict.NO_MASK)])
    row = page.locator("#latest li").first
    expect(row).to_contain_text("door")
    expect(row).to_contain_text("No mask")
    expect(row.get_by_role("link")).to_have_attribute("href", re.compile(r"/sightings/\d+"))
    expect(page.locator("#rate-words")).to_contain_text("could be judged")


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
    source = """async ([hits, count]) => {
        const { wilson } = await import('/static/js/periods.js');
        return wilson(hits, count);
    }"""
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
