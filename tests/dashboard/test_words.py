"""The pages speak two languages: every text has both, and the reader's is chosen."""

import ast
import json
import re
import shutil
from http import HTTPStatus
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from flask.testing import FlaskClient

from dashboard.app import Dashboard
from dashboard.sentences import SENTENCES, TITLES, hear
from dashboard.word_list import (
    CATALOGUES,
    ROOT,
    collect_words,
    find_words,
    is_translated,
    read_catalogue,
    update_catalogue,
)
from dashboard.words import LANGUAGES, read_words, translate
from tests.dashboard.conftest import csrf_token

PERCENT = re.compile(r"%\((\w+)\)s")
UNREAD = re.compile(r"(?<![\w.])[tn]\((?![\"')])[^)]*\)")
"""A call of t or n whose text is no literal: it would never be collected."""
LITERAL = re.compile(r'(?<![\w.])[tn]\(("(?:[^"\\\n]|\\.)*")')
SAYERS = ("core", "ingest", "workers", "dashboard")
GAP = "\0"
each_catalogue = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.parents[1].name) for path in CATALOGUES]
)


@each_catalogue
def test_every_text_that_is_said_is_translated(path: Path) -> None:
    catalogue = read_catalogue(path)
    known = {one.id: one.string for one in catalogue}
    missing = [one.id for one in collect_words() if one.id and not is_translated(known.get(one.id))]
    assert missing == [], "python -m dashboard.word_list adds them to the catalogue: translate them"


def test_no_text_is_said_both_alone_and_as_one_of_many() -> None:
    """A catalogue holds a text once: the plural would win, and the other stay English."""
    said = {text for _, text, _ in find_words()}
    counted = {text[0] for text in said if isinstance(text, tuple)}
    assert said & counted == set()


@each_catalogue
def test_no_translation_is_a_guess_or_of_a_text_that_nothing_says(path: Path) -> None:
    said = {one.id for one in collect_words()}
    kept = [one for one in read_catalogue(path) if one.id]
    assert [one.id for one in kept if one.fuzzy] == []
    assert [one.id for one in kept if one.id not in said] == []


@each_catalogue
def test_a_translation_fills_in_what_the_text_fills_in(path: Path) -> None:
    assert [one.id for one in read_catalogue(path) if one.id and not _agrees(one)] == []


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """Every text that the word list finds, of a plural that for one."""
    return {text if isinstance(text, str) else text[0] for _, text, _ in find_words()}


@pytest.mark.parametrize("path", sorted((ROOT / "dashboard/static/js").rglob("*.js")), ids=str)
def test_a_script_says_only_texts_that_are_collected(path: Path, collected: set[str]) -> None:
    """Within a template literal a text is missed where braces stand beside it."""
    if path.name == "words.js":
        return
    script = path.read_text()
    assert UNREAD.findall(script) == []
    assert {json.loads(text) for text in LITERAL.findall(script)} <= collected


def test_bringing_a_catalogue_up_to_date_keeps_its_translations(tmp_path: Path) -> None:
    copy = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    copy.parent.mkdir(parents=True)
    shutil.copyfile(CATALOGUES[0], copy)
    before = {key: string for key, string in _texts(copy).items() if is_translated(string)}
    update_catalogue(copy, collect_words())
    assert before.items() <= _texts(copy).items()


@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        pytest.param("de-AT,de;q=0.9,en;q=0.5", "de", id="a kind of German"),
        pytest.param("fr,de;q=0.5", "de", id="another language, then German"),
        pytest.param("en-GB,de;q=0.5", "en", id="English first"),
        pytest.param("fr", "en", id="neither"),
        pytest.param("", "en", id="nothing"),
    ],
)
def test_a_page_speaks_as_the_browser_asks(
    stranger: FlaskClient, asked_for: str, expected: str
) -> None:
    page = stranger.get("/sign-in", headers={"Accept-Language": asked_for})
    assert f'<html lang="{expected}">' in page.text


def test_a_chosen_language_wins_and_is_remembered(stranger: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(stranger, "/sign-in"), "language": "de", "next": "/cameras"}
    chosen = stranger.post("/language", data=form)
    assert (chosen.status_code, chosen.location) == (302, "/cameras")
    assert '<html lang="de">' in stranger.get("/sign-in", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize(
    ("language", "following"),
    [
        pytest.param("xx", "/cameras", id="an unknown language"),
        pytest.param("de", "//elsewhere.example/", id="another host"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_strange_choice_leads_nowhere(
    stranger: FlaskClient, language: str, following: str
) -> None:
    form = {"csrf_token": csrf_token(stranger, "/sign-in"), "language": language, "next": following}
    chosen = stranger.post("/language", data=form)
    assert chosen.status_code == 302
    assert chosen.location in ("/", "/cameras")


def test_the_words_of_scripts_are_served_for_ever_and_by_tag(stranger: FlaskClient) -> None:
    words = stranger.get("/words/de/history/history.js")
    assert words.mimetype == "text/javascript"
    assert words.text.startswith("globalThis.maskwatchWords = {")
    assert "Noch kein Verlauf" in words.text
    assert "Noch keine Kameras" not in words.text  # another page says it
    assert "immutable" in words.headers["Cache-Control"]
    again = stranger.get(
        "/words/de/history/history.js", headers={"If-None-Match": words.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["en/chrome.js", "xx/chrome.js", "..%2fde/chrome.js", "de/../chrome.js", "de/no.js"]
)
def test_there_are_words_only_of_other_languages_and_of_scripts(
    stranger: FlaskClient, path: str
) -> None:
    assert stranger.get(f"/words/{path}").status_code == 404


def test_each_language_but_english_has_a_catalogue() -> None:
    assert {path.parents[1].name for path in CATALOGUES} == set(LANGUAGES) - {"en"}


def test_outside_of_a_request_english_is_said() -> None:
    assert translate("{name} is here", name="Ada") == "Ada is here"


def test_a_catalogue_is_read_once() -> None:
    assert read_words("de") is read_words("de")


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Every text in the code that may say a sentence; each value in it is a gap."""
    return {
        text
        for room in SAYERS
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts and path.name != "sentences.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if (text := _text_of(node)) is not None
    } | {status.phrase for status in HTTPStatus}


@pytest.mark.parametrize("sentence", [*SENTENCES, *TITLES])
def test_a_sentence_of_the_server_is_one_that_the_code_says(sentence: str, said: set[str]) -> None:
    assert re.sub(r"\{\w+\}", GAP, sentence) in said


def test_a_sentence_is_heard_in_the_readers_language_with_its_values(
    dashboard: Dashboard,
) -> None:
    with dashboard.app.test_request_context(headers={"Accept-Language": "de"}):
        assert hear("door.mp4 is empty; expected a video file").startswith("door.mp4 ist leer")
        assert hear("Not Found") == "Nicht gefunden"


def test_a_sentence_that_is_not_known_stays_as_it_is(dashboard: Dashboard) -> None:
    with dashboard.app.test_request_context(headers={"Accept-Language": "de"}):
        assert hear("the moon is too bright") == "the moon is too bright"


def test_a_refused_sign_in_is_said_in_german(stranger: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(stranger, "/sign-in"), "name": "", "password": "x"}
    page = stranger.post("/sign-in", data=form, headers={"Accept-Language": "de"})
    assert "Geben Sie Ihren Namen ein." in page.text


def _agrees(message: Message) -> bool:
    """Say whether each form of the translation fills in the same names as the text does."""
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    names = _names(str(ids[-1]))
    return all(_names(str(one)) == names for one in strings) or (
        len(strings) == 2 and _names(str(strings[1])) == names and _names(str(strings[0])) <= names
    )


def _names(text: str) -> set[str]:
    braces = {name for _, name, _, _ in Formatter().parse(text) if name}
    return braces | set(PERCENT.findall(text))


def _texts(path: Path) -> dict[object, str | tuple[str, ...] | list[str] | None]:
    return {one.id: one.string for one in read_catalogue(path) if one.id}


def _text_of(node: ast.AST) -> str | None:
    """Read a text of the code; the values of an f-string become gaps."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = (one.value if isinstance(one, ast.Constant) else GAP for one in node.values)
    return "".join(str(part) for part in parts)
