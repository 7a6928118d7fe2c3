"""The live wall in a real browser: moving pictures, boxes on the faces, numbers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.chromium import run_chromium
from tests.waiting import wait_for

CANVAS_DIGEST = """canvas => {
    const {width, height} = canvas;
    const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 97) sum = (sum * 31 + data[i]) % 2147483647;
    return width > 100 ? sum : 0;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def wall(browser: Browser, sign_in_url: str) -> Iterator[Page]:
    """The wall as the printed link opens it."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(sign_in_url)
    yield page
    page.close()
    assert errors == []


def test_the_printed_link_opens_a_wall_of_moving_pictures(wall: Page) -> None:
    expect(wall.get_by_role("heading", level=1)).to_be_visible()
    expect(wall.locator("canvas").first).to_be_visible()
    tiles = wall.locator("#tiles canvas")
    wait_for("four tiles", lambda: tiles.count() >= 4)

    for index in range(4):
        wait_until_it_moves(tiles.nth(index))


def wait_until_it_moves(tile: Locator) -> None:
    first = wait_for("a picture", lambda: tile.evaluate(CANVAS_DIGEST))
    wait_for("another picture", lambda: tile.evaluate(CANVAS_DIGEST) != first)


def test_the_numbers_of_today_are_shown_with_their_interval(wall: Page) -> None:
    rate = wall.locator("#rate-today")
    expect(rate).to_have_text(re.compile(r"\d+ ?%"), timeout=60_000)
    expect(wall.locator("#people-now")).to_have_text(re.compile(r"\d+"))
    expect(wall.locator("#latest li").first).to_be_visible(timeout=60_000)
