"""Which scripts a page loads: its own, and what that imports."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

_FOLDER = Path(__file__).parent / "static" / "js"
_IMPORT = re.compile(r'^(?:import|export)\b.*?from "(\.\.?/[\w./-]+\.js)";$', re.MULTILINE)


@cache
def modules_of(*names: str) -> tuple[str, ...]:
    """List scripts and all that they import, each once; names: below static/js, as the answers.

    Without being told, a browser finds each of them only after it has read the one before.
    """
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        new = [one for one in _imports_of(waiting.pop()) if one not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
    return tuple(found)


@cache
def all_modules() -> frozenset[str]:
    """Name all scripts that there are."""
    return frozenset(one.relative_to(_FOLDER).as_posix() for one in _FOLDER.rglob("*.js"))


def _imports_of(name: str) -> list[str]:
    imports = _IMPORT.findall((_FOLDER / name).read_text())
    return [normpath(join(dirname(name), one)) for one in imports]
