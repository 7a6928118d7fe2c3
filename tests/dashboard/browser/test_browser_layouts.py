"""Arrange the wall in a browser, keep it, and show it on a screen that can do nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import delete

from core.access_scopes import Subject, SubjectScope
from core.storage.audit import SYSTEM
from core.storage.tables import WallLayoutRow
from core.storage.tokens import TokenTerms, create_token, revoke_token
from core.storage.users import Role
from core.storage.wall_layouts import add_layout
from core.wall_layouts import TilePlace, WallLayout
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.walls import wait_until

WALL = TokenTerms(frozenset({SubjectScope(Subject.WALL)}))


@pytest.fixture
def cameras(house: House, page: Page) -> Iterator[dict[str, int]]:
    """Four cameras, and no layouts before or after."""
    yield {name: house.add_camera(name) for name in ("door", "gate", "hall", "yard")}
    with house.database.write() as session:
        session.execute(delete(WallLayoutRow))


def add_gates(house: House, cameras: dict[str, int]) -> int:
    """Offer everyone a layout that shows the gate alone."""
    layout = WallLayout(tiles=(TilePlace(camera_id=cameras["gate"]),), shows_others=False)
    with house.database.write() as session:
        return add_layout(session, None, "Gates", layout, SYSTEM).id


def choose_gates(house: House, page: Page, cameras: dict[str, int]) -> None:
    add_gates(house, cameras)
    page.goto("/")
    page.get_by_role("button", name="All cameras").click()
    page.get_by_role("button", name="Gates").click()
    expect(page.get_by_role("article")).to_have_count(1)


def names_on(page: Page) -> list[str]:
    """Read the names on the wall as they stand there: by rows, from the left."""
    boxes = [(tile.bounding_box(), tile) for tile in page.get_by_role("article").all()]
    found = [(box["y"], box["x"], tile) for box, tile in boxes if box is not None]
    ordered = sorted(found, key=lambda one: (round(one[0] / 40), one[1]))
    return [tile.get_by_role("heading").inner_text() for _, _, tile in ordered]


def width_of(tile: Locator) -> float:
    box = tile.bounding_box()
    assert box is not None
    return box["width"]


def middle_of(element: Locator) -> tuple[float, float]:
    element.hover(trial=True)  # where it rests: tiles move as the bar comes
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, grip: Locator, target: Locator) -> None:
    start, end = middle_of(grip), middle_of(target)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def test_the_wall_is_arranged_and_the_layout_kept(page: Page, cameras: dict[str, int]) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(4)
    page.keyboard.press("a")
    grip = page.get_by_role("button", name=re.compile("^door: place 1 of 4"))
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="door: place 2 of 4, size 1")).to_be_focused()
    hall, yard = (
        page.get_by_role("button", name=re.compile(f"^{name}:")) for name in ("hall", "yard")
    )
    drag(page, yard, page.get_by_role("button", name=re.compile("^gate: place 1")))
    expect(page.get_by_role("button", name="yard: place 1 of 4, size 1")).to_be_focused()
    hall.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("1 camera left out:")).to_be_visible()
    page.get_by_role("button", name=re.compile("^yard:")).focus()
    page.keyboard.press("+")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Night")
    page.keyboard.press("Enter")
    expect(page.locator("#layout-name")).to_have_text("Night")
    expect(page.locator("#arrange-bar")).to_be_hidden()
    assert "?layout=" in page.url
    page.goto("/")  # remembered by this browser
    expect(page.get_by_role("article")).to_have_count(3)
    wait_until(lambda: names_on(page) == ["yard", "gate", "door"])
    tiles = page.get_by_role("article")
    assert width_of(tiles.filter(has_text="yard")) > 1.8 * width_of(tiles.filter(has_text="door"))
    page.keyboard.press("[")
    expect(page.get_by_role("article")).to_have_count(4)


def test_tiles_are_dragged_by_touch(page: Page, cameras: dict[str, int]) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(4)
    page.keyboard.press("a")
    grips = [page.get_by_role("button", name=re.compile(f"^{name}:")) for name in ("yard", "door")]
    start, end = (middle_of(grip) for grip in grips)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", start)
    for step in (0.3, 0.7, 1.0):
        between = (start[0] + (end[0] - start[0]) * step, start[1] + (end[1] - start[1]) * step)
        touch("touchMove", between)
    touch("touchEnd")
    expect(page.get_by_role("button", name="yard: place 1 of 4, size 1")).to_be_focused()


def test_a_layout_of_everyones_is_chosen_and_removed(
    house: House, page: Page, cameras: dict[str, int]
) -> None:
    choose_gates(house, page, cameras)
    page.get_by_role("button", name="Gates").click()
    page.get_by_role("button", name="Remove this layout").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("article")).to_have_count(4)


def test_arranging_is_not_lost_by_one_key(page: Page, cameras: dict[str, int]) -> None:
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(4)
    page.keyboard.press("a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_contain_text("Stop without saving?")
    page.keyboard.press("Enter")
    grip = page.get_by_role("button", name="door: place 2 of 4, size 1")
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")  # as it was before: there is nothing to lose
    expect(page.locator("#arrange-bar")).to_be_hidden()


def test_one_comes_back_to_the_layout_from_a_camera_that_it_leaves_out(
    house: House, page: Page, cameras: dict[str, int]
) -> None:
    choose_gates(house, page, cameras)
    page.goto(f"/?camera={cameras['yard']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("yard")
    page.keyboard.press("Escape")
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto("/")
    page.get_by_role("button", name="Enlarge gate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("gate")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Live wall")
    expect(page.locator("#layout-name")).to_have_text("Gates")


def test_a_kiosk_shows_one_layout_and_leads_nowhere(
    house: House, page: Page, chromium: Browser, cameras: dict[str, int]
) -> None:
    layout_id = add_gates(house, cameras)
    with house.database.write() as session:
        token = create_token(session, "hall screen", Role.VIEWER, WALL)
    context = chromium.new_context(base_url=house.address)
    screen = context.new_page()
    screen.goto(f"/kiosk?layout={layout_id}")
    screen.get_by_label("Token").fill(token)
    screen.keyboard.press("Enter")
    expect(screen.get_by_role("article")).to_have_count(1)
    assert screen.get_by_role("navigation").count() == 0
    wait_until(lambda: house.live.is_watched(cameras["gate"]))
    expect(screen.locator("#bar-people")).to_have_text("0")
    assert token not in screen.url
    screen.goto("/sightings")
    expect(screen).to_have_url(re.compile("/kiosk"))
    with house.database.write() as session:
        revoke_token(session, "hall screen")
    expect(screen.get_by_label("Token")).to_be_visible(timeout=20_000)
    context.close()


GRIDS: list[Any] = [
    pytest.param([1], (1600, 900), 1, id="one"),
    pytest.param([1] * 4, (1600, 900), 2, id="four"),
    pytest.param([1] * 9, (1600, 900), 3, id="nine"),
    pytest.param([1] * 36, (1600, 900), 8, id="all that there may be"),
    pytest.param([1] * 36, (1040, 830), 6, id="all of them beside the numbers"),
    pytest.param([1] * 3, (400, 1600), 1, id="a pillar of screens"),
    pytest.param([1] * 4, (6400, 900), 4, id="a row of screens"),
    pytest.param([2, 1, 1, 1, 1, 1], (1600, 900), 3, id="a large one and five"),
    pytest.param([3, *[1] * 7], (1600, 900), 4, id="a larger one and seven"),
]


@pytest.mark.parametrize(("sizes", "wall", "columns"), GRIDS)
def test_tiles_fill_the_wall_and_do_not_overlap(
    page: Page, sizes: list[int], wall: tuple[int, int], columns: int
) -> None:
    grid = page.evaluate(
        """async ([sizes, width, height]) => {
            const { placeTiles } = await import("/static/js/wall/grid.js");
            const words = { least: () => 40, most: () => 70 };
            return placeTiles(sizes, { width, height }, 8, 16 / 9, words);
        }""",
        [sizes, *wall],
    )
    assert grid["columns"] == columns
    spots = [(one["left"], one["top"], one["width"], one["height"]) for one in grid["spots"]]
    for left, top, width, height in spots:
        assert left >= -1
        assert top >= -1
        assert left + width <= wall[0] + 1
        assert top + height <= wall[1] + 1
    pairs = [(a, b) for number, a in enumerate(spots) for b in spots[number + 1 :]]
    assert not any(overlap(a, b) for a, b in pairs)


def test_words_grow_with_their_tile(page: Page) -> None:
    sizes = page.evaluate(
        """async () => {
            const { Lettering } = await import("/static/js/wall/lettering.js");
            const words = new Lettering(4, 16);
            const tiles = [[300, 9], [864, 9], [2000, 9], [300, 500]];
            return tiles.map(([width, height]) => words.scaleOn({ width, height }, 16 / 9));
        }"""
    )
    assert sizes == pytest.approx([1, 1.5, 1.5, 300 / 288], abs=0.01)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    across = a[0] < b[0] + b[2] and b[0] < a[0] + a[2]
    return across and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
