"""One demo house for all tests of this folder that do not break it for good; it stops with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.house import Api, House


@pytest.fixture(scope="package")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`up --demo`, ready; its sign-in link is in `lines`."""
    house = House(tmp_path_factory.mktemp("demo"), "--demo")
    try:
        house.wait_for_line("ready:")
        yield house
    finally:
        assert house.stop() == 0


@pytest.fixture(scope="package")
def demo_api(demo_house: House) -> Api:
    return Api(demo_house.url, demo_house.token())


@pytest.fixture(scope="package")
def sign_in_url(demo_house: House) -> str:
    (line,) = (line for line in demo_house.lines if line.startswith("sign in:"))
    return line.removeprefix("sign in:").strip()


@pytest.fixture
def plain_house(tmp_path: Path) -> Iterator[House]:
    """`up` without demo cameras, ready, of the test's own."""
    house = House(tmp_path / "data")
    try:
        house.wait_for_line("ready:")
        yield house
    finally:
        house.stop()
