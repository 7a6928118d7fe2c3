"""Every page on a desktop and on a phone, dark and light: it fits, and axe finds nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.dashboard.browser.conftest import ROOT, House

AXE = ROOT / "dashboard/node_modules/axe-core/axe.min.js"
PICTURES = ROOT / "test-artefacts"
PAGES = {
    "wall": "/",
    "cameras": "/cameras",
    "new-camera": "/cameras/new",
    "sightings": "/sightings",
    "missing": "/nowhere",
}


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        pytest.param(1440, "dark", id="desktop, dark"),
        pytest.param(360, "light", id="phone, light"),
    ],
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_accessible(
    house: House, page: Page, name: str, width: int, theme: str
) -> None:
    house.add_camera("a door with a rather long name, as people do give them")
    house.add_camera("gate")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size(ViewportSize(width=width, height=900))
    page.goto(PAGES[name])
    page.wait_for_load_state("networkidle")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{width}-{theme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Maskwatch")
    assert violations(page) == []


def test_the_toggled_theme_is_remembered(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Change between light and dark").click()
    page.goto("/cameras")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_scripts_and_styles_together_stay_small() -> None:
    static = ROOT / "dashboard/static"
    files = [path for kind in ("js", "css", "vendor") for path in (static / kind).iterdir()]
    assert sum(size_of(path) for path in files) < 300_000


def test_the_scripts_keep_to_their_types() -> None:
    compiler = ROOT / "dashboard/node_modules/typescript/bin/tsc"
    node = shutil.which("node")
    if not compiler.exists() or node is None:
        pytest.skip("TypeScript is not installed; run `npm ci` in dashboard/")
    command = [node, str(compiler), "--project", str(ROOT / "dashboard/jsconfig.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""


def violations(page: Page) -> list[str]:
    """Run axe-core and name what it finds."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; run `npm ci` in dashboard/")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]
    ]


def size_of(path: Path) -> int:
    return path.stat().st_size
