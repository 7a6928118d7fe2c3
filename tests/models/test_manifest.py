"""Weights are opened only if they are the ones that the manifest tells of."""

import json
from pathlib import Path

import pytest

from core.errors import WeightsMismatch
from core.manifests import FileKind, ModelManifest, Precision, Task
from models.analysis import load_classifier
from models.manifest import describe_file, read_manifest, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of weights that are none, with a true manifest."""
    (tmp_path / "classifier.bin").write_bytes(b"weights")
    manifest = ModelManifest(
        model_version="test-1",
        task=Task.CLASSIFIER,
        architecture="MobileNetV2",
        labels=("mask", "incorrect_mask", "no_mask"),
        input_side=128,
        context=1.3,
        temperature=1.5,
        precision=Precision.FLOAT32,
        trained_on=("park", "street"),
        command="./maskwatch train FACES",
        licence="Apache-2.0",
        files=(describe_file(tmp_path / "classifier.bin", FileKind.OPENVINO),),
    )
    write_manifest(tmp_path, manifest)
    return tmp_path


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    manifest = read_manifest(folder)

    assert manifest.model_version == "test-1"
    assert manifest.labels == ("mask", "incorrect_mask", "no_mask")
    assert manifest.trained_on == ("park", "street")
    assert manifest.files == (describe_file(folder / "classifier.bin", FileKind.OPENVINO),)
    assert manifest.files[0].size == 7


def test_files_are_found_by_what_opens_them(folder: Path) -> None:
    manifest = read_manifest(folder)

    assert manifest.files_for(FileKind.OPENVINO, FileKind.KERAS) == manifest.files
    assert manifest.files_for(FileKind.LITERT) == ()


def test_a_file_in_a_folder_of_the_folder_is_named_with_its_path(folder: Path) -> None:
    (folder / "saved_model" / "variables").mkdir(parents=True)
    path = folder / "saved_model" / "variables" / "variables.index"
    path.write_bytes(b"index")

    described = describe_file(path, FileKind.TENSORFLOW, folder)

    assert described.name == "saved_model/variables/variables.index"


@pytest.mark.parametrize("name", ["/etc/passwd", "../classifier.bin", "a/../../b", "..\\b"])
def test_names_that_lead_out_of_the_folder_are_refused(folder: Path, name: str) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content["files"][0]["name"] = name
    (folder / "manifest.json").write_text(json.dumps(content))

    with pytest.raises(WeightsMismatch, match="would lie outside the folder"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(b"weightS", "found 7 bytes", id="changed"),
        pytest.param(b"weigh", "found 5 bytes", id="cut short"),
        pytest.param(None, "found nothing", id="missing"),
    ],
)
def test_other_files_than_the_manifests_are_refused(
    folder: Path, content: bytes | None, found: str
) -> None:
    (folder / "classifier.bin").unlink()
    if content is not None:
        (folder / "classifier.bin").write_bytes(content)

    with pytest.raises(WeightsMismatch, match=found):
        read_manifest(folder)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param('{"files": [{"name": "x"}], "labels": []}', id="a file without checksum"),
        pytest.param('{"files": [], "labels": [], "colour": 1}', id="fields missing"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)

    with pytest.raises(WeightsMismatch, match="not a readable manifest"):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [("colour", "red"), ("task", "painter"), ("precision", "int4"), ("labels", 3)],
)
def test_fields_and_values_that_are_not_known_are_refused(
    folder: Path, field: str, value: object
) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(content | {field: value}))

    with pytest.raises(WeightsMismatch, match="not a readable manifest"):
        read_manifest(folder)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match="no model folder"):
        read_manifest(tmp_path)


def test_weights_of_another_order_of_labels_are_refused(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    labels = ["no_mask", "mask", "incorrect_mask"]
    (folder / "manifest.json").write_text(json.dumps(content | {"labels": labels}))

    with pytest.raises(WeightsMismatch, match="expected a classifier of mask, incorrect_mask, no"):
        load_classifier(folder, threads=1)
