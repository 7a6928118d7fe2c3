"""The words of the pages: English is the key, a catalogue holds them in another language.

Catalogues are read as translators write them, `.po`; nothing is compiled. Scripts
get their part of a catalogue as a script of its own (static/js/words.js reads it).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Blueprint, Flask, g, has_request_context, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from dashboard.access import open_to_all
from dashboard.appearance import LANGUAGE_COOKIE, keep_in_browser, keep_with_account
from dashboard.identities import signed_in_if_known
from dashboard.modules import all_modules, modules_of
from dashboard.security import own_path

blueprint = Blueprint("words", __name__)

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The first is the one that the words are written in."""
SENTENCES = "dashboard/sentences.py"
"""Where the sentences are that the server says in English, and pages in the reader's language."""

_ENGLISH = next(iter(LANGUAGES))
_FOLDER = Path(__file__).parent / "translations"
_FOR_EVER = "public, max-age=31536000, immutable"
"""The address of a catalogue's script names its content."""


@dataclass(frozen=True, slots=True)
class Words:
    """A catalogue: each text by the English one; plurals, (one, many), by that for one."""

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WordsScript:
    """The words that a page's scripts say, as a script; version: of its text."""

    text: str
    version: str


def register_words(app: Flask) -> None:
    """Let templates say `_("…")` and `{% trans %}`, and serve the scripts' words."""
    app.register_blueprint(blueprint)
    environment = app.jinja_env
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension("jinja2.ext.i18n")
    environment.filters["decimal"] = _write_decimal
    environment.install_gettext_callables(_find, _find_plural, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    app.context_processor(_offer)


def language() -> str:
    """Tell the language of who asks: of their account, else of this browser; found once."""
    if not has_request_context():
        return _ENGLISH
    if "language" not in g:
        g.language = _find_language()
    found: str = g.language
    return found


def translate(text: str, **values: object) -> str:
    """Say a text in the asker's language; `{name}` in it becomes the value of that name."""
    return _find(text).format_map(values)


def mark(text: str) -> str:
    """Mark a text for the catalogue that is translated only when it is shown."""
    return text


@cache
def read_words(name: str) -> Words:
    """Read the catalogue of a language other than English."""
    return Words(*_by_text(_read_messages(name)))


@cache
def read_words_script(name: str, script: str) -> WordsScript:
    """Write what a page says by its script: by all that this imports, and what the server says."""
    folder = "dashboard/static/js/"
    files = {folder + one for one in modules_of("chrome.js", script)}
    texts, plurals = _by_text(_said_in(files, name))
    sentences, _ = _by_text(_said_in({SENTENCES}, name))
    catalogue = {"texts": texts, "plurals": plurals, "sentences": sentences}
    text = f"globalThis.maskwatchWords = {json.dumps(catalogue, ensure_ascii=False)};\n"
    return WordsScript(text, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


@blueprint.get("/words/<name>/<path:script>")
@open_to_all
def words_script(name: str, script: str) -> Response:
    """Answer a page's words for scripts, as a script: they are there before modules run."""
    if name not in LANGUAGES or name == _ENGLISH or script not in all_modules():
        raise NotFound
    words = read_words_script(name, script)
    response = Response(words.text, mimetype="text/javascript")
    response.headers["Cache-Control"] = _FOR_EVER
    response.set_etag(words.version)
    return response.make_conditional(request)


@blueprint.post("/language")
@open_to_all
def choose_language() -> Response:
    """Remember the language chosen; go on where it was chosen."""
    response = redirect(own_path(request.form.get("next")) or url_for("pages.wall"))
    chosen, who = request.form.get("language", ""), signed_in_if_known()
    if chosen in LANGUAGES:
        keep_in_browser(response, LANGUAGE_COOKIE, chosen)
        if who is not None:
            keep_with_account(who, replace(who.appearance, language=chosen))
    return response


def _offer() -> dict[str, object]:
    """Tell templates the language, the others, and where a script's words are."""
    return {"language": language(), "languages": LANGUAGES, "words_of": _address_of_words}


def _address_of_words(script: str) -> str | None:
    name = language()
    if name == _ENGLISH:
        return None
    version = read_words_script(name, script).version
    return url_for("words.words_script", name=name, script=script, v=version)


def _find_language() -> str:
    """Ask the account, then what was chosen in this browser, then what the browser asks for."""
    who = signed_in_if_known()
    kept = who.appearance.language if who else None
    for chosen in (kept, request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    wanted = (tag.partition("-")[0] for tag, quality in request.accept_languages if quality)
    return next((name for name in wanted if name in LANGUAGES), _ENGLISH)


def _find(text: str) -> str:
    name = language()
    return text if name == _ENGLISH else read_words(name).texts.get(text, text)


def _write_decimal(value: float) -> str:
    """Write a number as scripts do, with one decimal at most."""
    return format_decimal(value, "#,##0.#", locale=language())


def _find_plural(one: str, many: str, count: int) -> str:
    name = language()
    pair = (one, many) if name == _ENGLISH else read_words(name).plurals.get(one, (one, many))
    return pair[0] if count == 1 else pair[1]


@cache
def _read_messages(name: str) -> list[Message]:
    with (_FOLDER / name / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [one for one in read_po(file, locale=name) if one.id and one.string]


def _said_in(files: set[str], name: str) -> list[Message]:
    return [one for one in _read_messages(name) if any(file in files for file, _ in one.locations)]


def _by_text(messages: list[Message]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Sort messages into single texts and plurals."""
    texts, plurals = {}, {}
    for one in messages:
        if isinstance(one.id, str):
            texts[one.id] = str(one.string)
        else:
            plurals[one.id[0]] = (str((one.string or one.id)[0]), str((one.string or one.id)[1]))
    return texts, plurals
