"""A manifest is read as it was written, and refused where it makes no sense."""

import json
from dataclasses import replace
from typing import Any

import pytest

from core.errors import WeightsMismatch
from core.manifests import (
    FileKind,
    ModelFile,
    ModelManifest,
    Precision,
    Task,
    is_plain_name,
    parse_manifest,
    write_out,
)
from core.measurements import LabelMeasure, Measurement, SizeMeasure
from core.types import LABELS

MANIFEST = ModelManifest(
    model_version="test-1",
    task=Task.CLASSIFIER,
    architecture="MobileNetV2",
    labels=LABELS,
    input_side=128,
    context=1.3,
    temperature=1.5,
    precision=Precision.FLOAT32,
    trained_on=("faces",),
    command="./maskwatch train FACES",
    licence="Apache-2.0",
    files=(ModelFile("classifier.bin", "0" * 64, 7, FileKind.OPENVINO),),
    figures={"macro_f1": 0.9},
)


def changed(**changes: Any) -> str:
    return json.dumps(json.loads(write_out(MANIFEST)) | changes)


def changed_file(**changes: Any) -> str:
    return changed(files=[json.loads(write_out(MANIFEST))["files"][0] | changes])


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert parse_manifest(write_out(MANIFEST)) == MANIFEST


def test_figures_may_be_left_out() -> None:
    content = json.loads(write_out(MANIFEST))
    del content["figures"]
    assert parse_manifest(json.dumps(content)).figures == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param("[" * 100_000, id="nested without end"),
        pytest.param('{"files": [{"name": "x"}], "labels": []}', id="a file without checksum"),
        pytest.param(changed(colour=1), id="an unknown field"),
        pytest.param(changed_file(path="x"), id="an unknown field of a file"),
        pytest.param(changed(files=3), id="files that are none"),
        pytest.param(changed(files=["x"]), id="files by name alone"),
        pytest.param(changed(task="painter"), id="an unknown task"),
        pytest.param(changed(input_side="128"), id="a side in words"),
        pytest.param(changed_file(name="../classifier.bin"), id="a file of the folder above"),
        pytest.param(changed_file(name="/etc/passwd"), id="a file of the machine"),
        pytest.param(changed_file(name="a\\b"), id="a backslash"),
        pytest.param(changed_file(name=""), id="a file without a name"),
        pytest.param(changed_file(sha256="g" * 64), id="a checksum that is none"),
        pytest.param(changed_file(size=-1), id="a file of less than nothing"),
    ],
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(WeightsMismatch, match="not a readable manifest"):
        parse_manifest(text)


@pytest.mark.parametrize(
    ("name", "is_plain"),
    [
        ("classifier.bin", True),
        ("maskwatch-2026.2_a", True),
        ("", False),
        (".hidden", False),
        ("..", False),
        ("a/b", False),
        ("a\\b", False),
        ("a b", False),
        ("a\n", False),
        ("x" * 101, False),
    ],
)
def test_a_plain_name_can_stand_in_any_folder(name: str, is_plain: bool) -> None:
    assert is_plain_name(name) is is_plain


def test_measurements_are_read_as_they_were_written() -> None:
    measured = Measurement(
        data="park, left out",
        is_new_source=True,
        faces=30,
        figures={"macro_f1": 0.8},
        labels=(LabelMeasure("mask", 20, 0.9), LabelMeasure("no_mask", 10, None, 0.7)),
        sizes=(SizeMeasure(0, 24, 0.6, 12),),
    )
    manifest = replace(MANIFEST, measurements=(measured,))
    assert parse_manifest(write_out(manifest)) == manifest


def test_measurements_may_be_left_out() -> None:
    content = json.loads(write_out(MANIFEST))
    del content["measurements"]
    assert parse_manifest(json.dumps(content)).measurements == ()
