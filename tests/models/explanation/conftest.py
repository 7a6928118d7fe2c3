"""Fixtures of the explanations' tests."""

import pytest

from models.explanation.network import OpenedNetwork
from tests.models.explanation.networks import see_blue


@pytest.fixture(scope="package")
def network() -> OpenedNetwork:
    return OpenedNetwork(see_blue(), "blue-1")
