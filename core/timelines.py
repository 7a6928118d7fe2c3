"""What a face wore over time: its votes by stretches, and the changes that they show.

A stretch is one second; where more than STRETCHES_MAX would stand, they are merged
by twos. Votes are whole thousandths, so that what is written is what is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from core.errors import BadEntry
from core.types import LABELS, Label, from_microseconds, to_microseconds

STRETCHES_MAX = 64
TIMELINE_VERSION = 1
VOTE = 1000
"""Thousandths in a vote of full weight."""

SWITCH_VOTES = 1.0
"""Another label must win so many votes over staying with the one before."""
PHASE_S = 2.0
PHASE_VOTES = 0.8
PHASE_AGREEMENT = 0.7
"""A label is worn, not mistaken for a moment, if it holds so long, with so many votes,
so clearly. See docs/verdicts.md."""
BRIEF_LEAD = 1.5
"""Or, at the beginning or the end, of which more was not seen, if it leads by so many votes."""

Sums = tuple[int, int, int]


class Stretch(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Votes of one stretch. sums: thousandths by LABELS; number: counted from the start."""

    number: int
    faces: int
    mask: int
    incorrect_mask: int
    no_mask: int

    @property
    def sums(self) -> Sums:
        return (self.mask, self.incorrect_mask, self.no_mask)

    @property
    def weight(self) -> float:
        """Give the votes' number; a clear face casts about one."""
        return sum(self.sums) / VOTE

    def merge(self, other: "Stretch", number: int) -> "Stretch":
        return Stretch(
            number,
            self.faces + other.faces,
            self.mask + other.mask,
            self.incorrect_mask + other.incorrect_mask,
            self.no_mask + other.no_mask,
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    """Votes over time; stretches without votes are left out."""

    started_at: datetime
    stretch_s: int = 1
    stretches: tuple[Stretch, ...] = ()

    def add(self, at: datetime, sums: Sums) -> "Timeline":
        """Count one face. sums: thousandths by LABELS; a vote of no weight changes nothing.

        A face from before the last stretch is counted with the last.
        """
        if not any(sums):
            return self
        last = self.stretches[-1].number if self.stretches else 0
        number = max(last, int((at - self.started_at).total_seconds() // self.stretch_s))
        new = Stretch(number, 1, *sums)
        if self.stretches and number == last:
            before, new = self.stretches[:-1], self.stretches[-1].merge(new, number)
            return Timeline(self.started_at, self.stretch_s, (*before, new))
        return _shorten(Timeline(self.started_at, self.stretch_s, (*self.stretches, new)))

    def starts_at(self, stretch: Stretch) -> datetime:
        return self.started_at + timedelta(seconds=stretch.number * self.stretch_s)


@dataclass(frozen=True, slots=True)
class Phase:
    """A time in which one label was worn, and the votes of that time."""

    label: Label
    started_at: datetime
    ended_at: datetime
    votes: Stretch

    @property
    def duration_s(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Change:
    """A mask was put on, taken off or put right."""

    at: datetime
    before: Label
    after: Label


def find_changes(timeline: Timeline) -> tuple[Change, ...]:
    """Tell when a mask was put on, taken off or put right; the time is right to a stretch."""
    phases = find_phases(timeline)
    return tuple(
        Change(after.started_at, before.label, after.label) for before, after in pairwise(phases)
    )


def find_phases(timeline: Timeline) -> tuple[Phase, ...]:
    """Cut a timeline where another label was worn; one phase at most where none was.

    The cut is the one that gathers most votes if each switch costs SWITCH_VOTES.
    What is too short, too thin or too divided is no phase: its votes go with the phase
    before it, or with the first, so that one blurred second is no change. Where nothing
    is clear enough there are no phases.
    """
    phases = _gather(timeline)
    nexts: list[_Run | None] = [*phases[1:], None]
    return tuple(
        _as_phase(timeline, phase, following)
        for phase, following in zip(phases, nexts[: len(phases)], strict=True)
    )


def encode_timeline(timeline: Timeline) -> bytes:
    """Write a version byte and msgpack: a stretch takes 5 to 15 bytes."""
    wire = _Wire(to_microseconds(timeline.started_at), timeline.stretch_s, timeline.stretches)
    return bytes([TIMELINE_VERSION]) + _encoder.encode(wire)


def decode_timeline(content: bytes) -> Timeline:
    """Read what encode_timeline wrote. Raises BadEntry."""
    if not content or content[0] != TIMELINE_VERSION:
        raise BadEntry(f"expected a timeline of version {TIMELINE_VERSION}, found {content[:1]!r}")
    try:
        wire = _decoder.decode(memoryview(content)[1:])
        started_at = from_microseconds(wire.started_us)
    except (msgspec.DecodeError, ValueError, OverflowError, OSError) as error:
        raise BadEntry(f"a timeline is broken: {error}") from error
    return Timeline(started_at, wire.stretch_s, wire.stretches)


class _Wire(msgspec.Struct, array_like=True, frozen=True):
    started_us: int
    stretch_s: int
    stretches: tuple[Stretch, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Wire)


@dataclass(frozen=True, slots=True)
class _Run:
    """Stretches one after the other that were given one label."""

    label: Label
    stretches: Sequence[Stretch]

    @property
    def votes(self) -> Stretch:
        total = self.stretches[0]
        for stretch in self.stretches[1:]:
            total = total.merge(stretch, total.number)
        return total

    def leads(self) -> bool:
        """Say whether the label leads the next one by enough for a phase that may be longer."""
        own = LABELS.index(self.label)
        sums = self.votes.sums
        return sums[own] - max(sums[:own] + sums[own + 1 :]) >= BRIEF_LEAD * VOTE

    def is_clear(self, stretch_s: int) -> bool:
        votes = self.votes
        lasts_s = (self.stretches[-1].number - self.stretches[0].number + 1) * stretch_s
        own = votes.sums[LABELS.index(self.label)] / VOTE
        enough = lasts_s >= PHASE_S and votes.weight >= PHASE_VOTES
        return enough and own >= PHASE_AGREEMENT * votes.weight


def _shorten(timeline: Timeline) -> Timeline:
    """Merge stretches by twos, until few enough stand."""
    while len(timeline.stretches) > STRETCHES_MAX:
        merged: list[Stretch] = []
        for stretch in timeline.stretches:
            number = stretch.number // 2
            if merged and merged[-1].number == number:
                merged[-1] = merged[-1].merge(stretch, number)
            else:
                merged.append(msgspec.structs.replace(stretch, number=number))
        timeline = Timeline(timeline.started_at, timeline.stretch_s * 2, tuple(merged))
    return timeline


def _gather(timeline: Timeline) -> list[_Run]:
    """Keep the clear runs; the others go with the one before them, or with the first."""
    phases: list[_Run] = []
    waiting: list[Stretch] = []
    runs = [_Run(label, stretches) for label, stretches in _split(timeline)]
    for index, run in enumerate(runs):
        label, stretches = run.label, run.stretches
        is_at_an_end = index in (0, len(runs) - 1)
        is_clear = run.is_clear(timeline.stretch_s) or (is_at_an_end and run.leads())
        if is_clear and (not phases or phases[-1].label is not label):
            phases.append(_Run(label, [*waiting, *stretches]))
            waiting = []
        elif phases:
            phases[-1] = _Run(phases[-1].label, [*phases[-1].stretches, *stretches])
        else:
            waiting += stretches
    return phases


def _split(timeline: Timeline) -> list[tuple[Label, list[Stretch]]]:
    """Give each stretch a label, by the Viterbi algorithm, and group what stands together."""
    runs: list[tuple[Label, list[Stretch]]] = []
    for stretch, label in zip(timeline.stretches, _best_path(timeline.stretches), strict=True):
        if runs and runs[-1][0] is label:
            runs[-1][1].append(stretch)
        else:
            runs.append((label, [stretch]))
    return runs


def _best_path(stretches: Sequence[Stretch]) -> list[Label]:
    """Choose the labels with most votes, where each switch costs SWITCH_VOTES."""
    cost = round(SWITCH_VOTES * VOTE)
    gains, steps = [0, 0, 0], []
    for stretch in stretches:
        best = max(range(len(LABELS)), key=gains.__getitem__)
        came = [best if gains[best] - cost > gain else own for own, gain in enumerate(gains)]
        stay = [max(gain, gains[best] - cost) for gain in gains]
        gains = [gain + votes for gain, votes in zip(stay, stretch.sums, strict=True)]
        steps.append(came)
    at = max(range(len(LABELS)), key=gains.__getitem__)
    path = []
    for came in reversed(steps):
        path.append(LABELS[at])
        at = came[at]
    return path[::-1]


def _as_phase(timeline: Timeline, run: _Run, following: _Run | None) -> Phase:
    """Let a phase last until the next one begins, or its last stretch ends."""
    last = run.stretches[-1]
    ended_at = timeline.starts_at(last) + timedelta(seconds=timeline.stretch_s)
    if following is not None:
        ended_at = timeline.starts_at(following.stretches[0])
    return Phase(run.label, timeline.starts_at(run.stretches[0]), ended_at, run.votes)
