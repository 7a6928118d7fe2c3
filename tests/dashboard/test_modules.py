"""Which scripts a page's script imports."""

from pathlib import Path

from dashboard.modules import modules_of

SCRIPTS = Path(__file__).parents[2] / "dashboard" / "static" / "js"


def test_what_is_imported_by_imports_is_listed_too_and_each_once() -> None:
    (name,) = (str(one.relative_to(SCRIPTS)) for one in SCRIPTS.rglob("wall.js"))
    listed = modules_of(name)
    names = {Path(one).name for one in listed}
    assert {"tiles.js", "grid.js", "words.js"} <= names  # one, two and many steps away
    assert len(listed) == len(set(listed))
    assert name in listed
    assert all((SCRIPTS / one).is_file() for one in listed)
