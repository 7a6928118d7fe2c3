"""Compare what was counted of a crowd with who was there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from benchmarks.crowds import Person
from core.types import Label, Verdict

MIXED_SHARE = 0.25
"""A track is of two people if so many of its faces are another's than its owner's."""


@dataclass(frozen=True, slots=True)
class FollowedTrack:
    """A track that ended. owners: whose its faces are, None for what is nobody's."""

    owners: Mapping[int | None, int]
    verdict: Verdict
    changes: int

    @property
    def owner(self) -> int | None:
        return max(self.owners, key=self.owners.__getitem__)

    @property
    def is_mixed(self) -> bool:
        faces = sum(self.owners.values())
        return self.owners[self.owner] < (1 - MIXED_SHARE) * faces


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one or more crowds; they add up.

    people: who could be counted; counted: tracks of those, and of nobody; missed:
    people without a track; doubled: tracks above one a person; ghosts: tracks of
    nobody; mixed: tracks of two people; right, wrong, unsure: verdicts of the people
    that have a track; true_masks: people who wore one; found_masks, judged: tracks
    judged so, and at all; changed, changes_found, changes_wrong: people who changed
    their mask in view, those seen to, those seen to who wore one label only.
    """

    people: int = 0
    counted: int = 0
    missed: int = 0
    doubled: int = 0
    ghosts: int = 0
    mixed: int = 0
    right: int = 0
    wrong: int = 0
    unsure: int = 0
    true_masks: int = 0
    found_masks: int = 0
    judged: int = 0
    changed: int = 0
    changes_found: int = 0
    changes_wrong: int = 0
    frames: int = 0
    faces: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def count_error(self) -> float:
        """Give the error of the people's count as a share, positive for too many."""
        return self.counted / self.people - 1 if self.people else 0.0

    @property
    def rate_error(self) -> float:
        """Give the error of the compliance rate in points, of 100."""
        if not self.people or not self.judged:
            return 0.0
        return 100 * (self.found_masks / self.judged - self.true_masks / self.people)

    @property
    def accuracy(self) -> float:
        """Give the share of right verdicts among the people who were judged."""
        judged = self.right + self.wrong
        return self.right / judged if judged else 0.0


def compare(
    tracks: Sequence[FollowedTrack], people: Sequence[Person], frames: int, faces: int
) -> Tally:
    """Compare; who showed themselves too shortly is left out on both sides."""
    countable = {person.number: person for person in people if person.is_countable}
    shy = {person.number for person in people} - set(countable)
    kept = [track for track in tracks if track.owner not in shy]
    by_person: dict[int, list[FollowedTrack]] = {}
    for track in kept:
        if track.owner is not None:
            by_person.setdefault(track.owner, []).append(track)
    best = {
        number: max(own, key=lambda track: track.owners[track.owner])
        for number, own in by_person.items()
    }
    answers = Counter(_answer(best[number], countable[number]) for number in best)
    judged = [track for track in kept if track.verdict is not Verdict.UNSURE]
    changed = [number for number, person in countable.items() if person.changes]
    constant = {number for number, person in countable.items() if person.is_constant}
    seen_to = {number for number, track in best.items() if track.changes}
    return Tally(
        people=len(countable),
        counted=len(kept),
        missed=len(countable) - len(best),
        doubled=sum(len(own) - 1 for own in by_person.values()),
        ghosts=sum(track.owner is None for track in kept),
        mixed=sum(track.is_mixed for track in kept),
        right=answers["right"],
        wrong=answers["wrong"],
        unsure=answers["unsure"],
        true_masks=sum(person.label is Label.MASK for person in countable.values()),
        found_masks=sum(track.verdict is Verdict.MASK for track in judged),
        judged=len(judged),
        changed=len(changed),
        changes_found=sum(number in seen_to for number in changed),
        changes_wrong=len(seen_to & constant),
        frames=frames,
        faces=faces,
    )


def _answer(track: FollowedTrack, person: Person) -> str:
    if track.verdict is Verdict.UNSURE:
        return "unsure"
    return "right" if track.verdict == person.label.value else "wrong"
