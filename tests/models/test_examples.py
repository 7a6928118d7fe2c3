"""Labelled faces are read from either layout, and whole groups stay together."""

from collections import Counter
from pathlib import Path

import pytest

from core.errors import BadPicture, BadSettings
from core.types import Label
from models.training.examples import Example, Split, leave_out, read_examples
from tests.models.faces import save_index


def example(group: str, source: str = "a") -> Example:
    return Example(Path("x.jpg"), None, Label.MASK, source, group)


def test_an_index_and_scenes_are_read_together(tmp_path: Path) -> None:
    save_index(tmp_path, per_label=2)

    examples = read_examples(tmp_path)

    assert Counter(each.source for each in examples) == {"drawn": 6, "park": 2}
    first, second = examples[-2:]
    assert first.box_xyxy == (22, 18, 74, 88)
    assert (second.label, second.group) == (Label.NO_MASK, "park/images/two.png")


def test_a_classic_folder_is_read(tmp_path: Path) -> None:
    for name in ("train/mask/a.jpg", "train/mask/notes.txt", "train/no_mask/b.PNG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    examples = read_examples(tmp_path)

    assert [(each.path.name, each.label) for each in examples] == [
        ("a.jpg", Label.MASK),
        ("b.PNG", Label.NO_MASK),
    ]
    assert all(each.box_xyxy is None for each in examples)


def test_a_folder_without_faces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="found no labelled faces"):
        read_examples(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"source": "park"}'])
def test_a_scene_list_that_makes_no_sense_is_named(tmp_path: Path, text: str) -> None:
    listing = tmp_path / "scenes" / "park" / "annotations.json"
    listing.parent.mkdir(parents=True)
    listing.write_text(text)

    with pytest.raises(BadPicture, match=r"scenes/park/annotations\.json: not a list of boxes"):
        read_examples(tmp_path)


def test_a_group_is_in_one_split_whatever_its_source() -> None:
    assert example("7", "a").split is example("7", "b").split


def test_the_splits_have_their_shares() -> None:
    shares = Counter(example(str(number)).split for number in range(5000))

    assert shares[Split.TEST] / 5000 == pytest.approx(0.10, abs=0.015)
    assert shares[Split.VALIDATION] / 5000 == pytest.approx(0.08, abs=0.015)


def test_a_source_that_is_left_out_takes_its_near_duplicates_with_it() -> None:
    examples = [example("1", "a"), example("1", "b"), example("2", "b"), example("3", "c")]

    assert leave_out(examples, ["a"]) == examples[2:]
    assert leave_out(examples, []) == examples


def test_no_group_of_the_development_pictures_is_in_two_splits(shared_data: Path) -> None:
    examples = read_examples(shared_data)

    splits: dict[str, set[Split]] = {}
    for each in examples:
        splits.setdefault(each.group, set()).add(each.split)
    assert len(examples) > 15_000
    assert all(len(found) == 1 for found in splits.values())
