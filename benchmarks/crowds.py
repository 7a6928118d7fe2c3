"""Crowds whose truth is known: who passes a camera, how fast, and what each one wears.

People are drawn by the demo's own renderer, so that a crowd can be looked at by the
real networks; their ways are drawn here, for the demo's people stroll one by one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np

from core.types import Label
from ingest.demo.cast import draw_person
from ingest.demo.lens import SIZE_WH, Lens
from ingest.demo.masks import BELOW_NOSE, OFF, ON_CHIN, WORN
from ingest.demo.passages import PULL_S, Passage, Steps
from ingest.demo.scene import DemoScene, TruthFace

FACE_M = 0.14
"""Width of the demo's faces."""
EYE_LEVEL_Y = 230.0
"""Row of the picture in which a chin of 1.5 m is, at the nominal distance."""
LENS_HEIGHT_M = 2.6
VISIBLE_MIN = 0.5
"""A face is there to be seen if half of its box is in the picture and not covered."""
SEEN_S_MIN = 0.6
"""Who shows so little is neither asked for nor held against the count."""
CHANGE_S_MIN = 2.5
"""What is worn for less is no change that one must see."""
TRUTH_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a crowd is like, and how often the camera looks.

    speed_m_s: of the fastest, the slowest walk two thirds of it; people: in view at
    any time; face_px: mean width of a face; missed: share of frames that never come.
    """

    speed_m_s: float = 1.2
    people: int = 4
    face_px: int = 32
    frames_per_second: float = 5.0
    stopping: float = 0.25
    missed: float = 0.03
    jitter: float = 0.1
    changing: float = 0.12


@dataclass(frozen=True, slots=True)
class Person:
    """What a person showed of themselves.

    label: the one worn longest while seen; changes: between labels worn for long
    enough to be asked for; is_constant: nothing else was worn for any time.
    """

    number: int
    seen_s: float
    label: Label
    changes: int
    is_constant: bool

    @property
    def is_countable(self) -> bool:
        return self.seen_s >= SEEN_S_MIN


class CrowdScene(DemoScene):
    """A scene of so many people at a time, until `count` have passed; see Conditions."""

    def __init__(self, conditions: Conditions, count: int, seed: int) -> None:
        super().__init__("platform", seed)
        self.camera = replace(self.camera, lens=_lens(conditions.face_px), screen=None)
        self.conditions = conditions
        rng = np.random.default_rng([seed, count, conditions.people])
        self._passages = _draw_crowd(conditions, self.camera.lens, count, rng)

    @property
    def ends_at(self) -> float:
        return max(passage.ends_at for passage in self._passages)

    def people_between(self, start: float, end: float) -> tuple[Passage, ...]:
        return tuple(p for p in self._passages if p.starts_at <= end and p.ends_at >= start)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """List everybody with what they wore, told from ten looks a second."""
        looks: dict[int, list[Label]] = {passage.number: [] for passage in self._passages}
        for t in np.arange(0, self.ends_at, TRUTH_STEP_S):
            for face in self.visible_at(float(t)):
                looks[face.person].append(face.label)
        return tuple(
            Person(
                number,
                len(labels) * TRUTH_STEP_S,
                Counter(labels).most_common(1)[0][0] if labels else Label.NO_MASK,
                _count_changes(labels),
                len(set(labels)) <= 1,
            )
            for number, labels in looks.items()
        )

    def visible_at(self, t: float) -> list[TruthFace]:
        return [face for face in self.truth_at(t) if face.visible >= VISIBLE_MIN]


def frame_times(conditions: Conditions, lasts_s: float, seed: int) -> Iterator[float]:
    """Give the times of the frames that come: uneven, some missed one after the other."""
    rng = np.random.default_rng([seed, 1])
    period_s, t, missed = 1 / conditions.frames_per_second, 0.0, 0
    while t < lasts_s:
        if missed == 0 and rng.random() < conditions.missed / 2:
            missed = int(rng.integers(1, 4))  # two on the mean
        if missed == 0:
            yield t
        missed = max(0, missed - 1)
        t += period_s * float(np.clip(rng.normal(1, conditions.jitter), 0.3, 2.5))


def _count_changes(labels: Sequence[Label]) -> int:
    """Count changes between labels that were each worn, and seen, for CHANGE_S_MIN."""
    runs = [(label, sum(1 for _ in run)) for label, run in groupby(labels)]
    worn = [label for label, looks in runs if looks * TRUTH_STEP_S >= CHANGE_S_MIN]
    return sum(before is not after for before, after in pairwise(worn))


def _lens(face_px: int) -> Lens:
    """Make a lens through which a face at four metres has this width."""
    focal_px = face_px / FACE_M * _DISTANCE_M
    drop = (LENS_HEIGHT_M - 1.5) * focal_px / _DISTANCE_M
    return Lens(focal_px, LENS_HEIGHT_M, EYE_LEVEL_Y - drop)


def _draw_crowd(
    conditions: Conditions, lens: Lens, count: int, rng: np.random.Generator
) -> list[Passage]:
    """Let people pass in as many rows as are in view, each row one after the other."""
    free_at = rng.uniform(0, 3, conditions.people)
    passages = []
    for number in range(count):
        row = int(free_at.argmin())
        passage = _draw_passage(conditions, lens, number, float(free_at[row]), rng)
        free_at[row] = passage.ends_at + rng.exponential(0.5)
        passages.append(passage)
    return passages


def _draw_passage(
    conditions: Conditions, lens: Lens, number: int, starts_at: float, rng: np.random.Generator
) -> Passage:
    steps = _draw_steps(conditions, lens, rng)
    return Passage(
        number=number,
        person=draw_person(rng),
        starts_at=starts_at,
        ends_at=starts_at + steps[-1][0],
        steps=steps,
        pulls=_draw_pulls(conditions, steps[-1][0], rng),
    )


def _draw_steps(conditions: Conditions, lens: Lens, rng: np.random.Generator) -> Steps:
    """Choose a way: across the picture, or from far to near and out at a side."""
    side = float(rng.choice([-1.0, 1.0]))
    near, far = _DISTANCE_M * 0.85, _DISTANCE_M * 1.15
    z, out_z = rng.uniform(near, far, 2)
    if rng.random() < 0.3:
        z, out_z = far * 1.1, near
        start = (side * rng.uniform(0, 0.8) * lens.edge_at(z), z)
    else:
        start = (side * (lens.edge_at(z) + 0.3), z)
    out = (-side * (lens.edge_at(out_z) + 0.3), out_z)
    share = rng.uniform(0.3, 0.7)
    middle = tuple(a + (b - a) * share for a, b in zip(start, out, strict=True))
    speed = conditions.speed_m_s * rng.uniform(2 / 3, 1)
    pause_s = rng.uniform(1.5, 8) if rng.random() < conditions.stopping else 0.0
    first_s = float(np.hypot(middle[0] - start[0], middle[1] - start[1]) / speed)
    last_s = float(np.hypot(out[0] - middle[0], out[1] - middle[1]) / speed)
    steps = [(0.0, *start), (first_s, *middle)]
    if pause_s:
        steps.append((first_s + pause_s, *middle))
    steps.append((first_s + pause_s + last_s, *out))
    return tuple((float(t), float(x), float(z)) for t, x, z in steps)


def _draw_pulls(
    conditions: Conditions, lasts_s: float, rng: np.random.Generator
) -> tuple[tuple[float, float], ...]:
    """Choose how the mask is worn; who is long enough in view may put it on or take it off."""
    if lasts_s >= _CHANGE_S_MIN and rng.random() < conditions.changing:
        before, after = _CHANGES[int(rng.integers(len(_CHANGES)))]
        at = lasts_s * float(rng.uniform(0.3, 0.7))
        return ((0.0, before), (at, before), (at + PULL_S, after))
    return ((0.0, float(rng.choice(_HABITS, p=_HABIT_SHARES))),)


_DISTANCE_M = 4.0
_CHANGE_S_MIN = 6.0
_HABITS = (WORN, OFF, BELOW_NOSE, ON_CHIN)
_HABIT_SHARES = (0.6, 0.25, 0.08, 0.07)
_CHANGES = ((WORN, OFF), (OFF, WORN), (WORN, ON_CHIN), (ON_CHIN, WORN))

assert SIZE_WH == (960, 540)  # noqa: S101 - EYE_LEVEL_Y is made for it
