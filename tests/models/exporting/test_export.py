"""An export is loaded again, compared with its source, and described."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import BadSettings, WeightsMismatch
from core.manifests import CARD, FileKind, ModelManifest, Precision, Task
from core.types import LABELS
from models.analysis import load_classifier
from models.exporting.comparison import Comparison, Outputs, check, compare
from models.exporting.export import ExportOptions, Format, check_options, export
from models.exporting.formats import write_keras
from models.exporting.pictures import portrait_pieces, read_folder
from models.manifest import describe_file, read_manifest, write_manifest
from models.training.progress import Quiet
from tests.models.exporting.networks import SIDE, small_classifier

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
    "ignore:In the future `np.object` will be defined:FutureWarning",
    "ignore:Statistics for quantized inputs were expected:UserWarning",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as training leaves it, with a Keras file."""
    folder = tmp_path_factory.mktemp("model")
    write_keras(small_classifier(), folder / "classifier.keras")
    manifest = ModelManifest(
        model_version="small-1",
        task=Task.CLASSIFIER,
        architecture="small",
        labels=tuple(LABELS),
        input_side=SIDE,
        context=1.4,
        temperature=1.5,
        precision=Precision.FLOAT32,
        trained_on=("park",),
        command="./maskwatch train FACES",
        licence="Apache-2.0",
        files=(describe_file(folder / "classifier.keras", FileKind.KERAS),),
    )
    write_manifest(folder, manifest)
    (folder / CARD).write_text("# Model card: small-1\n")
    return folder


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures to calibrate with, one of them broken."""
    folder = tmp_path_factory.mktemp("faces")
    (folder / "deeper").mkdir()
    for index, piece in enumerate(portrait_pieces(40)):
        cv2.imwrite(str(folder / "deeper" / f"{index:02}.png"), piece)
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Format.OPENVINO, ["classifier.xml", "classifier.bin"]),
        (Format.TFLITE, ["classifier.tflite"]),
        (Format.ONNX, ["classifier.onnx"]),
        (Format.SAVED_MODEL, ["saved_model/saved_model.pb"]),
    ],
)
def test_every_format_answers_as_its_source(
    tmp_path: Path, folder: Path, choice: Format, names: list[str]
) -> None:
    output = tmp_path / "a" / "exported"

    exported = export(ExportOptions(folder, choice, output, command="export"), Quiet())

    manifest = read_manifest(output)
    assert manifest == exported.manifest
    assert set(names) <= {file.name for file in manifest.files}
    assert exported.comparison.largest < 0.05
    assert manifest.model_version == f"small-1-{choice.replace('_', '-')}"
    assert (manifest.context, manifest.trained_on) == (1.4, ("park",))
    assert "small-1, exported by" in (output / CARD).read_text()
    assert [path.name for path in output.parent.iterdir()] == ["exported"], "nothing else is left"


@pytest.mark.parametrize("choice", [Format.OPENVINO, Format.TFLITE])
def test_int8_is_measured_on_pictures_and_served(
    tmp_path: Path, folder: Path, faces: Path, choice: Format
) -> None:
    options = ExportOptions(folder, choice, tmp_path / "int8", int8=True, calibration=faces)

    exported = export(options, Quiet())

    assert exported.manifest.precision is Precision.INT8
    assert exported.comparison.pictures == 40
    classifier = load_classifier(tmp_path / "int8", threads=1)
    assert classifier.model_version == f"small-1-{choice}-int8"
    assert classifier.classify(portrait_pieces(3)).shape == (3, 3)


def test_an_output_named_as_a_file_is_that_file_alone(tmp_path: Path, folder: Path) -> None:
    exported = export(ExportOptions(folder, Format.OPENVINO, tmp_path / "net.xml"), Quiet())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.bin", "net.xml"]
    assert set(exported.files) == {tmp_path / "net.xml", tmp_path / "net.bin"}


def test_a_bare_file_gets_a_manifest(tmp_path: Path, folder: Path) -> None:
    source = folder / "classifier.keras"

    exported = export(ExportOptions(source, Format.TFLITE, tmp_path / "out"), Quiet())

    assert exported.manifest.model_version.startswith("classifier-")
    assert exported.manifest.input_side == SIDE


def test_a_folder_without_a_keras_file_says_what_is_missing(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "classifier.xml").write_bytes(b"network")
    files = (describe_file(tmp_path / "classifier.xml", FileKind.OPENVINO),)
    write_manifest(tmp_path, replace(read_manifest(folder), files=files))

    with pytest.raises(WeightsMismatch, match="are made from a Keras file, and model small-1"):
        export(ExportOptions(tmp_path, Format.TFLITE, tmp_path / "out"), Quiet())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"int8": True}, "int8 needs pictures"),
        ({"int8": True, "format": Format.ONNX}, "onnx has no int8 here"),
        ({"output": Path(__file__)}, "is there already"),
    ],
)
def test_options_that_do_not_fit_are_refused(changes: dict[str, object], words: str) -> None:
    options = ExportOptions(Path("model"), Format.OPENVINO, Path("out"))

    with pytest.raises(BadSettings, match=words):
        check_options(replace(options, **changes))  # type: ignore[arg-type]  # a table of cases


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"expected at least 20 pictures .* found 0"):
        read_folder(tmp_path)


def test_pictures_are_taken_from_all_over_the_folder(faces: Path) -> None:
    assert len(read_folder(faces, most=21)) in (20, 21)
    assert len(read_folder(faces)) == 40


def rows(*values: tuple[float, float]) -> Iterator[Outputs]:
    return ((np.asarray([row], np.float32),) for row in values)


def test_a_comparison_counts_differences_and_changed_answers() -> None:
    expected = list(rows((0.9, 0.1), (0.6, 0.4)))
    answers = list(rows((0.9, 0.1), (0.4, 0.6)))

    comparison = compare(expected, answers)

    assert comparison.pictures == 2
    assert comparison.largest == pytest.approx(0.2)
    assert comparison.mean == pytest.approx(0.1)
    assert comparison.same == 0.5


@pytest.mark.parametrize(
    ("comparison", "precision", "is_good"),
    [
        pytest.param(Comparison(9, 0.04, 0.01, 0.9), Precision.FLOAT32, True, id="bfloat16"),
        pytest.param(Comparison(9, 0.06, 0.01, 1.0), Precision.FLOAT32, False, id="float apart"),
        pytest.param(Comparison(9, 0.40, 0.02, 0.99), Precision.INT8, True, id="int8"),
        pytest.param(Comparison(9, 0.40, 0.06, 0.99), Precision.INT8, False, id="int8 apart"),
        pytest.param(Comparison(9, 0.10, 0.02, 0.90), Precision.INT8, False, id="other labels"),
    ],
)
def test_answers_that_are_too_far_apart_are_an_error(
    comparison: Comparison, precision: Precision, is_good: bool
) -> None:
    if is_good:
        check(comparison, precision)
    else:
        with pytest.raises(WeightsMismatch, match="does not answer as its source"):
            check(comparison, precision)
