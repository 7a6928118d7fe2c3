"""Weights are opened only if they are the ones that the manifest tells of."""

import json
from pathlib import Path

import pytest

from core.errors import WeightsMismatch
from models.classifier import OpenVinoClassifier
from models.manifest import WeightsManifest, describe_file, read_manifest, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of weights that are none, with a true manifest."""
    (tmp_path / "classifier.bin").write_bytes(b"weights")
    files = (describe_file(tmp_path / "classifier.bin"),)
    manifest = WeightsManifest(
        "test-1", "MobileNetV2", ("mask", "incorrect_mask", "no_mask"), 128, 1.5, files
    )
    write_manifest(tmp_path, manifest)
    return tmp_path


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    manifest = read_manifest(folder)

    assert manifest.model_version == "test-1"
    assert manifest.labels == ("mask", "incorrect_mask", "no_mask")
    assert manifest.files == (describe_file(folder / "classifier.bin"),)
    assert manifest.files[0].size == 7


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
        pytest.param('{"files": [], "labels": [], "colour": 1}', id="an unknown field"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)

    with pytest.raises(WeightsMismatch, match="not a readable manifest"):
        read_manifest(folder)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=r"manifest\.json: not a readable manifest"):
        read_manifest(tmp_path)


def test_weights_of_another_order_of_labels_are_refused(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content["labels"] = ["no_mask", "mask", "incorrect_mask"]
    (folder / "manifest.json").write_text(json.dumps(content))

    with pytest.raises(WeightsMismatch, match="expected labels mask, incorrect_mask, no_mask"):
        OpenVinoClassifier(folder, threads=1)
