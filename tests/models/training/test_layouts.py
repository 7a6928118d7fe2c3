"""Other projects' layouts: where the faces are, what they are called, what cannot be trusted."""

from pathlib import Path

import pytest

from core.errors import BadSettings
from core.types import LABELS, Label
from models.training.examples import Split
from models.training.layouts.coco import read_coco
from models.training.layouts.folders import read_folders
from models.training.layouts.label_names import LabelNames
from models.training.layouts.listing import Listing, Pictures, split_of
from models.training.layouts.voc import read_voc
from models.training.layouts.yolo import read_yolo
from tests.models.training.pictures import save_coco, save_folders, save_picture, save_voc

NAMES = LabelNames({})


@pytest.mark.parametrize(
    ("name", "label"),
    [
        pytest.param("mask", Label.MASK, id="ours"),
        pytest.param("with_mask", Label.MASK, id="as Kaggle has it"),
        pytest.param("WithMask", Label.MASK, id="joined words"),
        pytest.param("With Mask", Label.MASK, id="a space"),
        pytest.param("without-mask", Label.NO_MASK, id="a dash"),
        pytest.param("WithoutMask", Label.NO_MASK, id="joined words, bare"),
        pytest.param("mask_weared_incorrect", Label.INCORRECT_MASK, id="as andrewmvd has it"),
        pytest.param("IMFD", Label.INCORRECT_MASK, id="as MaskedFace-Net has it"),
        pytest.param("helmet", None, id="none of ours"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_labels_are_known_by_their_common_names(name: str, label: Label | None) -> None:
    assert NAMES.find(name) is label


def test_no_name_means_two_labels() -> None:
    from models.training.layouts.label_names import NAMES as SPELLINGS

    every = [name for label in LABELS for name in SPELLINGS[label]]
    assert len(every) == len(set(every))


def test_a_user_can_say_what_a_name_means() -> None:
    names = LabelNames({"Helmet On": "mask", "face": "ignore"})

    assert names.find("helmet_on") is Label.MASK
    assert names.find("face") is None


def test_a_user_cannot_name_a_label_that_is_none() -> None:
    with pytest.raises(BadSettings, match="--label-name x=hat: 'hat' is no label; give mask"):
        LabelNames({"x": "hat"})


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train/mask/a.jpg", Split.TRAIN),
        ("Validation/a.jpg", Split.VALIDATION),
        ("images/val2017/a.jpg", Split.VALIDATION),
        ("valid/images/a.jpg", Split.VALIDATION),
        ("Test/mask/a.jpg", Split.TEST),
        ("mask/test.jpg", None),
        ("a.jpg", None),
    ],
)
def test_folders_say_what_pictures_are_for(path: str, split: Split | None) -> None:
    assert split_of(Path("data") / path, Path("data")) is split


def test_folders_named_after_labels_are_read_at_any_depth(tmp_path: Path) -> None:
    save_folders(tmp_path, {"Set/Train/WithMask": 2, "Set/Test/no mask": 1, "Set/Train/dogs": 1})

    listing = read_folders(Pictures(tmp_path), NAMES)

    assert listing is not None
    assert [(face.label, face.split, face.box_xyxy) for face in listing.faces] == [
        (Label.NO_MASK, Split.TEST, None),
        (Label.MASK, Split.TRAIN, None),
        (Label.MASK, Split.TRAIN, None),
    ]
    assert listing.spellings == {"WithMask": Label.MASK, "no mask": Label.NO_MASK}
    assert listing.unknown == {"Set/Train/dogs": 1}


def test_hidden_files_and_macos_leftovers_are_passed_over(tmp_path: Path) -> None:
    save_folders(tmp_path, {"mask": 1, "__MACOSX/mask": 1, ".hidden/mask": 1})
    (tmp_path / "mask" / "._0.png").write_bytes(b"x")

    assert len(Pictures(tmp_path).paths) == 1


def test_voc_boxes_are_read_with_their_pictures(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "one.png", 1)
    save_voc(
        tmp_path / "annotations",
        "one.png",
        [("with_mask", (1, 2, 21, 32)), ("without_mask", (5, 5, 20, 20)), ("dog", (0, 0, 9, 9))],
    )

    listing = read_voc(Pictures(tmp_path), NAMES)

    assert listing is not None
    assert [(face.label, face.box_xyxy) for face in listing.faces] == [
        (Label.MASK, (1, 2, 21, 32)),
        (Label.NO_MASK, (5, 5, 20, 20)),
    ]
    assert listing.faces[0].path == tmp_path / "images" / "one.png"
    assert listing.unknown == {"dog": 1}


def test_a_voc_file_finds_its_picture_by_its_own_name_too(tmp_path: Path) -> None:
    save_picture(tmp_path / "renamed.png", 1)
    save_voc(tmp_path, "elsewhere.jpg", [("mask", (1, 2, 21, 32))]).rename(tmp_path / "renamed.xml")

    assert read(read_voc(Pictures(tmp_path), NAMES)).faces[0].path.name == "renamed.png"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>',
            "document type",
            id="entities",
        ),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
            "document type",
            id="another file",
        ),
        pytest.param("<annotation>", "not readable as XML", id="cut short"),
        pytest.param("", "not readable as XML", id="empty"),
        pytest.param(
            "<annotation><object><name>mask</name></object></annotation>", "xmin", id="no box"
        ),
    ],
)
def test_bad_xml_is_told_and_left_out(tmp_path: Path, content: str, words: str) -> None:
    save_picture(tmp_path / "one.png", 1)
    (tmp_path / "one.xml").write_text(content)

    listing = read(read_voc(Pictures(tmp_path), NAMES))

    assert listing.faces == []
    assert words in listing.broken[0]


def test_no_other_encoding_hides_a_document_type(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "ha">]><annotation/>'
    (tmp_path / "one.xml").write_bytes(text.encode("utf-16"))

    assert "not readable as XML in UTF-8" in read(read_voc(Pictures(tmp_path), NAMES)).broken[0]


def test_annotations_cannot_name_files_outside_the_folder(tmp_path: Path) -> None:
    save_picture(tmp_path / "secret.png", 1)
    inside = tmp_path / "data"
    save_picture(inside / "other.png", 2)
    save_voc(inside, "../secret.png", [("mask", (1, 2, 21, 32))])
    save_coco(inside / "c.json", [str(tmp_path / "secret.png")], [(0, "mask", [1, 2, 20, 30])])
    pictures = Pictures(inside)

    assert read(read_voc(pictures, NAMES)).lost == ["secret.xml"]
    assert read(read_coco(pictures, NAMES)).faces == []


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    outside = save_picture(tmp_path / "secret.png", 1)
    (tmp_path / "data" / "mask").mkdir(parents=True)
    (tmp_path / "data" / "mask" / "link.png").symlink_to(outside)

    pictures = Pictures(tmp_path / "data")

    assert pictures.paths == []
    assert [path.name for path in pictures.strays] == ["link.png"]


def test_coco_boxes_are_read_with_their_split(tmp_path: Path) -> None:
    save_picture(tmp_path / "train2017" / "one.png", 1)
    save_picture(tmp_path / "val2017" / "one.png", 2)
    for split in ("train", "val"):
        boxes = [(0, "With Mask", [1.0, 2.0, 20.0, 30.0]), (1, "No_Mask", [1.0, 2.0, 9.0, 9.0])]
        path = tmp_path / "annotations" / f"instances_{split}2017.json"
        save_coco(path, [f"{split}2017/one.png", "gone.png"], boxes)

    listing = read(read_coco(Pictures(tmp_path), NAMES))

    assert [(face.label, face.split, face.box_xyxy) for face in listing.faces] == [
        (Label.MASK, Split.TRAIN, (1, 2, 21, 32)),
        (Label.MASK, Split.VALIDATION, (1, 2, 21, 32)),
    ]
    assert listing.faces[1].path == tmp_path / "val2017" / "one.png"
    assert listing.lost == ["gone.png", "gone.png"]


@pytest.mark.parametrize(
    "content", ['{"images": [', "[1]", '{"images": 1, "annotations": 2, "categories": [{}]}']
)
def test_bad_json_is_told_or_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content)

    listing = read_coco(Pictures(tmp_path), NAMES)

    assert listing is None or (listing.faces == [] and "not COCO's JSON" in listing.broken[0])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("data.yaml", "names: ['no_mask', 'mask']"),
        ("data.yaml", "names:\n  0: no_mask\n  1: mask"),
        ("classes.txt", "no_mask\nmask\n"),
        ("obj.names", "no_mask\nmask"),
    ],
)
def test_yolo_boxes_are_read_with_any_list_of_names(
    tmp_path: Path, file: str, content: str
) -> None:
    (tmp_path / file).write_text(content)
    save_picture(tmp_path / "images" / "train" / "one.png", 1)
    (tmp_path / "labels" / "train").mkdir(parents=True)
    (tmp_path / "labels" / "train" / "one.txt").write_text("1 0.5 0.5 0.5 1\n")

    (face,) = read(read_yolo(Pictures(tmp_path), NAMES)).faces

    assert (face.label, face.split) == (Label.MASK, Split.TRAIN)
    assert (face.box_xyxy, face.is_relative) == ((0.25, 0, 0.75, 1), True)


def test_yolo_polygons_become_boxes(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("mask\n")
    save_picture(tmp_path / "one.png", 1)
    (tmp_path / "one.txt").write_text("0 0.1 0.2 0.9 0.3 0.5 0.8\n")

    assert read(read_yolo(Pictures(tmp_path), NAMES)).faces[0].box_xyxy == (0.1, 0.2, 0.9, 0.8)


def test_yolo_lines_that_are_no_boxes_are_told(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("mask\n")
    save_picture(tmp_path / "one.png", 1)
    (tmp_path / "one.txt").write_text("0 0.5 0.5\n7 0.5 0.5 1 1\nmask 1 1 1 1\n")
    (tmp_path / "gone.txt").write_text("0 0.5 0.5 1 1\n")
    (tmp_path / "README.txt").write_text("Thanks for reading.\n")

    listing = read(read_yolo(Pictures(tmp_path), NAMES))

    assert len(listing.broken) == 3
    assert "expected `class x y width height`" in listing.broken[0]
    assert listing.lost == ["gone.txt"]


@pytest.mark.parametrize("read_layout", [read_folders, read_voc, read_coco, read_yolo])
def test_an_empty_folder_has_no_layout(tmp_path: Path, read_layout: object) -> None:
    assert callable(read_layout)
    assert read_layout(Pictures(tmp_path), NAMES) is None


def read(listing: Listing | None) -> Listing:
    assert listing is not None
    return listing
