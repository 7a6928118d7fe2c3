"""The audit's page has words for every action that anything writes down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "dashboard", "ingest", "launch", "workers")
WORDS = ROOT / "dashboard/static/js/people/audit-words.js"
ACTION = re.compile(r"[a-z]+\.[a-z_]+")
SPELLED_OTHERWISE = {"model.activate", "model.roll_back", "site.rename", "zone.rename"}
"""Actions that stand in no call of record_change as they are."""


def actions_in(path: Path) -> Iterator[str]:
    """Find the actions that calls of record_change name."""
    calls = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "record_change":
            constants = [one.value for one in call.args if isinstance(one, ast.Constant)]
            yield from (one for one in constants if isinstance(one, str) and ACTION.fullmatch(one))


def test_every_action_has_words() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    written = {action for path in files for action in actions_in(path)}
    assert len(written) >= 30
    named = set(re.findall(rf'"({ACTION.pattern})": t\(', WORDS.read_text()))
    assert written | SPELLED_OTHERWISE == named
