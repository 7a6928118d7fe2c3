"""Collect the texts of templates, scripts and Python files into the catalogues.

`python -m dashboard.word_list` brings every catalogue up to date: new texts come
in untranslated, texts that nothing says any more go.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = tuple((ROOT / "dashboard/translations").glob("*/LC_MESSAGES/messages.po"))

_FILES = [
    ("templates/**.html", "jinja2"),
    ("static/js/**.js", "javascript"),
    ("**.py", "python"),
]
_OPTIONS = {
    "templates/**.html": {"trimmed": "true", "silent": "false"},
    "static/js/**.js": {"parse_template_string": "true"},
}
_CALLS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "t": None,
    "n": (1, 2),
    "translate": None,
    "mark": None,
}
"""Functions whose texts are collected; (1, 2): for one, for many."""
_LINE = 100


def collect_words() -> Catalog:
    """Collect every text that the dashboard says, with the files that say it."""
    catalogue = Catalog(charset="utf-8")
    for place, text, notes in find_words():
        catalogue.add(text, locations=[(place, 0)], auto_comments=notes)
    return catalogue


def find_words() -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    """Yield each saying of a text: the file, the text or its forms for one and many, the notes."""
    folder = ROOT / "dashboard"
    found = extract_from_dir(
        folder, _FILES, _OPTIONS, _CALLS, ["NOTE:"], directory_filter=_is_searched
    )
    for name, _, text, notes, _ in found:
        yield (folder / name).relative_to(ROOT).as_posix(), text, notes


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue of `translations/LANGUAGE/LC_MESSAGES`."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def update_catalogue(path: Path, words: Catalog) -> int:
    """Bring a catalogue up to date; returns how many texts wait for their translation."""
    catalogue = read_catalogue(path)
    catalogue.update(words, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.fuzzy = False
    with path.open("wb") as file:
        write_po(
            file, catalogue, _LINE, ignore_obsolete=True, include_lineno=False, sort_output=True
        )
    return sum(not is_translated(one.string) for one in catalogue if one.id)


def is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Say whether a text is there, of a plural both."""
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _is_searched(folder: str | Path) -> bool:
    return Path(folder).name not in ("node_modules", "vendor", "__pycache__")


if __name__ == "__main__":
    for path in CATALOGUES:
        waiting = update_catalogue(path, collect_words())
        print(f"{path.relative_to(ROOT)}: {waiting} texts wait for their translation")
