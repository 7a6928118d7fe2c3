"""Know the labels by the many names that datasets give them."""

import re
from collections.abc import Mapping

from core.errors import BadSettings
from core.types import LABELS, Label

NAMES: dict[Label, tuple[str, ...]] = {
    Label.MASK: (
        "mask", "masks", "masked", "masked_face", "masked_faces", "with_mask", "face_mask",
        "face_with_mask", "mask_on", "wearing_mask", "wear_mask", "correct", "correct_mask",
        "correctly_masked", "mask_worn_correctly", "mask_weared_correctly", "good", "have_mask",
        "cmfd", "proper_mask",
    ),
    Label.NO_MASK: (
        "no_mask", "nomask", "no_masks", "none", "unmasked", "unmasked_face", "not_masked",
        "without_mask", "face", "face_no_mask", "face_without_mask", "mask_off", "non_mask",
        "not_wearing_mask", "no_face_mask", "bare", "bare_face", "without",
    ),
    Label.INCORRECT_MASK: (
        "incorrect_mask", "incorrect", "incorrectly_masked", "mask_weared_incorrect",
        "mask_weared_incorrectly", "mask_worn_incorrect", "mask_worn_incorrectly",
        "incorrect_worn", "improper", "improper_mask", "improperly", "improperly_masked", "wrong",
        "wrong_mask", "bad", "bad_mask", "imfd", "mask_incorrect", "with_incorrect_mask",
        "partial_mask", "partially_masked",
    ),
}  # fmt: skip
"""Lower case, words joined by underscores."""

Spellings = Mapping[str, str]
"""What the user named: a dataset's name for a label of ours, or for `ignore`."""

IGNORE = "ignore"


class LabelNames:
    """Finds the label that a dataset's name means."""

    def __init__(self, spellings: Spellings) -> None:
        """Take the user's own spellings first. Raises BadSettings."""
        self._by_name = {simplify(name): label for label in NAMES for name in NAMES[label]}
        self._ignored: set[str] = set()
        for name, meaning in spellings.items():
            if meaning == IGNORE:
                self._ignored.add(simplify(name))
            elif meaning in LABELS:
                self._by_name[simplify(name)] = Label(meaning)
            else:
                raise BadSettings(
                    f"--label-name {name}={meaning}: {meaning!r} is no label; "
                    f"give {', '.join(LABELS)} or {IGNORE}"
                )

    def find(self, name: str) -> Label | None:
        """The label of that name; None if it is not known, or to be ignored."""
        simple = simplify(name)
        return None if simple in self._ignored else self._by_name.get(simple)


def simplify(name: str) -> str:
    """Spell a name as NAMES does: WithMask, with-mask and "with mask" become with_mask."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
