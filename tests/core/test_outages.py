"""An outage is told once when it begins, and once when it is over."""

import pytest

from core.outages import Outage
from core.processes import Stop


@pytest.fixture
def outage() -> Outage:
    stop = Stop()
    stop.set()  # no pause
    return Outage(stop)


def test_an_outage_is_told_once(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for _ in range(3):
        outage.wait("Redis is away")
    outage.end()
    outage.end()
    assert caplog.messages == ["Redis is away", "everything answers again"]


def test_the_next_outage_is_told_again(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    for message in ("Redis is away", "SQL is away"):
        outage.wait(message)
        outage.end()
    assert [one for one in caplog.messages if "away" in one] == ["Redis is away", "SQL is away"]
