"""Registering a camera step by step in the browser: find, check, name, rules, done."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from core.camera_rules import POINTS_MAX, CameraRules, Span, Weekday
from core.storage.users import Role
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.test_browser_pages import keep_picture, violations, width_of
from tests.onvif_device import OnvifDevice
from tests.rtsp_server import RtspServer

PASSWORD = "p@ss:/#"
WIDTHS = (1440, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def stream() -> Iterator[str]:
    """The address of a camera that costs little to look at."""
    with RtspServer() as server:
        yield server.url()


@pytest.fixture
def onvif_camera() -> Iterator[OnvifDevice]:
    """An ONVIF camera on this machine, with a stream that wants its password."""
    with RtspServer("ada", PASSWORD) as server:
        streams = {"main": f"rtsp://127.0.0.1:{server.port}/{server.path}"}
        with OnvifDevice("ada", PASSWORD, streams) as device:
            try:
                device.listen()
            except OSError as error:
                pytest.skip(f"multicast is refused here: {error}")
            yield device


def test_a_camera_is_found_checked_named_and_drawn_on_the_wall(house: House, page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("demo:entrance")
    go_on(page)
    expect(page.get_by_text("The camera works")).to_be_visible()
    expect(page.get_by_role("img", name="Picture of the camera")).to_be_visible()
    expect(page.get_by_text(re.compile("960 . 540"))).to_be_visible()
    expect(page.get_by_text("judged up to 3 m away")).to_be_visible()
    go_on(page)
    page.get_by_label("Name").fill("North entrance")
    # Nobody analyses here, so the pictures come between those that wait for it.
    page.get_by_label("Analysis rate").fill("1")
    go_on(page)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="North entrance is being watched")).to_be_focused()
    page.get_by_role("link", name="See it on the wall").click()
    page.wait_for_selector(".tile[data-frame-id]")
    assert shades(page) > 50


def test_an_address_that_cannot_be_is_said_at_its_field_and_kept(page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("ftp://door/video")
    go_on(page)
    expect(page.locator("#url-error")).not_to_be_empty()
    expect(page.get_by_label("Address", exact=True)).to_have_value("ftp://door/video")
    expect(page.get_by_label("Address", exact=True)).to_be_focused()


def test_an_address_without_its_beginning_is_completed_not_tried(page: Page) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("admin:secret@192.0.2.20/live")
    go_on(page)
    expect(page.locator("#url-error")).to_contain_text("such as rtsp://192.0.2.20/stream1")
    expect(page.locator("#url-error")).not_to_contain_text("secret")


def test_a_rate_that_cannot_be_is_said_before_the_next_step(
    house: House, page: Page, stream: str
) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill(stream)
    go_on(page)
    expect(page.get_by_text("The camera works")).to_be_visible()
    go_on(page)
    page.get_by_label("Name").fill("door")
    page.get_by_label("Analysis rate").fill("0")
    go_on(page)
    expect(page.locator("#frames_per_second-error")).to_have_text("Give a number from 0.5 to 30.")
    expect(page.get_by_label("Analysis rate")).to_be_focused()


def test_a_double_click_leads_one_step_on(house: House, page: Page, stream: str) -> None:
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill(stream)
    go_on(page)
    expect(page.get_by_text("The camera works")).to_be_visible()
    go_on(page)
    page.get_by_label("Name").fill("door")
    page.get_by_role("button", name="Next").dblclick()
    expect(page.get_by_role("heading", name="What counts here?")).to_be_visible()
    expect(page.get_by_role("button", name="Add the camera")).to_be_enabled()
    assert house.cameras() == []


def test_a_camera_that_does_not_answer_is_added_only_on_purpose(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/cameras/new")
    page.get_by_label("Address", exact=True).fill("rtsp://user:secret@127.0.0.1:1/stream")
    go_on(page)
    expect(page.get_by_text("No picture", exact=True)).to_be_visible()
    page.get_by_role("button", name="Go on without a picture").click()
    page.get_by_label("Name").fill("door")
    go_on(page)
    expect(page.locator("#name-error")).to_contain_text("choose another")
    page.get_by_label("Name").fill("dark yard")
    go_on(page)
    page.go_back()
    expect(page.get_by_label("Name")).to_have_value("dark yard")
    go_on(page)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="dark yard is being watched")).to_be_visible()
    assert "secret" not in page.content()


def test_an_onvif_camera_is_found_signed_in_to_and_added(
    house: House, page: Page, onvif_camera: OnvifDevice
) -> None:
    page.goto(house.sign_in_link(Role.ADMIN))
    page.goto("/cameras/new")
    page.get_by_role("radio", name="Search the network").check()
    page.get_by_role("button", name="Search now").click()
    device = page.get_by_role("button", name=f"Front door · M1 127.0.0.1:{onvif_camera.port}")
    expect(device).to_be_visible()
    device.click()
    page.get_by_label("User").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("refuses the user name or password")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    stream = page.get_by_role("button", name=re.compile("main stream"))
    expect(stream).to_contain_text(re.compile("1920 . 1080"))
    look_closely(page, "search")
    stream.click()
    expect(page.get_by_text("The camera works")).to_be_visible()
    assert PASSWORD not in page.locator("main").inner_text()
    go_on(page)
    page.get_by_label("Name").fill("Front door")
    go_on(page)
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="Front door is being watched")).to_be_visible()
    [camera] = house.cameras()
    assert camera.address.startswith("rtsp://ada:p%40ss%3A%2F%23@127.0.0.1:")


def test_areas_and_a_schedule_are_made_by_keys_and_by_mouse(
    house: House, page: Page, stream: str
) -> None:
    page.goto("/cameras/new")
    look_closely(page, "find")
    page.get_by_label("Address", exact=True).fill(stream)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The camera works")).to_be_visible()
    look_closely(page, "check")
    go_on(page)
    page.get_by_label("Name").fill("door")
    look_closely(page, "name")
    page.get_by_label("Name").press("Enter")
    draw_by_keys(page)
    draw_by_mouse(page, page.get_by_role("application"))
    make_weekdays(page)
    look_closely(page, "rules")
    page.get_by_role("button", name="Add the camera").click()
    expect(page.get_by_role("heading", name="door is being watched")).to_be_visible()
    look_closely(page, "done")
    [camera] = house.cameras()
    assert camera.rules == CameraRules(
        include=(((0.5, 0.5), (0.7, 0.5), (0.71, 0.7)),),
        exclude=(((0.1, 0.2), (0.3, 0.2), (0.3, 0.6), (0.1, 0.6)),),
        schedule=(Span.model_validate({"days": WEEKDAYS, "from": "07:30", "to": "18:00"}),),
    )


def test_areas_stay_on_the_picture_and_can_be_undone(page: Page) -> None:
    found = page.evaluate(
        """async () => {
            const { Areas, enclosesArea, rectangle } = await import("/static/js/cameras/areas.js");
            const areas = new Areas();
            areas.add({ kind: "include", points: rectangle([0.5, 0.5], [1.5, -1]) });
            const [area] = areas.all;
            areas.remember();
            areas.shift(0, [-0.9, 0.2]);
            const [shifted] = areas.all;
            let corners = 4;
            while (areas.addCorner(0, 0, [0.1, 0.1])) corners += 1;
            const line = [[0, 0], [0.5, 0.5], [1, 1]];
            const removals = [0, 1, 2].map(() => areas.removeCorner(0, 1));
            while (areas.undo());
            return {
                area: area.points, shifted: shifted.points, corners, removals,
                isLine: enclosesArea(line), left: areas.all.length,
            };
        }"""
    )
    assert found == {
        "area": [[0.5, 0.5], [1, 0.5], [1, 0], [0.5, 0]],
        "shifted": [[0, 0.7], [0.5, 0.7], [0.5, 0.2], [0, 0.2]],
        "corners": POINTS_MAX,
        "removals": [True, True, True],
        "isLine": False,
        "left": 0,
    }


def test_a_schedule_is_laid_out_over_the_week(page: Page) -> None:
    def span(day: str, start: str, end: str) -> dict[str, object]:
        return {"days": [day], "from": start, "to": end}

    cases: list[tuple[list[dict[str, object]], dict[int, list[list[int]]]]] = [
        ([], {}),
        ([span("monday", "08:00", "18:00")], {0: [[480, 1080]]}),
        ([span("sunday", "22:00", "06:00")], {6: [[1320, 1440]], 0: [[0, 360]]}),
        ([span("friday", "00:00", "00:00")], {4: [[0, 1440]]}),
        (
            [span("monday", "08:00", "12:00"), span("monday", "10:00", "14:00")],
            {0: [[480, 840]]},
        ),
    ]
    found = page.evaluate(
        """async (cases) => {
            const { spreadOverWeek } = await import("/static/js/cameras/week.js");
            return cases.map(spreadOverWeek);
        }""",
        [spans for spans, _ in cases],
    )
    assert found == [[days.get(day, []) for day in range(7)] for _, days in cases]


WEEKDAYS = list(Weekday)[:5]


def draw_by_keys(page: Page) -> None:
    """Draw a triangle; a corner too many is taken back, and one is moved afterwards."""
    page.get_by_role("button", name="Count only here").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("application")).to_be_focused()
    press(page, "Space", "Shift+ArrowRight", 4, "Space", "Shift+ArrowDown", 4, "Space")
    press(page, "ArrowUp", "Space", "Backspace", "Enter")
    expect(page.get_by_role("status").filter(has_text="Area 1 is drawn")).to_be_attached()
    expect(page.get_by_role("button", name="Corner 1 of 3")).to_be_focused()
    press(page, "Tab", "Tab", "ArrowRight")
    expect(page.get_by_role("button", name="Corner 3 of 3")).to_be_focused()


def draw_by_mouse(page: Page, picture: Locator) -> None:
    """Pull a rectangle, delete it, bring it back."""
    page.get_by_role("button", name="Leave out").click()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Delete area 2").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=re.compile("2 ?Left out"))).to_be_visible()


def make_weekdays(page: Page) -> None:
    """Require masks on weekdays; a time without days is not taken."""
    page.get_by_role("radio", name="At these times").check()
    span = page.get_by_role("group", name="Time 1")
    span.get_by_label("from").fill("07:30")
    page.get_by_role("button", name="Add a time").click()
    second = page.get_by_role("group", name="Time 2")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        second.get_by_role("checkbox", name=day).uncheck()
    page.get_by_role("button", name="Add the camera").click()
    expect(second.get_by_text("Choose a day at least")).to_be_visible()
    second.get_by_role("button", name="Remove this time").click()
    expect(page.get_by_text("52.5 hours a week")).to_be_visible()


def press(page: Page, *keys: str | int) -> None:
    """Press keys; a number repeats the one before it up to as many times."""
    for at, key in enumerate(keys):
        if isinstance(key, int):
            for _ in range(key - 1):
                page.keyboard.press(str(keys[at - 1]))
        else:
            page.keyboard.press(key)


def look_closely(page: Page, name: str) -> None:
    """Try a step in every width and theme: it fits, axe is content."""
    for width, theme in product(WIDTHS, THEMES):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(ViewportSize(width=width, height=900))
        page.evaluate("scrollTo(0, 0)")
        keep_picture(page, f"wizard-{name}-{width}-{theme}")
        assert width_of(page) <= width
        assert violations(page) == []
    page.set_viewport_size(ViewportSize(width=WIDTHS[0], height=900))


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Next").click()


def shades(page: Page) -> int:
    """Count the colours on a tile's canvas: a picture has many, an empty one has one."""
    return int(
        page.evaluate(
            """() => {
                const canvas = document.querySelector(".tile canvas");
                const { data } = canvas.getContext("2d").getImageData(
                    0, 0, canvas.width, canvas.height);
                const found = new Set();
                for (let at = 0; at < data.length; at += 400) {
                    found.add(data[at] * 65536 + data[at + 1] * 256 + data[at + 2]);
                }
                return found.size;
            }"""
        )
    )
