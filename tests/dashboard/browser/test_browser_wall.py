"""The live wall in a browser: pictures, boxes, states, alarms, one camera enlarged."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from sqlalchemy import text

from core.camera_rules import CameraRules
from core.storage.cameras import NewCamera, add_camera
from core.types import Label, Verdict
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.walls import (
    BOX,
    GREY,
    face,
    looks_like,
    pixel,
    show,
    show_until,
    wait_until,
)

GREEN = (61, 220, 132)
RED = (255, 122, 112)
LEFT_HALF = CameraRules(include=(((0, 0), (0.5, 0), (0.5, 1), (0, 1)),))


def test_a_wall_without_cameras_says_what_to_do_next(page: Page) -> None:
    expect(page.get_by_role("heading", name="No cameras yet")).to_be_visible()
    page.get_by_role("link", name="Add a camera").click()
    expect(page).to_have_url(re.compile("/cameras/new"))


@pytest.mark.parametrize(
    ("label", "verdict", "colour"),
    [
        pytest.param(Label.MASK, Verdict.MASK, GREEN, id="mask"),
        pytest.param(Label.NO_MASK, Verdict.NO_MASK, RED, id="no mask"),
        pytest.param(Label.MASK, Verdict.NO_MASK, RED, id="the verdict outweighs the frame"),
    ],
)
def test_a_face_is_boxed_in_the_colour_of_its_verdict(
    house: House, page: Page, label: Label, verdict: Verdict, colour: tuple[int, int, int]
) -> None:
    camera_id = house.add_camera("door")
    page.goto("/")
    x, y = BOX[0], BOX[1] + BOX[3] / 2  # the middle of the box's left side

    def is_boxed() -> bool:
        return looks_like(pixel(page, x, y), colour)

    show_until(house, page, camera_id, is_boxed, face(label, verdict))


def test_a_new_camera_appears_without_a_reload(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.get_by_role("heading", name="door")).to_be_visible()


def test_a_paused_camera_says_so(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.get_by_role("article")).to_contain_text("Paused")


def test_a_camera_that_is_away_says_why(house: House, page: Page) -> None:
    house.add_camera("yard", "rtsp://127.0.0.1:1/stream", is_paused=False)
    reason = page.locator("[data-part=message-reason]")
    expect(reason).not_to_be_empty()
    expect(page.get_by_role("article")).to_contain_text("Reconnecting")


def test_a_tile_is_enlarged_and_escape_returns(house: House, page: Page) -> None:
    house.add_camera("door")
    house.add_camera("gate")
    door, gate = (page.get_by_role("article").filter(has_text=name) for name in ("door", "gate"))
    page.get_by_role("button", name="Enlarge gate").click()
    expect(door).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("gate")
    page.keyboard.press("ArrowRight")
    expect(door).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("door")
    page.keyboard.press("Escape")
    expect(door).to_be_visible()
    expect(gate).to_be_visible()


def test_arrow_keys_go_from_camera_to_camera(house: House, page: Page) -> None:
    for name in ("door", "gate", "hall", "yard"):
        house.add_camera(name)
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(4)
    for key, name in (
        ("ArrowRight", "door"),
        ("ArrowRight", "gate"),
        ("ArrowDown", "yard"),
        ("ArrowLeft", "hall"),
        ("ArrowUp", "door"),
        ("ArrowUp", "door"),
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=f"Enlarge {name}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("door")


def test_a_late_picture_is_seen_and_not_covered_by_words(house: House, page: Page) -> None:
    house.add_camera("door")
    page.goto("/")
    found = page.evaluate(
        """async () => {
            const { Tile } = await import("/static/js/wall/tile.js");
            const { cameras } = JSON.parse(document.getElementById("wall-data").textContent);
            const tile = new Tile({ ...cameras[0], is_paused: false, health: { state: "live" } });
            const frame = { kind: "preview", frame_id: 1, faces: [], width: 4, height: 4 };
            for (const second of [0, 1]) {
                const captured_at = new Date(second * 1000).toISOString();
                tile.show({ ...frame, captured_at }, await createImageBitmap(new ImageData(4, 4)));
                tile.seenSince = 0;
                if (second === 0) tile.showState(6000);
            }
            const part = (name) => tile.part(name);
            return [part("state").innerText, part("message").hidden];
        }"""
    )
    assert found[0].startswith("Delayed by 6 s")
    assert found[1] is True


def test_only_cameras_in_view_are_watched(house: House, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ids = [house.add_camera(f"camera {number}") for number in range(1, 7)]
    page.goto("/")
    # For some seconds all are: the page was still on its way when their pictures were asked for.
    wait_until(lambda: house.live.is_watched(ids[0]) and not house.live.is_watched(ids[-1]))
    page.get_by_role("heading", name="camera 6").scroll_into_view_if_needed()
    wait_until(lambda: house.live.is_watched(ids[-1]))


def test_a_lost_connection_is_said_and_heals(house: House, page: Page) -> None:
    house.add_camera("door")
    expect(page.locator("#connection-state")).to_have_text("Live")
    house.stop_dashboard()
    expect(page.get_by_text("The connection to the server is lost")).to_be_visible()
    house.start_dashboard()
    expect(page.get_by_text("Connected again")).to_be_visible()
    expect(page.locator("#connection")).to_be_hidden()


def test_a_database_that_is_away_is_said_and_heals(house: House, page: Page) -> None:
    expect(page.locator("#connection-state")).to_have_text("Live")
    rename_table(house, "cameras", "away")
    try:
        expect(page.get_by_text("The database does not answer")).to_be_visible()
        expect(page.locator("#connection-state")).to_have_text("Live")
    finally:
        rename_table(house, "away", "cameras")
    expect(page.get_by_text("The database answers again")).to_be_visible()


def rename_table(house: House, name: str, new_name: str) -> None:
    with house.database.write() as session:
        session.execute(text(f"ALTER TABLE {name} RENAME TO {new_name}"))


def test_a_session_that_is_over_leads_back_to_sign_in(house: House, page: Page) -> None:
    expect(page.locator("#connection-state")).to_have_text("Live")
    page.context.clear_cookies()
    house.stop_dashboard()
    house.start_dashboard()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_camera_enlarged_shows_its_areas_and_its_own_numbers(house: House, page: Page) -> None:
    new = NewCamera("door", "demo:a", "demo:a", site="North", is_paused=True, rules=LEFT_HALF)
    with house.database.write() as session:
        camera_id = add_camera(session, house.box, new).id
    page.goto(f"/?camera={camera_id}")
    expect(page.get_by_role("heading", name="This camera")).to_be_visible()
    expect(page.locator("#camera-place")).to_have_text("North")
    expect(page.locator("#camera-areas")).to_have_text("Within 1 outlined area")
    show_until(house, page, camera_id, lambda: looks_like(pixel(page, 160, 180), GREY))
    assert max(pixel(page, 480, 180)) < min(GREY) / 1.5
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Show the areas")).to_be_visible()
    wait_until(lambda: looks_like(pixel(page, 480, 180), GREY))


def test_a_violation_is_pulsed_told_and_heard(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    page.goto("/")
    page.get_by_role("button", name="Sound on violations").click()
    tile = page.get_by_role("article")
    show_until(
        house,
        page,
        camera_id,
        lambda: tile.get_attribute("data-alarm") == "no_mask",
        face(Label.NO_MASK, Verdict.NO_MASK),
    )
    expect(tile.locator("[data-part=alarm]")).to_have_text("No mask")
    expect(page.locator("#told")).to_have_text("No mask: door")
    expect(page.get_by_role("button", name="Sound on violations")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(tile).not_to_have_attribute("data-alarm", "no_mask")
    show(house, camera_id, face(Label.NO_MASK, Verdict.NO_MASK))
    expect(page.locator(".tile")).to_have_attribute("data-frame-id", re.compile(r"\d"))
    expect(tile).not_to_have_attribute("data-alarm", "no_mask")  # the same person still


def test_a_hidden_tab_unsubscribes_and_hangs_up(house: House, page: Page) -> None:
    camera_id = house.add_camera("door")
    expect(page.locator("#connection-state")).to_have_text("Live")
    with page.expect_websocket() as opened:
        page.reload()
    wait_until(lambda: house.live.is_watched(camera_id))
    with opened.value.expect_event("close"):
        turn(page, is_hidden=True)
    wait_until(lambda: not house.live.is_watched(camera_id))
    with page.expect_websocket():
        turn(page, is_hidden=False)
    wait_until(lambda: house.live.is_watched(camera_id))
    expect(page.locator("#connection")).to_be_hidden()


def test_a_server_that_falls_silent_is_noticed(page: Page) -> None:
    is_silent = False

    def carry(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        server.on_message(lambda message: None if is_silent else browser.send(message))

    page.route_web_socket(re.compile("/socket.io/"), carry)
    page.goto("/")
    expect(page.locator("#connection-state")).to_have_text("Live")
    is_silent = True
    lost = page.get_by_text("The connection to the server is lost")
    expect(lost).to_be_visible()
    is_silent = False
    expect(page.get_by_text("Connected again")).to_be_visible()


def turn(page: Page, is_hidden: bool) -> None:
    """Have the page believe that its tab is hidden, or shown again."""
    page.evaluate(
        """(isHidden) => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_hidden,
    )
