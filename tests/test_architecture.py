"""The map holds: who imports whom, where heavy packages live, nothing done at import."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "core": set(),
    "models": {"core"},
    "ingest": {"core"},
    "dashboard": {"core"},
    "migrations": {"core"},
    "workers": {"core", "models"},
    "launch": {"core", "migrations", "models"},
}
"""Which rooms a room may import, itself apart; cli.py may import all."""
HOMES = {
    "tensorflow": ("models",),
    "keras": ("models",),
    "openvino": ("models",),
    "ai_edge_litert": ("models",),
    "nncf": ("models",),
    "sqlalchemy": ("core/storage", "migrations"),
    "alembic": ("migrations",),
    "flask": ("dashboard",),
    "flask_openapi3": ("dashboard",),
    "flask_socketio": ("dashboard",),
    "gunicorn": ("dashboard",),
    "av": ("ingest",),
    "norfair": ("workers",),
}
"""Where a heavy package may be imported: so the other rooms start at once and stay small."""


def files_of(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)


def imports_of(path: Path) -> Iterator[str]:
    """Name the modules that a file imports anywhere, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield node.module or ""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    forbidden = set(MAY_IMPORT) - MAY_IMPORT[room] - {room} | {"cli", "tests"}
    crossings = [
        f"{name(path)} imports {module}"
        for path in files_of(room)
        for module in imports_of(path)
        if module.partition(".")[0] in forbidden
    ]
    assert crossings == []


def test_workers_do_not_import_training() -> None:
    crossings = [
        name(path)
        for path in files_of("workers")
        if any(module.startswith("models.training") for module in imports_of(path))
    ]
    assert crossings == []


@pytest.mark.parametrize("package", HOMES)
def test_a_heavy_package_stays_at_home(package: str) -> None:
    visits = [
        f"{name(path)} imports {module}"
        for room in MAY_IMPORT
        for path in [*files_of(room), ROOT / "cli.py"]
        for module in imports_of(path)
        if module.partition(".")[0] == package and not name(path).startswith(HOMES[package])
    ]
    assert visits == []


IMPORT_ALL = """
import importlib, json, sys, threading
done = []
FORBIDDEN = {"socket.connect", "subprocess.Popen", "os.fork", "os.mkdir",
             "os.remove", "os.rename", "shutil.rmtree", "urllib.Request", "sqlite3.connect"}
def watch(event, arguments):
    if event in FORBIDDEN:
        done.append(f"{event} {arguments}"[:200])
modules = json.loads(sys.argv[1])
sys.addaudithook(watch)
for module in modules:
    importlib.import_module(module)
packages = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"done": done, "threads": threading.active_count(), "packages": packages}))
"""


@pytest.mark.parametrize(
    ("room", "absent"),
    [
        pytest.param("core", {"tensorflow", "openvino", "flask", "av"}, id="core"),
        pytest.param("ingest", {"tensorflow", "openvino", "flask", "norfair"}, id="ingest"),
        pytest.param("dashboard", {"tensorflow", "openvino", "av", "norfair"}, id="dashboard"),
        pytest.param("workers", {"tensorflow", "flask", "av"}, id="workers"),
        pytest.param("launch", {"tensorflow", "openvino", "flask", "av"}, id="launch"),
    ],
)
def test_importing_a_room_does_nothing_and_loads_no_other_rooms_packages(
    room: str, absent: set[str]
) -> None:
    modules = [
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in files_of(room)
    ]
    found = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(modules)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(found.stdout.splitlines()[-1])
    assert seen["done"] == []
    assert seen["threads"] == 1
    assert absent & set(seen["packages"]) == set()


def test_help_loads_no_room() -> None:
    """A command line that answers slowly is a nuisance every day. It knows its release alone."""
    program = "import cli, json, sys; print(json.dumps(sorted(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(found.stdout)) - {"core", "core.release"}
    packages = {module.partition(".")[0] for module in loaded}
    heavy = {"numpy", "cv2", "redis", "pydantic", *HOMES, *MAY_IMPORT} - {"launch"}
    assert packages & heavy == set()
