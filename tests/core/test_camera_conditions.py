"""How a camera does is said in one word, with what to do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.accounts import FrameAccount
from core.camera_conditions import Condition, Signs, find_condition
from core.heartbeats import CameraHealth, CameraState
from core.latency import Latency

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIVE = CameraHealth(7, CameraState.LIVE, NOON, "", (960, 540), 25.0, "h264")
FINE = Signs(
    is_paused=False,
    wanted_per_second=5.0,
    health=LIVE,
    frames=FrameAccount(captured=100, analysed=60, unchanged=35, superseded=5),
    latency=Latency({20: 100}),  # 0.32 s at most
)
GONE = replace(LIVE, state=CameraState.RECONNECTING, reason="door:554 ended the connection")


@pytest.mark.parametrize(
    ("signs", "condition", "said"),
    [
        pytest.param(FINE, Condition.GOOD, "", id="all is well"),
        pytest.param(replace(FINE, is_paused=True, health=GONE), Condition.PAUSED, "", id="paused"),
        pytest.param(
            replace(FINE, health=GONE), Condition.LOST, "door:554 ended the connection", id="lost"
        ),
        pytest.param(replace(FINE, health=None), Condition.WAITING, "not reported", id="new"),
        pytest.param(
            replace(FINE, health=replace(LIVE, state=CameraState.PAUSED)),
            Condition.WAITING,
            "not reported",
            id="resumed a moment ago",
        ),
        pytest.param(
            replace(FINE, health=None, is_ingest_alive=False),
            Condition.WAITING,
            "maskwatch ingest",
            id="nobody opens cameras",
        ),
        pytest.param(
            replace(FINE, health=replace(LIVE, state=CameraState.CONNECTING)),
            Condition.WAITING,
            "is being connected",
            id="connecting",
        ),
        pytest.param(
            replace(FINE, frames=FrameAccount(captured=100, analysed=70, superseded=30)),
            Condition.SLOW,
            "30% of its frames were skipped",
            id="workers do not keep up",
        ),
        pytest.param(
            replace(FINE, frames=FrameAccount(captured=100, superseded=60, lost=10, analysed=30)),
            Condition.SLOW,
            "60% of its frames were skipped",
            id="workers hardly do anything in time",
        ),
        pytest.param(
            replace(FINE, frames=FrameAccount(captured=100, analysed=90, failed=10)),
            Condition.SLOW,
            "10% of its frames could not be read",
            id="broken pictures",
        ),
        pytest.param(
            replace(FINE, frames=FrameAccount(captured=10, superseded=10)),
            Condition.GOOD,
            "",
            id="too few frames to say",
        ),
        pytest.param(
            replace(FINE, latency=Latency({40: 10})), Condition.SLOW, "s late", id="seen late"
        ),
        pytest.param(
            replace(FINE, health=replace(LIVE, frames_per_second=2.0)),
            Condition.SLOW,
            "sends 2.0 pictures a second, where 5 are wanted",
            id="the camera itself is slow",
        ),
        pytest.param(
            replace(FINE, health=replace(LIVE, frames_per_second=None)),
            Condition.GOOD,
            "",
            id="its rate is not known yet",
        ),
        pytest.param(
            replace(FINE, reconnects_hour=3), Condition.UNSTEADY, "lost 3 times", id="unsteady"
        ),
        pytest.param(replace(FINE, reconnects_hour=2), Condition.GOOD, "", id="an update"),
    ],
)
def test_a_condition_follows_from_the_signs(signs: Signs, condition: Condition, said: str) -> None:
    finding = find_condition(signs)
    assert finding.condition is condition
    assert said in finding.reason if said else finding.reason == ""


def test_of_several_complaints_the_worst_is_told() -> None:
    finding = find_condition(
        replace(FINE, reconnects_hour=9, frames=FrameAccount(captured=100, expired=90, lost=10))
    )
    assert finding.condition is Condition.SLOW
    assert finding.reason.startswith("90% of its frames were skipped")
