"""A folder becomes a dataset, with a report before training and clear refusals."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import BadDataset
from core.types import Label
from models.training.checks import check
from models.training.datasets import read_dataset
from models.training.examples import Example
from models.training.progress import Quiet
from tests.models.faces import save_index
from tests.models.training.pictures import save_folders, save_picture, save_voc

CLASSIC = {"train/mask": 6, "train/no_mask": 5, "val/mask": 2, "val/no_mask": 2}


def report(folder: Path, **options: dict[str, str]) -> str:
    return "\n".join(check(read_dataset(folder, Quiet(), **options)))  # type: ignore[arg-type]  # spellings alone


def labels(examples: Sequence[Example]) -> list[Label]:
    return sorted(example.label for example in examples)


def test_the_classic_layout_keeps_its_parts(tmp_path: Path) -> None:
    save_folders(tmp_path / "faces", {**CLASSIC, "test/no_mask": 1})

    dataset = read_dataset(tmp_path / "faces", Quiet())

    assert labels(dataset.train) == [Label.MASK] * 6 + [Label.NO_MASK] * 5
    assert labels(dataset.validation) == [Label.MASK] * 2 + [Label.NO_MASK] * 2
    assert labels(dataset.test) == [Label.NO_MASK]
    assert {example.source for example in dataset.train} == {"faces"}


def test_without_validation_some_faces_are_set_aside_and_it_says_so(tmp_path: Path) -> None:
    save_folders(tmp_path, {"with_mask": 20, "without_mask": 20})

    dataset = read_dataset(tmp_path, Quiet())

    assert labels(dataset.validation) == [Label.MASK] * 3 + [Label.NO_MASK] * 3
    assert len(dataset.train) == 34
    told = "\n".join(check(dataset))
    assert "no part for validation (val/): 15% for validation are set aside" in told
    assert "names taken for ours: with_mask as mask, without_mask as no_mask" in told


def test_a_large_folder_without_parts_gets_a_test_as_well(tmp_path: Path) -> None:
    save_folders(tmp_path, {"mask": 110, "no_mask": 100})

    dataset = read_dataset(tmp_path, Quiet())

    assert (len(dataset.test), len(dataset.validation)) == (21, 31)


def test_copies_of_a_picture_stay_in_one_part(tmp_path: Path) -> None:
    save_folders(tmp_path, {"mask": 12, "no_mask": 12})
    for number in range(12):
        save_picture(tmp_path / "mask" / f"copy{number}.png", number, side=60)

    dataset = read_dataset(tmp_path, Quiet())

    parts = [{example.group for example in part} for part in dataset.parts.values()]
    assert not parts[0] & parts[1]


def test_pictures_that_are_all_alike_are_parted_singly_and_it_says_so(tmp_path: Path) -> None:
    for label, seed in (("mask", 1), ("no_mask", 2)):
        for number in range(8):
            save_picture(tmp_path / label / f"{number}.png", seed, side=40 + number)

    told = report(tmp_path)

    assert "nearly all pictures of a label are alike" in told


def test_boxes_of_scenes_are_clipped_and_useless_ones_told(tmp_path: Path) -> None:
    for number in range(4):
        save_picture(tmp_path / f"{number}.png", number)
        boxes = [("mask", (-5.0, 0.0, 20.0, 30.0)), ("no_mask", (20.0, 10.0, 39.0, 99.0))]
        save_voc(tmp_path, f"{number}.png", [*boxes, ("mask", (50.0, 50.0, 60.0, 60.0))])

    dataset = read_dataset(tmp_path, Quiet())

    assert {example.box_xyxy for example in dataset.train} == {(0, 0, 20, 30), (20, 10, 39, 40)}
    assert len(dataset.train) + len(dataset.validation) == 8
    told = "\n".join(check(dataset))
    assert "read as Pascal VOC boxes" in told
    assert "4 boxes left out, for they lie outside their picture" in told


def test_the_index_keeps_its_sources(tmp_path: Path) -> None:
    save_index(tmp_path)

    told = report(tmp_path)

    assert "read as an index with sources and groups" in told
    assert any(line.split()[:2] == ["drawn", "validation"] for line in told.splitlines())


def test_a_source_can_be_left_out(tmp_path: Path) -> None:
    save_index(tmp_path)

    dataset = read_dataset(tmp_path, Quiet(), left_out=["park"])

    assert {example.source for example in dataset.train} == {"drawn"}


def test_a_source_that_is_not_there_cannot_be_left_out(tmp_path: Path) -> None:
    save_index(tmp_path)

    with pytest.raises(BadDataset, match=r"--leave-out zoo: no such source .* it has drawn, park"):
        read_dataset(tmp_path, Quiet(), left_out=["zoo"])


def test_unreadable_pictures_are_listed_and_left_out(tmp_path: Path) -> None:
    save_folders(tmp_path, CLASSIC)
    for number in range(13):
        (tmp_path / "train" / "mask" / f"bad{number:02}.jpg").write_bytes(b"")

    told = report(tmp_path)

    assert "13 pictures cannot be read and are left out:" in told
    assert "bad09.jpg: the file is empty" in told
    assert "bad10.jpg" not in told
    assert "and 3 more" in told


@pytest.mark.parametrize(
    ("counts", "warning"),
    [
        (CLASSIC, "no incorrect_mask to learn from: masks drawn below the nose"),
        (CLASSIC, "few faces of mask, no_mask (under 30)"),
        (CLASSIC, "4 faces for validation; its figures will jump"),
        ({**CLASSIC, "train/bad_mask": 3}, "validation has no face of incorrect_mask"),
    ],
)
def test_weak_points_are_told(tmp_path: Path, counts: dict[str, int], warning: str) -> None:
    save_folders(tmp_path, counts)

    assert warning in report(tmp_path)


def test_the_same_file_in_training_and_validation_is_told(tmp_path: Path) -> None:
    save_folders(tmp_path, CLASSIC)
    twin = tmp_path / "val" / "mask" / "twin.png"
    twin.write_bytes((tmp_path / "train" / "mask" / "0.png").read_bytes())

    told = report(tmp_path)

    assert "warning: 1 pictures of validation are in training too" in told
    assert f"0.png = {twin}" in told


def test_names_can_be_given(tmp_path: Path) -> None:
    save_folders(tmp_path, {"train/covered": 3, "train/free": 3, "train/dogs": 2})

    told = report(tmp_path, spellings={"covered": "mask", "free": "no_mask"})

    assert "names taken for ours: covered as mask, free as no_mask" in told
    assert "left out, for their names are no labels: train/dogs (2)" in told


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param(
            {"train/mask": 3, "val/mask": 1},
            r"found none of no_mask \(3 mask, 0 incorrect_mask, 0 no_mask\)",
            id="a missing class",
        ),
        pytest.param(
            {"val/mask": 3, "val/no_mask": 3},
            r"expected a part for training \(train/\), found only validation",
            id="nothing to train on",
        ),
        pytest.param(
            {"cats": 2, "dogs": 3},
            r"expected train/mask, train/no_mask .* found 5 pictures in cats, dogs; rename",
            id="folders by other names",
        ),
        pytest.param({}, "found 0 pictures", id="an empty folder"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(
    tmp_path: Path, counts: dict[str, int], words: str
) -> None:
    save_folders(tmp_path, counts)

    with pytest.raises(BadDataset, match=words):
        report(tmp_path)


def test_a_label_whose_pictures_are_all_broken_is_missing(tmp_path: Path) -> None:
    save_folders(tmp_path, {"mask": 3})
    (tmp_path / "no_mask").mkdir()
    (tmp_path / "no_mask" / "a.jpg").write_bytes(b"oh")

    with pytest.raises(BadDataset, match=r"none of no_mask .*; 1 pictures cannot be read, such as"):
        report(tmp_path)


def test_boxes_by_names_that_are_no_labels_are_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", 1)
    save_voc(tmp_path, "1.png", [("dog", (1.0, 1.0, 20.0, 20.0))])

    with pytest.raises(BadDataset, match="its names are no labels of ours: dog; say what they"):
        report(tmp_path)


def test_boxes_without_their_pictures_are_refused(tmp_path: Path) -> None:
    save_voc(tmp_path, "gone.png", [("mask", (1.0, 1.0, 20.0, 20.0))])

    with pytest.raises(BadDataset, match="1 pictures are missing"):
        report(tmp_path)
