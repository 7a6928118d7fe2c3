"""Measure whether people are counted, and judged, as they are: `maskwatch bench verdicts`.

Crowds of known truth pass a camera; their frames go the way that a camera's frames
go: motion gate, networks, tracking, verdicts. The networks are the real ones on
rendered frames, or a simulation of them that is a hundred times faster, so that
the tracking can be tried on thousands of people.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.crowd_faces import FaceFinder, FoundFaces, RenderedFaces
from benchmarks.crowds import Conditions, CrowdScene, frame_times
from benchmarks.verdict_scores import FollowedTrack, Tally, compare
from core.preferences import VerdictRule
from core.settings import Settings
from core.types import Result
from ingest.demo.lens import SIZE_WH
from models.active import load_active
from workers.tracking import CameraTracker, Track
from workers.verdicts import judge_timeline

START = datetime(2026, 1, 1, tzinfo=UTC)

BASE = Conditions(speed_m_s=1.0, people=4, face_px=32, frames_per_second=5)
TARGET_SPEEDS = (0.5, 1.0, 1.5)
TARGET_PEOPLE = (1, 4, 8)
TARGET_FACE_PX = (24, 32, 48, 96)
RATE_ERROR_MAX = 2.0
COUNT_ERROR_MAX = 0.03

SIMULATED_PEOPLE, RENDERED_PEOPLE = 100, 16
"""Of each crowd, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of crowd. special: what it has beyond the target; empty within it."""

    conditions: Conditions
    special: str = ""

    @property
    def is_target(self) -> bool:
        return not self.special

    @property
    def name(self) -> str:
        """Tell it as the rows of the report do."""
        one = self.conditions
        return self.special or f"{one.speed_m_s} m/s, {one.people} people, {one.face_px} px"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. has_target: its errors have a bound."""

    name: str
    has_target: bool
    tally: Tally

    @property
    def is_met(self) -> bool:
        return (
            abs(self.tally.count_error) <= COUNT_ERROR_MAX
            and abs(self.tally.rate_error) <= RATE_ERROR_MAX
        )


def measure_crowds(
    make_finder: Callable[[int], FaceFinder],
    count: int,
    seed: int,
    minutes: float,
    tell: Callable[[float, str], None],
) -> tuple[list[Row], int]:
    """Answer the command: the report's rows, and how many crowds there was no time for.

    make_finder: makes one of a seed; count: people of each crowd; minutes: after so
    long no further crowd is begun; tell: hears how far it is.
    """
    cells = [*target_cells(), *other_cells()]
    # So that a run that is cut short has looked at some of everything.
    cells = [cells[index] for index in np.random.default_rng(seed).permutation(len(cells))]
    until_s = time.monotonic() + minutes * 60

    def goes_on(index: int) -> bool:
        tell(index / len(cells), cells[index].name)
        return time.monotonic() < until_s

    done = run_cells(cells, count, seed, make_finder, goes_on)
    return report(done), len(cells) - len(done)


def look_by_networks(settings: Settings, weights: Sequence[Path]) -> Callable[[int], FaceFinder]:
    """Load the networks in use, or those of the folders, to look at rendered frames."""
    analyser = load_active(settings, weights)

    def make_finder(_seed: int) -> FaceFinder:
        return RenderedFaces(analyser)

    return make_finder


def run_cells(
    cells: Sequence[Cell],
    count: int,
    seed: int,
    make_finder: Callable[[int], FaceFinder],
    goes_on: Callable[[int], bool],
) -> list[tuple[Cell, Tally]]:
    """Let a crowd of `count` people of each kind pass, as long as goes_on says so.

    goes_on: is asked with a crowd's number before it; make_finder: makes one of a seed.
    """
    done: list[tuple[Cell, Tally]] = []
    for index, cell in enumerate(cells):
        if not goes_on(index):
            break
        own = seed * 1000 + index
        done.append((cell, run_cell(cell, count, own, make_finder(own), VerdictRule())))
    return done


def report(done: Sequence[tuple[Cell, Tally]]) -> list[Row]:
    """Add up what lies within the target by speed, crowd and size; others stand alone."""
    within = [(cell.conditions, tally) for cell, tally in done if cell.is_target]
    rows = [
        Row(name.format(value), True, _sum(t for one, t in within if read(one) == value))
        for name, read, values in _DIMENSIONS
        for value in values
    ]
    rows.append(Row("all of these", True, _sum(tally for _, tally in within)))
    beyond = sorted((cell.name, tally) for cell, tally in done if not cell.is_target)
    others = [Row(name, False, tally) for name, tally in beyond]
    return [row for row in [*rows, *others] if row.tally.people]


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, start=Tally())


_DIMENSIONS: tuple[tuple[str, Callable[[Conditions], float], Sequence[float]], ...] = (
    ("{} m/s", lambda one: one.speed_m_s, TARGET_SPEEDS),
    ("{} people", lambda one: one.people, TARGET_PEOPLE),
    ("faces of {} px", lambda one: one.face_px, TARGET_FACE_PX),
)


def target_cells() -> Iterator[Cell]:
    """List the crowds for which the errors have a bound."""
    for speed in TARGET_SPEEDS:
        for people in TARGET_PEOPLE:
            for face_px in TARGET_FACE_PX:
                yield Cell(replace(BASE, speed_m_s=speed, people=people, face_px=face_px))


def other_cells() -> Iterator[Cell]:
    """List harder crowds, each with one thing beyond the target."""
    for speed in (2.0, 2.5):
        yield Cell(replace(BASE, speed_m_s=speed), f"{speed} m/s")
    for people in (12, 16):
        yield Cell(replace(BASE, people=people), f"{people} people")
    yield Cell(replace(BASE, face_px=16), "16 px")
    for rate in (1.0, 2.0, 10.0):
        yield Cell(replace(BASE, frames_per_second=rate), f"{rate:g} frames/s")
    yield Cell(replace(BASE, stopping=1.0), "all stop")
    yield Cell(replace(BASE, missed=0.2), "a fifth of the frames missed")
    yield Cell(replace(BASE, jitter=0.5), "uneven frame times")
    yield Cell(replace(BASE, changing=1.0, speed_m_s=0.5), "masks changed in view")


def run_cell(cell: Cell, count: int, seed: int, finder: FaceFinder, rule: VerdictRule) -> Tally:
    """Let a crowd pass, and compare what was counted with who was there."""
    scene = CrowdScene(cell.conditions, count, seed)
    follower = Follower(rule)
    for t in frame_times(cell.conditions, scene.ends_at + 1, seed):
        follower.look(t, finder.find(scene, t))
    tracks = follower.finish()
    return compare(tracks, scene.people, follower.frames, follower.faces)


class Follower:
    """Follows and judges as the recorder does, and keeps account of whose faces they are."""

    def __init__(self, rule: VerdictRule) -> None:
        self._rule = rule
        self._tracker = CameraTracker()
        self._owners: dict[int, Counter[int | None]] = {}
        self._ended: list[Track] = []
        self.frames = 0
        self.faces = 0

    def look(self, t: float, found: FoundFaces | None) -> None:
        """Take in one frame; None is one that the motion gate held back."""
        at = START + timedelta(seconds=t)
        if found is None:
            self._tracker.hold(at)
            return
        self.frames += 1
        self.faces += len(found.owners)
        result = Result(1, at, SIZE_WH, faces=found.faces)
        tracks, ended = self._tracker.update(result, self._rule)
        for track, owner in zip(tracks, found.owners, strict=True):
            self._owners.setdefault(track.id, Counter())[owner] += 1
        self._ended += ended

    def finish(self) -> list[FollowedTrack]:
        """End all tracks, and give those that are counted as people."""
        self._ended += self._tracker.end_all()
        people = [track for track in self._ended if track.is_person and not track.is_continuation]
        return [self._follow(track) for track in people]

    def _follow(self, track: Track) -> FollowedTrack:
        judgement = judge_timeline(track.timeline, self._rule)
        return FollowedTrack(self._owners[track.id], judgement.verdict, judgement.changes)
