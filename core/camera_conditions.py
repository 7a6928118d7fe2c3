"""How a camera does, in one word and one sentence that says what to do."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.accounts import FrameAccount
from core.heartbeats import CameraHealth, CameraState
from core.latency import Latency

LOOK_BACK_MINUTES = 15
"""Frames are judged by so many minutes: long enough to be calm, short enough to see a cure."""

FRAMES_MIN = 20
"""Fewer captured frames are too few to speak of shares."""
SKIPPED_SHARE_MAX = 0.2
"""At 5 frames a second a fifth may go before people are lost between two of them."""
LOST_SHARE_MAX = 0.05
LATENCY_MAX_S = 2.0
"""Of 95 % of the frames; by then a person has walked out of the picture on the wall."""
RATE_SHARE_MIN = 0.6
RECONNECTS_MAX = 2
"""In an hour; a camera that restarts once for an update is not ill."""


class Condition(StrEnum):
    """Worst first."""

    LOST = "lost"
    WAITING = "waiting"
    SLOW = "slow"
    UNSTEADY = "unsteady"
    GOOD = "good"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a camera. frames: of the last minutes; wanted_per_second: to analyse."""

    is_paused: bool
    wanted_per_second: float
    health: CameraHealth | None
    is_ingest_alive: bool = True
    frames: FrameAccount = field(default_factory=FrameAccount)
    latency: Latency = field(default_factory=Latency)
    reconnects_hour: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """reason: a sentence for users, empty where all is well."""

    condition: Condition
    reason: str = ""


def find_condition(signs: Signs) -> Finding:
    """Say how a camera does; of several complaints the worst."""
    if signs.is_paused:
        return Finding(Condition.PAUSED)
    health = signs.health
    if health is None or health.state is CameraState.PAUSED:
        return Finding(Condition.WAITING, _silence(signs))
    if health.state is CameraState.RECONNECTING:
        return Finding(Condition.LOST, health.reason)
    if health.state is CameraState.CONNECTING:
        return Finding(Condition.WAITING, "The camera is being connected.")
    if slowness := _slowness(signs, health):
        return Finding(Condition.SLOW, slowness)
    if signs.reconnects_hour > RECONNECTS_MAX:
        return Finding(
            Condition.UNSTEADY,
            f"It was lost {signs.reconnects_hour} times within an hour; "
            "check its network, its power, and who else watches it",
        )
    return Finding(Condition.GOOD)


def _silence(signs: Signs) -> str:
    if signs.is_ingest_alive:
        return "Ingest has not reported this camera yet."
    return "No process opens cameras now; start one (`maskwatch ingest`)"


def _slowness(signs: Signs, health: CameraHealth) -> str:
    """Complain about a camera that delivers; empty where nothing is to be complained about."""
    frames, late_s = signs.frames, signs.latency.quantile_s(0.95)
    gone = _share(frames.lost + frames.failed, frames)
    skipped = _share(frames.superseded + frames.expired, frames)
    if skipped > max(SKIPPED_SHARE_MAX, gone):
        return (
            f"{skipped:.0%} of its frames were skipped, for the workers do not keep up; "
            "start more workers, or lower the analysis rate"
        )
    if gone > LOST_SHARE_MAX:
        return (
            f"{gone:.0%} of its frames could not be read or were lost with a worker; "
            "check the stream, then the workers' logs"
        )
    if late_s is not None and late_s > LATENCY_MAX_S:
        return (
            f"Its pictures are seen {late_s:.1f} s late; "
            "start more workers, or lower the analysis rate"
        )
    rate = health.frames_per_second
    if rate is not None and rate < RATE_SHARE_MIN * signs.wanted_per_second:
        return (
            f"It sends {rate:.1f} pictures a second, where {signs.wanted_per_second:g} are wanted; "
            "check the frame rate in the camera's settings, and the network"
        )
    return ""


def _share(part: int, frames: FrameAccount) -> float:
    return part / frames.captured if frames.captured >= FRAMES_MIN else 0.0
