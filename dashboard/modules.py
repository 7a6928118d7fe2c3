"""Which scripts a page's script imports, so that the browser fetches them all at once."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "js"
_IMPORT = re.compile(r'^(?:import|export)\b.*?from "\./([\w-]+\.js)";$', re.MULTILINE)


@cache
def modules_of(name: str) -> tuple[str, ...]:
    """List what a script imports, and what that imports; not the script itself.

    Without being told, a browser finds each of them only after it has read the one before.
    """
    found = {name: None}
    waiting = [name]
    while waiting:
        text = (_FOLDER / waiting.pop()).read_text()
        new = [one for one in _IMPORT.findall(text) if one not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
    return tuple(found)[1:]
