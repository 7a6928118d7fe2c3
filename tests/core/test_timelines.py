"""Votes over time are kept small, are read as written, and show what changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from core.errors import BadEntry
from core.timelines import (
    STRETCHES_MAX,
    SWITCH_VOTES,
    VOTE,
    Stretch,
    Timeline,
    _best_path,
    decode_timeline,
    encode_timeline,
    find_changes,
    find_phases,
)
from core.types import LABELS, Label

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FRAME_S = 0.2
MASK, CHIN, BARE = (475, 15, 10), (15, 475, 10), (10, 15, 475)
"""Votes of clear faces, half of full weight."""
DIVIDED = (250, 0, 250)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def worn(*phases: tuple[tuple[int, int, int], float]) -> Timeline:
    """Cast the same vote at five frames a second for so many seconds, then the next."""
    timeline, frame = Timeline(NOON), 0
    for sums, seconds in phases:
        for _ in range(round(seconds / FRAME_S)):
            timeline = timeline.add(after(frame * FRAME_S), sums)
            frame += 1
    return timeline


def test_votes_of_one_second_are_one_stretch() -> None:
    timeline = Timeline(NOON).add(after(0.0), MASK).add(after(0.9), BARE).add(after(1.1), MASK)
    assert timeline.stretches == (Stretch(0, 2, 485, 30, 485), Stretch(1, 1, *MASK))
    assert [timeline.starts_at(stretch) for stretch in timeline.stretches] == [NOON, after(1)]
    assert timeline.stretches[0].weight == 1.0


def test_a_vote_of_no_weight_leaves_no_stretch() -> None:
    assert Timeline(NOON).add(NOON, (0, 0, 0)) == Timeline(NOON)


def test_a_late_vote_goes_with_the_last_stretch() -> None:
    timeline = Timeline(NOON).add(after(3), MASK).add(after(2), MASK).add(after(-1), MASK)
    assert [(stretch.number, stretch.faces) for stretch in timeline.stretches] == [(3, 3)]


@pytest.mark.parametrize(("seconds", "stretch_s"), [(1, 1), (64, 1), (65, 2), (129, 4), (600, 16)])
def test_a_long_timeline_has_longer_stretches(seconds: int, stretch_s: int) -> None:
    timeline = worn((MASK, seconds))
    assert timeline.stretch_s == stretch_s
    assert len(timeline.stretches) <= STRETCHES_MAX
    assert sum(stretch.faces for stretch in timeline.stretches) == seconds * 5
    assert sum(stretch.mask for stretch in timeline.stretches) == seconds * 5 * MASK[0]


def test_who_stands_still_unseen_for_minutes_takes_no_room() -> None:
    timeline = Timeline(NOON).add(NOON, MASK).add(after(500), MASK)
    assert (timeline.stretch_s, len(timeline.stretches)) == (1, 2)


@pytest.mark.parametrize(
    "timeline",
    [Timeline(NOON), worn((MASK, 3), (BARE, 3)), worn((CHIN, 600))],
    ids=["empty", "short", "ten minutes"],
)
def test_what_is_written_is_read(timeline: Timeline) -> None:
    content = encode_timeline(timeline)
    assert decode_timeline(content) == timeline
    assert len(content) < 1200


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\x01", b"\x01rubbish", b"\x02\x93\x00\x01\x90", b"\x01\x93\xcf" + b"\xff" * 8],
)
def test_a_broken_timeline_is_refused(content: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_timeline(content)


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        pytest.param(Timeline(NOON), [], id="nothing"),
        pytest.param(worn((MASK, 8)), [], id="the same all the time"),
        pytest.param(worn((BARE, 4), (MASK, 4)), [(4, "no_mask", "mask")], id="put on"),
        pytest.param(worn((MASK, 4), (BARE, 4)), [(4, "mask", "no_mask")], id="taken off"),
        pytest.param(worn((CHIN, 4), (MASK, 4)), [(4, "incorrect_mask", "mask")], id="put right"),
        pytest.param(
            worn((MASK, 4), (BARE, 3), (MASK, 4)),
            [(4, "mask", "no_mask"), (7, "no_mask", "mask")],
            id="off to drink, and on again",
        ),
        pytest.param(worn((MASK, 4), (BARE, FRAME_S), (MASK, 4)), [], id="one blurred face"),
        pytest.param(worn((MASK, 4), (BARE, 2 * FRAME_S)), [], id="two blurred faces at the end"),
        pytest.param(worn((BARE, 2 * FRAME_S), (MASK, 4)), [], id="and at the beginning"),
        pytest.param(worn((BARE, 1), (MASK, 4)), [(1, "no_mask", "mask")], id="put on at once"),
        pytest.param(worn((MASK, 4), (BARE, 1)), [(4, "mask", "no_mask")], id="off at the last"),
        pytest.param(worn((MASK, 4), (BARE, 1), (MASK, 4)), [], id="a second's mistake"),
        pytest.param(worn((MASK, 4), (DIVIDED, 4)), [], id="divided is no other label"),
        pytest.param(worn((DIVIDED, 8)), [], id="divided all the time"),
        pytest.param(worn((MASK, 4), ((0, 0, 9), 4)), [], id="hardly seen afterwards"),
        pytest.param(
            worn((BARE, 100), (MASK, 100)), [(100, "no_mask", "mask")], id="long stretches"
        ),
    ],
)
def test_changes(timeline: Timeline, expected: list[tuple[int, str, str]]) -> None:
    found = [(change.at, change.before, change.after) for change in find_changes(timeline)]
    assert found == [(after(at), Label(before), Label(then)) for at, before, then in expected]


def test_phases_carry_their_votes_and_touch() -> None:
    first, second = find_phases(worn((BARE, 4), (MASK, 6)))
    assert (first.label, first.duration_s, first.votes.faces) == (Label.NO_MASK, 4, 20)
    assert (second.label, second.duration_s, second.votes.faces) == (Label.MASK, 6, 30)
    assert first.ended_at == second.started_at
    assert second.votes.mask == 30 * MASK[0]


def test_a_mistake_between_two_phases_of_a_label_parts_them_not() -> None:
    (phase,) = find_phases(worn((MASK, 4), (BARE, 1), (MASK, 4)))
    assert (phase.label, phase.duration_s) == (Label.MASK, 9)
    assert phase.votes.faces == 45


@pytest.mark.parametrize("seed", range(20))
def test_the_cut_gathers_as_many_votes_as_any(seed: int) -> None:
    """Against all ways of labelling seven stretches."""
    dice = [(seed * 7919 + k * 104_729) % 1009 * 2 for k in range(21)]
    stretches = tuple(Stretch(n, 1, *dice[3 * n : 3 * n + 3]) for n in range(7))

    def gain(labels: tuple[int, ...]) -> float:
        votes = sum(s.sums[label] for s, label in zip(stretches, labels, strict=True))
        switches = sum(a != b for a, b in pairwise(labels))
        return votes - switches * SWITCH_VOTES * VOTE

    found = tuple(LABELS.index(label) for label in _best_path(stretches))
    assert gain(found) == max(gain(labels) for labels in product(range(3), repeat=7))
