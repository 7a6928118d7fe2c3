"""What sheets, icons and scripts hold is used: nothing of the pages' past stays behind."""

import re
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "dashboard"
SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in (FOLDER / "static/css").glob("*.css")
}
SCRIPTS = {path: path.read_text() for path in (FOLDER / "static/js").rglob("*.js")}
TESTS = "\n".join(path.read_text() for path in Path(__file__).parent.glob("browser/*.py"))
ICONS = re.findall(r'id="icon-([\w-]+)"', (FOLDER / "templates/icons.svg").read_text())
PAGES = "\n".join(path.read_text() for path in (FOLDER / "templates").glob("*.html"))
SAID = PAGES + "\n".join([*SCRIPTS.values(), *(one.read_text() for one in FOLDER.glob("*.py"))])
WORDS = set(re.findall(r"[\w-]+", SAID))
OF_THE_CHART_LIBRARY = re.compile(r"uplot|u-\w+")


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_styles_is_on_a_page(name: str) -> None:
    selectors = " ".join(re.findall(r"([^{};]+)\{", SHEETS[name]))
    styled = set(re.findall(r"[.#]([a-zA-Z][\w-]*)", selectors))
    assert [one for one in sorted(styled) if not is_on_a_page(one)] == []


def test_each_custom_property_is_set_and_used() -> None:
    sheets = "\n".join(SHEETS.values())
    made = set(re.findall(r"(--[\w-]+):", sheets)) | set(re.findall(r'"(--[\w-]+)"', SAID))
    used = set(re.findall(r"var\((--[\w-]+)", sheets)) | set(re.findall(r'"(--[\w-]+)"', SAID))
    assert made ^ used == set()


def test_each_icon_is_drawn_once_and_shown() -> None:
    assert [name for name, times in Counter(ICONS).items() if times > 1] == []
    assert [name for name in ICONS if not re.search(rf"[\"'-]{name}[\"'\s]", SAID)] == []


def test_each_icon_that_a_page_shows_is_there() -> None:
    assert set(re.findall(r'\bicon\("([\w-]+)"', SAID)) <= set(ICONS)


def test_what_a_script_exports_is_imported_by_another_or_by_a_test() -> None:
    exported = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
    imports = [re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE) for text in SCRIPTS.values()]
    imports.append(re.findall(r"\{([^}]*)\} = await import\(", TESTS))
    imported = set(re.findall(r"\w+", str(imports)))
    unasked = {
        f"{path.name}: {name}"
        for path, text in SCRIPTS.items()
        for name in exported.findall(text)
        if name not in imported
    }
    assert unasked == set()


def is_on_a_page(name: str) -> bool:
    """Say whether a page has a class or an id; a template may write `is-` before a word."""
    is_joined = name.startswith("is-") and name[3:] in WORDS and "is-{{" in PAGES
    return name in WORDS or is_joined or OF_THE_CHART_LIBRARY.fullmatch(name) is not None
