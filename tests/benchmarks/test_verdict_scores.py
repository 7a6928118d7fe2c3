"""What was counted is compared with who was there."""

import pytest

from benchmarks.crowds import SEEN_S_MIN, Person
from benchmarks.verdict_scores import FollowedTrack, Tally, compare
from core.types import Label, Verdict


def person(number: int, label: Label = Label.MASK, seen_s: float = 5, changes: int = 0) -> Person:
    return Person(number, seen_s, label, changes, is_constant=changes == 0)


def track(
    owners: dict[int | None, int], verdict: Verdict = Verdict.MASK, changes: int = 0
) -> FollowedTrack:
    return FollowedTrack(owners, verdict, changes)


TWO = [person(1), person(2, Label.NO_MASK)]


def test_everybody_once_is_no_error() -> None:
    tally = compare([track({1: 9}), track({2: 9}, Verdict.NO_MASK)], TWO, 9, 18)
    assert tally == Tally(
        people=2, counted=2, right=2, true_masks=1, found_masks=1, judged=2, frames=9, faces=18
    )
    assert (tally.count_error, tally.rate_error, tally.accuracy) == (0, 0, 1)


def test_one_who_is_counted_twice() -> None:
    tally = compare([track({1: 9}), track({1: 4}), track({2: 9}, Verdict.NO_MASK)], TWO, 9, 22)
    assert (tally.doubled, tally.missed, tally.counted) == (1, 0, 3)
    assert tally.count_error == 0.5
    assert tally.rate_error == pytest.approx(100 / 6)


def test_one_who_is_missed() -> None:
    tally = compare([track({1: 9})], TWO, 9, 9)
    assert (tally.doubled, tally.missed, tally.count_error) == (0, 1, -0.5)
    assert tally.rate_error == 50


def test_a_track_that_goes_from_one_to_another_is_mixed() -> None:
    assert compare([track({1: 9, 2: 4})], TWO, 9, 13).mixed == 1
    assert compare([track({1: 9, 2: 2})], TWO, 9, 11).mixed == 0


def test_a_track_of_nobody_is_a_ghost_that_counts() -> None:
    tally = compare([track({None: 3}), track({1: 3}), track({2: 3})], TWO, 9, 9)
    assert (tally.ghosts, tally.counted, tally.doubled) == (1, 3, 0)


def test_who_hardly_showed_is_neither_asked_for_nor_held_against_it() -> None:
    shy = [*TWO, person(3, seen_s=SEEN_S_MIN / 2)]
    tracks = [track({1: 9}), track({2: 9}), track({3: 2})]
    tally = compare(tracks, shy, 9, 20)
    assert (tally.people, tally.counted) == (2, 2)


def test_the_longest_track_of_a_person_gives_the_verdict() -> None:
    tracks = [track({1: 9}, Verdict.MASK), track({1: 3}, Verdict.NO_MASK)]
    tally = compare(tracks, TWO[:1], 9, 12)
    assert (tally.right, tally.wrong) == (1, 0)


def test_unsure_is_no_wrong_verdict_and_not_in_the_rate() -> None:
    tally = compare([track({1: 9}), track({2: 9}, Verdict.UNSURE)], TWO, 9, 18)
    assert (tally.right, tally.wrong, tally.unsure, tally.judged) == (1, 0, 1, 1)
    assert tally.accuracy == 1


def test_changes_are_asked_of_those_who_changed() -> None:
    people = [person(1, changes=1), person(2, changes=1), person(3)]
    tracks = [track({1: 9}, changes=1), track({2: 9}), track({3: 9}, changes=2)]
    tally = compare(tracks, people, 9, 27)
    assert (tally.changed, tally.changes_found, tally.changes_wrong) == (2, 1, 1)


def test_a_brief_change_is_neither_asked_for_nor_wrong() -> None:
    brief = Person(1, 5.0, Label.MASK, changes=0, is_constant=False)
    tally = compare([track({1: 9}, changes=1)], [brief], 9, 9)
    assert (tally.changed, tally.changes_found, tally.changes_wrong) == (0, 0, 0)


def test_nobody_is_no_error() -> None:
    tally = compare([], [], 0, 0)
    assert (tally.count_error, tally.rate_error, tally.accuracy) == (0, 0, 0)


def test_tallies_add_up() -> None:
    one, two = compare([track({1: 9})], TWO, 9, 9), compare([track({2: 5})], TWO, 5, 5)
    both = one + two
    assert (both.people, both.counted, both.missed, both.frames) == (4, 2, 2, 14)
