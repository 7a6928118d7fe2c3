"""An evaluation judges faces that training did not open, as serving cuts them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from cli import main
from core.errors import BadSettings
from core.face_crops import CONTEXT
from core.types import LABELS, Image, Label, Probabilities
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.training.evaluate import (
    EvaluateOptions,
    Rows,
    choose,
    chunks,
    evaluate,
    read_choice,
    warn_of_known_faces,
)
from models.training.examples import Example, Split, read_examples
from models.training.progress import Quiet
from models.training.samples import Sample
from tests.models.faces import BOX, draw_face, save_index

OPTIONS = EvaluateOptions(Path("faces"))


class SayMask:
    """Calls everything a mask, and remembers what it was shown."""

    model_version = "mask-1"

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        self.shapes += [crop.shape for crop in crops]
        return np.tile(np.asarray([[0.8, 0.1, 0.1]], np.float32), (len(crops), 1))


def sample(label: Label, face_px: float = 70) -> Sample:
    return Sample(
        draw_face(label),
        np.asarray(BOX, np.float32),
        None,
        LABELS.index(label),
        "drawn",
        group=label,
        path=Path(f"faces/{label}.png"),
        face_px=face_px,
    )


def example(path: str, source: str = "a", group: str = "g") -> Example:
    return Example(Path(path), None, Label.MASK, source, group)


def test_what_is_said_is_held_against_what_is() -> None:
    rows = Rows()
    rows.add([sample(label) for label in LABELS], SayMask(), OPTIONS)
    judged = rows.to_judged()

    assert judged.figures().confusion == ((1, 0, 0), (1, 0, 0), (1, 0, 0))
    assert judged.groups.tolist() == [*LABELS]
    assert judged.paths[0] == Path("mask.png"), "named within the folder"
    assert sorted(rows.wrong) == [1, 2], "right answers need no picture"


def test_faces_can_be_judged_as_if_they_were_far_away() -> None:
    rows, classifier = Rows(), SayMask()

    rows.add([sample(Label.MASK)], classifier, replace(OPTIONS, side=16))

    assert classifier.shapes == [(16, 16, 3)]
    assert rows.to_judged().face_px.tolist() == pytest.approx([16 / CONTEXT])


def test_brightness_is_the_mean_grey_of_what_the_classifier_saw() -> None:
    rows, dark = Rows(), sample(Label.MASK)
    dark.pixels[:] = 30

    rows.add([dark, sample(Label.MASK)], SayMask(), OPTIONS)

    assert rows.to_judged().brightness[0] == 30 < rows.to_judged().brightness[1]


def test_no_readable_picture_is_an_error() -> None:
    with pytest.raises(BadSettings, match="none of the pictures could be read"):
        Rows().to_judged()


def test_the_test_split_is_judged_unless_a_source_is_named() -> None:
    examples = [example(f"{n}.jpg", "ab"[n % 2], str(n)) for n in range(60)]

    held_back = choose(examples, OPTIONS).examples
    of_source = choose(examples, replace(OPTIONS, source="b")).examples
    everything = choose(examples, replace(OPTIONS, everything=True)).examples

    assert 0 < len(held_back) < 30
    assert {each.split for each in held_back} == {Split.TEST}
    assert len(of_source) == 30
    assert len(everything) == 60


def test_an_unknown_source_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadSettings, match="found only others, of a; name one"):
        choose([example("0.jpg")], replace(OPTIONS, source="z"))


@pytest.mark.parametrize(
    ("paths", "sizes"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("a", [1], id="one"),
        pytest.param("aabbb", [2, 3], id="pictures stay whole"),
        pytest.param("abcde", [2, 2, 1], id="the rest comes last"),
    ],
)
def test_faces_come_in_runs_of_whole_pictures(paths: str, sizes: list[int]) -> None:
    found = list(chunks([example(path) for path in paths], 2))

    assert [len(chunk) for chunk in found] == sizes


def test_a_reader_is_warned_of_sources_that_the_model_knows() -> None:
    rows = Rows()
    rows.add([sample(Label.MASK)], SayMask(), OPTIONS)
    shipped = read_manifest(SHIPPED_CLASSIFIER)

    [note] = warn_of_known_faces(replace(shipped, trained_on=("drawn", "x")), rows.to_judged())

    assert "trained on the source drawn" in note
    assert warn_of_known_faces(replace(shipped, trained_on=("x",)), rows.to_judged()) == ()


def test_a_folder_is_judged_with_progress_and_broken_pictures_are_told(tmp_path: Path) -> None:
    save_index(tmp_path, per_label=12)
    tests = choose(read_examples(tmp_path), OPTIONS).examples
    tests[0].path.write_bytes(b"broken")
    progress = Quiet()

    found = evaluate(EvaluateOptions(tmp_path, mistakes=1), progress)

    assert len(found.judged) == len(tests) - 1
    assert str(tests[0].path) in progress.lines[0]
    assert len(found.mistakes) <= 1


def save_folders(folder: Path, *parts: str) -> None:
    """The classic layout: parts of folders named after labels."""
    for part in parts:
        for label in (Label.MASK, Label.NO_MASK):
            (folder / part / label).mkdir(parents=True)
            for number in range(8):
                face = draw_face(label, 100 + 5 * number + len(part))
                face[:8, : 8 * number + len(part)] = 200
                cv2.imwrite(str(folder / part / label / f"{number}.png"), face)


def test_the_classic_layout_is_judged_by_its_test_part(tmp_path: Path) -> None:
    save_folders(tmp_path, "train", "val", "test")

    found = read_choice(EvaluateOptions(tmp_path), Quiet())

    assert {example.path.relative_to(tmp_path).parts[0] for example in found.examples} == {"test"}
    assert found.notes == ()


def test_without_a_test_part_the_validation_part_serves_with_a_warning(tmp_path: Path) -> None:
    save_folders(tmp_path, "train", "val")

    found = read_choice(EvaluateOptions(tmp_path), Quiet())

    assert {example.path.relative_to(tmp_path).parts[0] for example in found.examples} == {"val"}
    assert "it flatters" in found.notes[0]


def test_a_folder_that_was_never_trained_on_is_judged_whole(tmp_path: Path) -> None:
    save_folders(tmp_path, ".")

    found = read_choice(EvaluateOptions(tmp_path, everything=True), Quiet())

    assert len(found.examples) == 16


def test_the_command_prints_json_alone_and_writes_the_page(tmp_path: Path) -> None:
    save_index(tmp_path, per_label=6)
    page = tmp_path / "page.html"
    arguments = ["evaluate", tmp_path, "--source", "park", "--html", page, "--json"]

    answer = CliRunner().invoke(
        main, [*map(str, arguments), "--data", str(tmp_path / "data"), "--no-pictures"]
    )

    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found["figures"]["count"] == 2
    assert found["slices"]["Source"]["park"]["groups"] == 1
    assert "<img" not in page.read_text()


def test_the_command_prints_a_classification_report(tmp_path: Path) -> None:
    save_index(tmp_path, per_label=6)

    answer = CliRunner().invoke(
        main, ["evaluate", str(tmp_path), "--source", "park", "--data", str(tmp_path / "data")]
    )

    assert answer.exit_code == 0, answer.output
    assert "2 faces, accuracy" in answer.stdout
    assert "Face size" in answer.stdout
