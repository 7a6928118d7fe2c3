"""Which scripts a page's script imports, so that the browser fetches them all at once."""

import re
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

_FOLDER = Path(__file__).parent / "static" / "js"
_IMPORT = re.compile(r'^(?:import|export)\b.*?from "(\.\.?/[\w./-]+\.js)";$', re.MULTILINE)


@cache
def modules_of(name: str) -> tuple[str, ...]:
    """List what a script imports, and what that imports; not the script itself.

    name: below static/js, as the answers are.
    Without being told, a browser finds each of them only after it has read the one before.
    """
    found = {name: None}
    waiting = [name]
    while waiting:
        new = [one for one in _imports_of(waiting.pop()) if one not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
    return tuple(found)[1:]


def _imports_of(name: str) -> list[str]:
    imports = _IMPORT.findall((_FOLDER / name).read_text())
    return [normpath(join(dirname(name), one)) for one in imports]
