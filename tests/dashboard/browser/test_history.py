"""The history in the browser: read a trend, look closer, compare, take it along."""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.users import Role
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.pasts import PeopleOf, write_past
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
    return {"mask": 1} if (moment.weekday(), moment.hour, moment.minute) == (4, 9, 0) else {}


@pytest.fixture(scope="module")
def cameras(house: House) -> dict[str, int]:
    """Four cameras with ten weeks of history."""
    house.forget_cameras()
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
