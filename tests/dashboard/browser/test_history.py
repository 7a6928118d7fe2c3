"""The history in the browser: read a trend, look closer, compare, take it along."""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from core.storage.cameras import NewCamera, add_camera
from core.storage.installation import write_time_zone
from core.storage.users import Role
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.pasts import PeopleOf, forget_past, write_past
from tests.dashboard.browser.test_browser_pages import PICTURES, violations

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2025, 9, 1, tzinfo=UTC)
NOW = datetime(2025, 11, 10, 10, 30, tzinfo=UTC)
"""What browsers of these tests take for now: a Monday, two weeks after clocks went back."""
OUTAGE = (datetime(2025, 10, 29, 7, tzinfo=UTC), datetime(2025, 10, 29, 13, tzinfo=UTC))
DOCK_DOWN = (datetime(2025, 11, 3, 13, tzinfo=UTC), datetime(2025, 11, 6, 8, tzinfo=UTC))
OCTOBER = "range=custom&since=2025-10-20&until=2025-11-02"
"""Two weeks with the day of 25 hours, and with an outage."""


def busy(seed: int, rate: float, rush: float, most: int) -> PeopleOf:
    """Let people pass by day, most of them at noon, when the rate is `rush`."""
    dice = random.Random(seed)  # noqa: S311  # no secrets

    def past(moment: datetime) -> Mapping[str, int] | None:
        local = moment.astimezone(BERLIN)
        if OUTAGE[0] <= moment < OUTAGE[1]:
            return None
        if not 6 <= local.hour < 20 or local.weekday() == 6:
            return {}
        is_noon = local.hour in (12, 13)
        people = dice.randint(0, most * 2 if is_noon else most) // (
            3 if local.weekday() == 5 else 1
        )
        worn = [dice.random() for _ in range(people)]
        share = (rush if is_noon else rate) - (0.07 if local.month == 9 else 0)
        mask = sum(one < share for one in worn)
        wrong = sum(share <= one < share + 0.03 for one in worn)
        unsure = sum(one > 0.97 for one in worn)
        return {
            "mask": mask,
            "incorrect_mask": wrong,
            "unsure": unsure,
            "no_mask": people - mask - wrong - unsure,
        }

    return past


def broken(past: PeopleOf) -> PeopleOf:
    """Let a camera be down for some days."""
    return lambda moment: None if DOCK_DOWN[0] <= moment < DOCK_DOWN[1] else past(moment)


def rare(moment: datetime) -> Mapping[str, int] | None:
    """Let one person pass each Friday."""
    if OUTAGE[0] <= moment < OUTAGE[1]:
        return None
    return {"mask": 1} if (moment.weekday(), moment.hour, moment.minute) == (4, 9, 0) else {}


@pytest.fixture(scope="module")
def cameras(house: House) -> dict[str, int]:
    """Four cameras with ten weeks of history, and nobody else's."""
    house.forget_cameras()
    forget_past(house.database)
    places = {
        "North entrance": ("Clinic", "Entrances"),
        "Canteen": ("Clinic", "Inside"),
        "Loading dock": ("Depot", "Outside"),
        "Side door": ("Depot", "Entrances"),
    }
    with house.database.write() as session:
        made = {
            name: add_camera(
                session,
                house.box,
                NewCamera(name, "demo:gate", "demo:gate", site=site, zone=zone, is_paused=True),
            ).id
            for name, (site, zone) in places.items()
        }
    pasts: dict[str, PeopleOf] = {
        "North entrance": busy(1, 0.93, 0.9, 9),
        "Canteen": busy(2, 0.86, 0.66, 8),
        "Loading dock": broken(busy(3, 0.8, 0.8, 4)),
        "Side door": rare,
    }
    write_past(house.database, {made[name]: past for name, past in pasts.items()}, BEGIN, NOW)
    return made


@pytest.fixture
def history(house: House, chromium: Browser, cameras: dict[str, int]) -> Iterator[Page]:
    """A page of a viewer in Berlin, on a Monday of November 2025."""
    context = chromium.new_context(
        base_url=house.address,
        viewport={"width": 1440, "height": 900},
        timezone_id="Europe/Berlin",
        locale="en-GB",
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(house.sign_in_link(Role.VIEWER))
    page.clock.set_fixed_time(NOW)
    yield page
    context.close()
    assert not faults


def open_history(page: Page, question: str) -> None:
    page.goto(f"/history?{question}")
    expect(page.locator("#history-found")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize(
    ("width", "theme", "question"),
    [
        pytest.param(1440, "light", "range=30d", id="desktop, light"),
        pytest.param(1440, "dark", "range=7d", id="desktop, dark"),
        pytest.param(390, "light", "range=12m", id="phone, light"),
        pytest.param(390, "dark", "range=30d", id="phone, dark"),
    ],
)
def test_it_fits_and_is_accessible(history: Page, width: int, theme: str, question: str) -> None:
    history.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    history.set_viewport_size(ViewportSize(width=width, height=900))
    open_history(history, question)
    history.wait_for_load_state("networkidle")
    PICTURES.mkdir(exist_ok=True)
    history.screenshot(path=PICTURES / f"history-{width}-{theme}.png", full_page=True)
    history.get_by_role("button", name="Numbers").click()
    history.get_by_text("The numbers as a table").click()
    assert history.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(history) == []


def test_a_manager_reads_the_trend_and_how_sure_it_is(history: Page) -> None:
    open_history(history, "range=30d")
    expect(history.locator("#total-rate")).to_have_text("89 %")
    expect(history.locator("#total-sure")).to_contain_text("between 88 and 89 %")
    expect(history.locator("#judged-words")).to_contain_text("count in no rate")
    expect(history.locator("#change-words")).to_have_text(
        re.compile(r"\d points more than the 30 days before \(\d+ %\), clearly")
    )
    expect(history.locator("#history-status")).to_contain_text(re.compile("12 Oct.*10 Nov 2025"))


def test_what_is_not_known_is_said_and_is_no_zero(history: Page) -> None:
    open_history(history, "range=custom&since=2025-10-29&until=2025-10-29")
    expect(history.locator("#notes")).to_contain_text("Cameras delivered in only 75 % of this time")
    rows = numbers(history)
    expect(rows).to_have_count(24)
    expect(rows.nth(8)).to_contain_text("not known")
    expect(rows.nth(3)).not_to_contain_text("not known")
    expect(rows.nth(3).locator("td").nth(1)).to_have_text("0")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("camera_id=0", id="a camera that is gone"),
        pytest.param("range=12m&site=Elsewhere", id="a site of others"),
    ],
)
def test_an_address_of_cameras_that_one_may_not_see_says_so(history: Page, question: str) -> None:
    history.goto(f"/history?{question}")
    expect(history.locator("#message-title")).to_have_text("These cameras cannot be shown")
    history.get_by_role("button", name="Show all cameras").click()
    expect(history.locator("#total-rate")).to_have_text(re.compile(r"\d\d %"))


def test_a_reader_far_away_is_told_whose_hours_are_shown(house: House, history: Page) -> None:
    said = "Days and hours are those of this device (Europe/Berlin)"
    with house.database.write() as session:
        write_time_zone(session, BERLIN)
    open_history(history, "range=30d")
    expect(history.locator("#notes")).not_to_contain_text(said)
    with house.database.write() as session:
        write_time_zone(session, ZoneInfo("UTC"))
    open_history(history, "range=30d")
    expect(history.locator("#notes")).to_contain_text(said)


def test_times_of_unlike_cameras_are_compared_with_a_caution(history: Page) -> None:
    open_history(history, "range=30d")
    expect(history.locator("#change-added")).to_be_empty()
    open_history(history, "range=custom&since=2025-09-15&until=2025-10-31")
    expect(history.locator("#change-added")).to_contain_text("4 cameras were added since then")


def test_the_day_on_which_clocks_go_back_has_25_hours(history: Page) -> None:
    open_history(history, "range=custom&since=2025-10-26&until=2025-10-26")
    expect(history.locator("#message-title")).to_have_text("Nobody was seen in this time")
    open_history(history, OCTOBER)
    rows = numbers(history)
    expect(rows).to_have_count(14)
    expect(rows.nth(6)).to_contain_text("Sun, 26 Oct 2025 (25 hours: clocks changed)")
    said = history.evaluate(
        """async () => {
            const { sayWhen } = await import("/static/js/history/history-words.js");
            const starts = [1761433200, 1761436800, 1761440400];
            return starts.map((start) => sayWhen({ start, end: start + 3600 }));
        }"""
    )
    assert [words.split(" \u2013 ") for words in said] == [
        ["Sun 26 Oct, 01:00 CEST", "02:00 CEST"],
        ["Sun 26 Oct, 02:00 CEST", "02:00 CET"],
        ["Sun 26 Oct, 02:00 CET", "03:00 CET"],
    ]


def test_keys_look_closer_and_come_back(history: Page) -> None:
    open_history(history, OCTOBER)
    chart = history.get_by_role("slider", name="Compliance over time")
    chart.focus()
    chart.press("Home")
    assert "Mon, 20 Oct 2025" in str(chart.get_attribute("aria-valuetext"))
    chart.press("Shift+ArrowRight")
    assert re.match("20.{1,3}21 Oct 2025", str(chart.get_attribute("aria-valuetext")))
    chart.press("Enter")
    expect(history).to_have_url(re.compile(r"from=2025-10-19T22%3A00.*to=2025-10-21T22%3A00"))
    expect(chart).to_have_attribute("aria-valuemax", "47")
    assert history.evaluate("document.activeElement.id") == "history-chart"
    chart.press("Escape")
    expect(chart).to_have_attribute("aria-valuemax", "13")
    history.go_back()
    expect(chart).to_have_attribute("aria-valuemax", "47")


def test_a_drag_looks_closer_and_a_button_leads_back(history: Page) -> None:
    open_history(history, OCTOBER)
    box = history.locator("#chart-rate .u-over").bounding_box()
    assert box is not None
    day = box["width"] / 14
    history.mouse.move(box["x"] + 2.5 * day, box["y"] + 40)
    expect(history.locator("#chart-readout")).to_contain_text("Wed, 22 Oct 2025")
    history.mouse.down()
    history.mouse.move(box["x"] + 4.5 * day, box["y"] + 60, steps=4)
    history.mouse.up()
    expect(history.locator("#caption-time")).to_contain_text(re.compile("22.{1,3}24 Oct 2025"))
    history.reload()
    history.get_by_role("button", name="Back to 20 Oct").click()
    expect(history.locator("#caption-time")).to_contain_text("2 Nov 2025")
    expect(history.get_by_role("button", name="Back to")).to_be_hidden()


def test_sites_zones_and_cameras_narrow_each_other_and_stay_in_the_address(history: Page) -> None:
    open_history(history, "range=30d")
    history.get_by_label("Site", exact=True).select_option(label="Depot")
    expect(history.get_by_label("Camera", exact=True).locator("option")).to_have_text(
        ["All cameras", "Loading dock", "Side door"]
    )
    history.get_by_label("Zone", exact=True).select_option(label="Outside")
    history.get_by_label("Camera", exact=True).select_option(label="Loading dock")
    history.get_by_label("7 days").check(force=True)
    expect(history.locator("#caption-time")).to_contain_text("4")
    history.reload()
    expect(history.locator("#caption-cameras")).to_have_text("Loading dock")
    expect(history.get_by_label("7 days")).to_be_checked()
    history.get_by_label("Site", exact=True).select_option(label="All sites")
    expect(history.locator("#caption-cameras")).to_have_text("All cameras")


def test_cameras_are_compared_the_lowest_first(history: Page, cameras: dict[str, int]) -> None:
    open_history(history, "range=30d")
    names = history.locator("#groups .group-name")
    expect(names).to_have_text(["Loading dock", "Canteen", "North entrance", "Side door"])
    expect(history.locator("#groups li").nth(3)).to_contain_text("too few people to say")
    expect(history.locator("#groups li").nth(2)).to_contain_text("▲")
    history.get_by_label("Order").select_option("people")
    expect(names).to_have_text(["North entrance", "Canteen", "Loading dock", "Side door"])
    history.get_by_role("radio", name="Sites").check(force=True)
    expect(names).to_have_text(["Clinic", "Depot"])
    history.get_by_role("link", name="Clinic").click()
    expect(history.locator("#caption-cameras")).to_have_text("Clinic")
    history.get_by_role("link", name="Canteen").click()
    expect(history).to_have_url(re.compile(f"camera_id={cameras['Canteen']}"))


def test_the_hours_of_the_week_tell_when_it_is_low(history: Page) -> None:
    open_history(history, "range=30d")
    cells = history.locator("#heat td")
    expect(cells).to_have_count(168)
    expect(cells.nth(4 * 24 + 13)).to_contain_text(re.compile(r"7\d %, \d+ people"))
    expect(cells.nth(6 * 24)).to_contain_text("nobody")
    expect(cells.nth(9).locator(".heat-number")).to_be_hidden()
    history.get_by_role("button", name="Numbers").click()
    expect(cells.nth(9).locator(".heat-number")).to_be_visible()
    history.get_by_role("radio", name="People").check(force=True)
    expect(history.locator("#heat-key-people")).to_be_visible()
    history.set_viewport_size(ViewportSize(width=390, height=844))
    expect(history.locator("#heat tbody tr")).to_have_count(24)


def test_it_is_taken_along_as_numbers_and_as_a_picture(
    history: Page, cameras: dict[str, int]
) -> None:
    open_history(history, f"{OCTOBER}&camera_id={cameras['Canteen']}")
    with history.expect_download() as found:
        history.get_by_role("link", name="CSV").click()
    lines = found.value.path().read_text().splitlines()
    assert len(lines) == 15
    assert lines[7].startswith("2025-10-26T00:00:00+02:00,2025-10-27T00:00:00+01:00,0,0,0,0")
    with history.expect_download() as found:
        history.get_by_role("button", name="Chart").click()
    assert found.value.suggested_filename == "compliance-2025-10-20.png"
    assert found.value.path().read_bytes().startswith(b"\x89PNG")


def test_it_prints_light_and_without_buttons(history: Page) -> None:
    history.emulate_media(color_scheme="dark")
    open_history(history, "range=30d")
    history.evaluate("dispatchEvent(new Event('beforeprint'))")
    history.emulate_media(media="print", color_scheme="dark")
    expect(history.locator("#filters")).to_be_hidden()
    expect(history.get_by_role("button", name="Print")).to_be_hidden()
    assert history.evaluate("document.documentElement.dataset.theme") == "light"
    PICTURES.mkdir(exist_ok=True)
    history.screenshot(path=PICTURES / "history-print.png", full_page=True)
    history.evaluate("dispatchEvent(new Event('afterprint'))")
    assert history.evaluate("document.documentElement.dataset.theme") is None


def test_a_failure_is_said_and_tried_again(history: Page) -> None:
    is_broken = [True]

    def answer(route: Route) -> None:
        if is_broken[0]:
            route.abort()
        else:
            route.continue_()

    history.route(re.compile("/api/v1/compliance"), answer)
    history.goto("/history?range=30d")
    expect(history.locator("#message-title")).to_have_text("The history could not be read")
    expect(history.locator("#tools")).to_be_hidden()
    is_broken[0] = False
    history.get_by_role("button", name="Try again").click()
    expect(history.locator("#total-rate")).to_have_text("89 %")
    expect(history.locator("#history-message")).to_be_hidden()


@pytest.mark.parametrize(
    ("question", "title", "way"),
    [
        pytest.param(
            "range=custom&since=2024-01-01&until=2024-01-05",
            "No camera was there in this time",
            "Show 12 months",
            id="before all cameras",
        ),
        pytest.param(
            f"{OCTOBER}&from=2025-10-29T08:00:00Z&to=2025-10-29T12:00:00Z",
            "Nothing is known of this time",
            "Show the whole time",
            id="an outage",
        ),
        pytest.param(
            "range=custom&since=2025-10-26&until=2025-10-26",
            "Nobody was seen in this time",
            "Show 12 months",
            id="a Sunday",
        ),
    ],
)
def test_an_empty_time_says_why_and_what_to_do(
    history: Page, question: str, title: str, way: str
) -> None:
    history.goto(f"/history?{question}")
    expect(history.locator("#message-title")).to_have_text(title)
    assert violations(history) == []
    history.get_by_role("button", name=way).click()
    expect(history.locator("#total-rate")).to_have_text(re.compile("8. %"))


@pytest.mark.parametrize(
    ("search", "address"),
    [
        pytest.param("", "?range=7d", id="nothing"),
        pytest.param("?range=yesterday&by=moon&camera_id=x", "?range=7d", id="nonsense"),
        pytest.param("?range=custom&since=2025-02-30&until=2025-03-01", "?range=7d", id="no day"),
        pytest.param(
            "?range=custom&since=2025-03-02&until=2025-03-01",
            "?range=custom&since=2025-03-01&until=2025-03-02",
            id="the wrong way round",
        ),
        pytest.param("?range=12m&site=&by=zone", "?range=12m&site=&by=zone", id="no site"),
        pytest.param(
            "?range=30d&from=2025-10-02T00:00Z&to=2025-10-01T00:00Z", "?range=30d", id="empty zoom"
        ),
    ],
)
def test_an_address_is_read_as_far_as_it_makes_sense(
    history: Page, search: str, address: str
) -> None:
    source = """async (search) => {
        const { addressOf, readView } = await import("/static/js/history-range.js");
        return addressOf(readView(search));
    }"""
    assert history.evaluate(source, search) == f"/history{address}"


@pytest.mark.parametrize(
    ("search", "before"),
    [
        pytest.param("?range=today", ("2025-11-08T23:00", "2025-11-09T10:31"), id="today"),
        pytest.param("?range=7d", ("2025-10-27T23:00", "2025-11-03T10:31"), id="a week"),
        # Clocks go back on 26 October: midnight stays midnight.
        pytest.param("?range=30d", ("2025-09-11T22:00", "2025-10-11T09:31"), id="a month"),
        pytest.param("?range=12m", ("2023-11-10T23:00", "2024-11-10T10:31"), id="a year"),
        pytest.param(
            "?range=7d&from=2025-11-05T10:00Z&to=2025-11-05T16:00Z",
            ("2025-11-05T04:00", "2025-11-05T10:00"),
            id="a part",
        ),
    ],
)
def test_the_time_before_begins_at_the_same_time_of_the_day(
    history: Page, search: str, before: tuple[str, str]
) -> None:
    source = """async ([search, now]) => {
        const { readView, spanBefore } = await import("/static/js/history-range.js");
        const { start, end } = spanBefore(readView(search), new Date(now));
        return [start.toISOString().slice(0, 16), end.toISOString().slice(0, 16)];
    }"""
    assert tuple(history.evaluate(source, [search, NOW.isoformat()])) == before


def test_without_cameras_it_leads_to_the_first_one(house: House, page: Page) -> None:
    forget_past(house.database)
    page.goto("/history?range=today")
    expect(page.locator("#message-title")).to_have_text("No history yet")
    page.get_by_role("link", name="Add a camera").click()
    expect(page).to_have_url(re.compile("/cameras/new"))


def numbers(page: Page) -> Locator:
    """Open the table of numbers; gives its rows."""
    page.get_by_text("The numbers as a table").click()
    return page.locator("#numbers-body tr")
