"""Every page on desktop and phone, dark and light, in both languages: it fits, axe is content."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from core.storage.users import Role
from dashboard.appearance import LANGUAGE_COOKIE
from dashboard.navigation import MAIN, MANAGE
from tests.dashboard.browser.conftest import ROOT, House
from tests.waiting import wait_for

AXE = ROOT / "dashboard/node_modules/axe-core/axe.min.js"
PICTURES = Path(os.environ.get("MASKWATCH_SCREENSHOTS", ROOT / "test-artefacts"))
"""Where pictures of all pages are kept."""
BYTES_MAX = 300_000
PAGES = {
    "wall": "/",
    "kiosk": "/kiosk",
    "sightings": "/sightings",
    "cameras": "/cameras",
    "new-camera": "/cameras/new",
    "import-cameras": "/cameras/import",
    "account": "/account",
    "history": "/history",
    "jobs": "/jobs",
    "system": "/system",
    "models": "/models",
    "settings": "/settings",
    "erase": "/settings/erase",
    "users": "/users",
    "user": "/users/1",
    "new-user": "/users/new",
    "tokens": "/tokens",
    "new-token": "/tokens/new",
    "audit": "/audit?days=all",
    "missing": "/nowhere",
}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    language: str
    width: int
    theme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.theme}"


LOOKS = (
    Look("en", 1440, "dark"),
    Look("en", 390, "light"),
    Look("de", 1440, "light"),
    Look("de", 390, "dark"),
)
"""Half of all eight: each language, width and theme meets each other one."""
NARROWER = {1440: (1024, 720), 390: (360,)}
"""What else a page fits, beside each width looked at; 720 is 1440 at 200 %."""
BYTES_LOADED = """
Promise.all(performance.getEntriesByType("resource")
  .map((one) => one.name)
  .filter((name) => /[.](js|css)([?]|$)/.test(name))
  .map(async (name) => (await (await fetch(name)).blob()).size))
  .then((sizes) => sizes.reduce((sum, one) => sum + one, 0))
"""
"""What the browser had in its cache already counts too: the browser itself calls that 0 bytes."""


@pytest.fixture
def admin(house: House, page: Page) -> Page:
    """The page of an administrator, with two cameras: all that there is to see."""
    house.add_camera("a door with a rather long name, as people do give them")
    house.add_camera("gate")
    page.request.get(house.sign_in_link(Role.ADMIN))  # each test opens its page itself
    return page


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_is_accessible_and_light(admin: Page, name: str, look: Look) -> None:
    open_as(admin, PAGES[name], look)
    assert 0 < int(admin.evaluate(BYTES_LOADED)) < BYTES_MAX
    keep_picture(admin, f"{name}-{look}")
    assert admin.locator("h1").count() == 1
    assert admin.title().endswith("Maskwatch")
    assert width_of(admin) <= look.width
    assert violations(admin) == []
    for width in NARROWER[look.width]:
        admin.set_viewport_size(ViewportSize(width=width, height=800))
        # Charts follow the new width a moment later.
        wait_for(f"{name} at {width} px", partial(fits, admin, width))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_door_fits_and_is_accessible(page: Page, look: Look) -> None:
    page.goto("/static/mark.svg")  # asks nothing of the server that a stranger may not
    page.context.clear_cookies()
    open_as(page, "/sign-in", look)
    keep_picture(page, f"sign-in-{look}")
    assert width_of(page) <= look.width
    assert violations(page) == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_open_menus_and_the_sheet_of_keys_are_accessible(admin: Page, look: Look) -> None:
    open_as(admin, "/cameras", look)
    for menu in admin.locator("[data-opens]").all():
        menu.click()
        keep_picture(admin, f"{menu.get_attribute('data-opens')}-{look}", whole=False)
        assert violations(admin) == []
    open_as(admin, "/history", look)  # the page with the most keys
    admin.keyboard.press("?")
    expect(admin.get_by_role("dialog")).to_be_visible()
    keep_picture(admin, f"keys-{look}", whole=False)
    assert violations(admin) == []


def test_every_page_of_the_navigation_is_among_those_tried(admin: Page) -> None:
    admin.goto("/")
    links = admin.locator("nav a").evaluate_all("links => links.map(one => one.pathname)")
    assert set(links) <= {path.partition("?")[0] for path in PAGES.values()}
    assert set(links) <= {one.path for one in (*MAIN, *MANAGE)}


def test_a_viewer_is_not_shown_the_way_to_what_needs_more(house: House, page: Page) -> None:
    page.goto(house.sign_in_link(Role.VIEWER))
    for path in ("/users", "/tokens", "/audit", "/settings"):
        assert page.locator(f'nav a[href="{path}"]').count() == 0


def test_a_menu_opens_and_closes_by_the_keyboard(page: Page) -> None:
    button = page.get_by_role("button", name="Your menu")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Your account")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_menu_closes_by_a_click_elsewhere(page: Page) -> None:
    page.get_by_role("button", name="Your menu").click()
    page.locator("h1").click()
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()


def test_paper_is_light_and_shows_no_buttons(admin: Page) -> None:
    open_as(admin, "/audit?days=all", Look("en", 1440, "dark"))
    admin.evaluate("document.documentElement.dataset.theme = 'dark'")
    admin.emulate_media(media="print")
    expect(admin.locator(".bar")).to_be_hidden()
    expect(admin.get_by_role("link", name="CSV")).to_be_hidden()
    expect(admin.locator("body")).to_have_css("color", "rgb(20, 32, 44)")


def test_what_is_chosen_stands_out_where_the_system_chooses_the_colours(admin: Page) -> None:
    admin.emulate_media(forced_colors="active")
    admin.goto("/history")
    background = "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    for choices in ("#ranges span", ".nav-list > li > a"):
        assert len(set(admin.locator(choices).evaluate_all(background))) == 2


def test_letters_lead_to_pages_and_a_question_mark_tells_of_them(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cameras")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Go to: Sightings")


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.keyboard.press("?")
    page.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_chosen_language_stays_on_the_page_and_is_remembered(page: Page) -> None:
    page.goto("/sightings?verdict=no_mask")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sichtungen")
    expect(page.locator("#verdict-no_mask")).to_be_checked()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Videowand")


def test_scripts_say_their_words_in_the_language_of_the_page(house: House, page: Page) -> None:
    house.add_camera("gate")
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "de", "url": house.address}])
    page.goto("/cameras")
    expect(page.get_by_role("button", name="Pausiert 1")).to_be_visible()
    said = "10.0.0.9:554 ended the connection"
    hear = "said => import('/static/js/words.js').then(({ hear }) => hear(said))"
    assert page.evaluate(hear, said) == "10.0.0.9:554 hat die Verbindung beendet"


def test_the_toggled_theme_is_remembered(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Your menu").click()
    with page.expect_response("**/api/v1/account"):
        page.get_by_role("button", name="Change between light and dark").click()
    page.goto("/cameras")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_scripts_keep_to_their_types() -> None:
    compiler = ROOT / "dashboard/node_modules/typescript/bin/tsc"
    node = shutil.which("node")
    if not compiler.exists() or node is None:
        pytest.skip("TypeScript is not installed; run `npm ci` in dashboard/")
    command = [node, str(compiler), "--project", str(ROOT / "dashboard/jsconfig.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def open_as(page: Page, path: str, look: Look) -> None:
    """Open a page as one looks at it, until its scripts rest."""
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": look.language, "url": page.url}])
    page.emulate_media(color_scheme=look.theme)
    page.set_viewport_size(ViewportSize(width=look.width, height=900))
    page.goto(path, wait_until="networkidle")


def keep_picture(page: Page, name: str, whole: bool = True) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")


def fits(page: Page, width: int) -> bool:
    return width_of(page) <= width


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def violations(page: Page) -> list[str]:
    """Run axe-core and name what it finds."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; run `npm ci` in dashboard/")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
    ]
