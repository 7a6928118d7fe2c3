"""Who passes a demo camera when, which way, and what they wear: a seeded, endless stream.

Time is cut into slots; each slot's people follow from the camera's name, the seed
and the slot's number alone. So any moment can be asked for, and nothing grows.
"""

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from core.types import Label
from ingest.demo.cast import Person, draw_person
from ingest.demo.lens import Lens
from ingest.demo.masks import BELOW_NOSE, OFF, ON_CHIN, WORN, label_of

PULL_S = 0.9
"""Putting a mask on, pulling it down or taking it off takes this long."""
PASSAGE_LONGEST_S = 24.0
PEOPLE_PER_SLOT_MAX = 2
STEP_M = 1.3
"""Two steps of a walking adult, after which the body has swayed once to each side."""

Steps: TypeAlias = tuple[tuple[float, float, float], ...]
"""(seconds, x metres, z metres), by time."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a person is: x, z on the floor; facing: metres a second to the right; gait: radians."""

    x_m: float
    z_m: float
    facing: float
    gait: float
    is_walking: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """One person passing one camera, in seconds of the scene's clock.

    number: of the person, unique for the camera and seed; steps: way points
    counted from starts_at; pulls: (seconds from starts_at, how far the mask is
    pulled), straight between them.
    """

    number: int
    person: Person
    starts_at: float
    ends_at: float
    steps: Steps
    pulls: tuple[tuple[float, float], ...]

    def pose_at(self, t: float) -> Pose:
        """Smooth the way points' corners and read off the place and the direction."""
        now = t - self.starts_at
        x, z = self._place(now)
        before, after = self._place(now - 0.15), self._place(now + 0.15)
        speed = float(np.hypot(after[0] - before[0], after[1] - before[1])) / 0.3
        return Pose(
            x_m=x,
            z_m=z,
            facing=(after[0] - before[0]) / 0.3,
            gait=self._walked(now) / STEP_M * 2 * np.pi,
            is_walking=speed > 0.15,
        )

    def pull_at(self, t: float) -> float:
        times, pulls = zip(*self.pulls, strict=True)
        return float(np.interp(t - self.starts_at, times, pulls))

    def is_changing(self, t: float) -> bool:
        """Say whether the mask is on its way between two positions."""
        return not self.pull_at(t).is_integer()

    def worn(self) -> tuple[tuple[float, Label], ...]:
        """List (scene time, label) from the start on, one for each change of label."""
        found = [(self.starts_at, label_of(self.pulls[0][1]))]
        for (t1, p1), (t2, p2) in zip(self.pulls, self.pulls[1:], strict=False):
            if label_of(p1) != label_of(p2):
                found.append((self.starts_at + (t1 + t2) / 2, label_of(p2)))
        return tuple(found)

    def _place(self, now: float) -> tuple[float, float]:
        times, xs, zs = zip(*self.steps, strict=True)
        moments = now + _SMOOTHING
        return float(np.interp(moments, times, xs).mean()), float(
            np.interp(moments, times, zs).mean()
        )

    def _walked(self, now: float) -> float:
        times, xs, zs = zip(*self.steps, strict=True)
        way = np.hypot(np.diff(xs), np.diff(zs)).cumsum()
        return float(np.interp(now, times, np.concatenate([[0.0], way])))


@dataclass(frozen=True, slots=True)
class Traffic:
    """How people pass one place.

    slot_s: a slot's length; pair_share: how many slots bring two people; lanes:
    distances in metres, far to near, used in turn so that nobody walks through
    another; pause_s: shortest and longest stop; pause_share: how many stop;
    door: x and z of a hidden start, and x and z where it leads, if there is one.
    """

    slot_s: float
    pair_share: float
    lanes: tuple[float, ...]
    pause_share: float
    pause_s: tuple[float, float]
    door: tuple[tuple[float, float], tuple[float, float]] | None
    door_share: float


def passages_between(
    traffic: Traffic, lens: Lens, name: str, seed: int, start: float, end: float
) -> tuple[Passage, ...]:
    """Give everybody who is on their way at any time from start to end, by start."""
    first = int(np.floor((start - PASSAGE_LONGEST_S) / traffic.slot_s))
    last = int(np.floor(end / traffic.slot_s))
    found = [
        passage
        for slot in range(first, last + 1)
        for passage in passages_of_slot(traffic, lens, name, seed, slot)
        if passage.starts_at <= end and passage.ends_at >= start
    ]
    return tuple(sorted(found, key=lambda passage: passage.starts_at))


@lru_cache(maxsize=256)
def passages_of_slot(
    traffic: Traffic, lens: Lens, name: str, seed: int, slot: int
) -> tuple[Passage, ...]:
    """Draw the people of one slot by lot; two of a slot come from opposite sides.

    The latest slots are kept: a scene asks for the same few at every frame.
    """
    return tuple(_draw_passages(traffic, lens, name, seed, slot))


def _draw_passages(
    traffic: Traffic, lens: Lens, name: str, seed: int, slot: int
) -> Iterator[Passage]:
    # Seeds must not be negative; the stream reaches back before the scene's zero.
    rng = np.random.default_rng([zlib.crc32(name.encode()), seed, slot % 2**63])
    is_from_left = bool(rng.random() < 0.5)
    count = 2 if rng.random() < traffic.pair_share else 1
    for index in range(count):
        lane = (slot * PEOPLE_PER_SLOT_MAX + index) % len(traffic.lanes)
        steps = _draw_steps(rng, traffic, lens, lane, is_from_left ^ (index == 1))
        starts_at = slot * traffic.slot_s + float(rng.uniform(0, 0.25)) * traffic.slot_s
        yield Passage(
            number=slot * PEOPLE_PER_SLOT_MAX + index,
            person=draw_person(rng),
            starts_at=starts_at,
            ends_at=starts_at + steps[-1][0],
            steps=steps,
            pulls=_draw_pulls(rng, steps[-1][0]),
        )


def _draw_steps(
    rng: np.random.Generator, traffic: Traffic, lens: Lens, lane: int, is_from_left: bool
) -> Steps:
    """Choose a way: through the door towards the camera, or across, with or without a stop."""
    side = -1 if is_from_left else 1
    z = traffic.lanes[lane]
    near = z * float(rng.uniform(0.84, 0.95))
    middle = (float(rng.uniform(-0.4, 0.4)), (z + near) / 2)
    out = (-side * (lens.edge_at(near) + 0.4), near)
    if traffic.door is not None and rng.random() < traffic.door_share:
        start = [*traffic.door, middle]
    else:
        start = [(side * (lens.edge_at(z) + 0.4), z), middle]
    pause = float(rng.uniform(*traffic.pause_s)) if rng.random() < traffic.pause_share else 0.0
    return _timed([*start, out], float(rng.uniform(0.42, 0.6)), len(start) - 1, pause)


def _timed(points: Sequence[tuple[float, float]], speed: float, stop: int, pause_s: float) -> Steps:
    """Give the time at each point for a steady walk that rests at point `stop`."""
    steps = [(0.0, *points[0])]
    for index, (x, z) in enumerate(points[1:], start=1):
        t, last_x, last_z = steps[-1]
        t += float(np.hypot(x - last_x, z - last_z)) / speed
        steps.append((t, x, z))
        if index == stop and pause_s > 0:
            steps.append((t + pause_s, x, z))
    return tuple(steps)


def _draw_pulls(rng: np.random.Generator, lasts_s: float) -> tuple[tuple[float, float], ...]:
    """Choose how the mask is worn: most keep it one way, some change it on their way."""
    kind = bisect_right(_HABIT_SHARES, float(rng.random()))
    positions = _HABITS[kind]
    if len(positions) == 1:
        return ((0.0, positions[0]),)
    middle = lasts_s * float(rng.uniform(0.42, 0.58))
    return ((0.0, positions[0]), (middle, positions[0]), (middle + PULL_S, positions[1]))


_SMOOTHING = np.linspace(-0.35, 0.35, 5)
_HABITS: tuple[tuple[float, ...], ...] = (
    (WORN,),
    (OFF,),
    (BELOW_NOSE,),
    (ON_CHIN,),
    (WORN, BELOW_NOSE),
    (WORN, OFF),
    (ON_CHIN, WORN),
    (OFF, WORN),
)
_HABIT_SHARES = (0.54, 0.70, 0.78, 0.85, 0.90, 0.94, 0.97)
"""Running sums of how many people have each habit; the last takes the rest."""
