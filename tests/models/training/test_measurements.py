"""What an evaluation found is kept in the manifest."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cli import main
from core.manifests import ModelManifest, Task
from core.measurements import LabelMeasure, Measurement, SizeMeasure
from models.manifest import read_manifest, write_manifest
from models.training.measurements import record, summarise
from models.training.slices import Judged
from tests.model_folders import make_folder, make_manifest

MANIFEST = make_manifest("test-1", Task.CLASSIFIER, {})
OLD = Measurement("lobby", is_new_source=False, faces=1)


@pytest.fixture
def judged() -> Judged:
    """Two masks, of which the small one is taken for none, and one bare face."""
    said = [[0.9, 0.0, 0.1], [0.2, 0.0, 0.8], [0.1, 0.0, 0.9]]
    return Judged(
        paths=tuple(Path(f"{n}.png") for n in range(3)),
        sources=np.asarray(["park"] * 3),
        groups=np.asarray(["a", "b", "c"]),
        truth=np.asarray([0, 0, 2]),
        probabilities=np.asarray(said, np.float32),
        face_px=np.asarray([200, 23.5, 40], np.float32),
        sharpness=np.zeros(3, np.float32),
        brightness=np.zeros(3, np.float32),
    )


def test_labels_and_sizes_that_occur_are_told(judged: Judged) -> None:
    found = summarise(judged, MANIFEST, "park")
    assert (found.data, found.faces, found.figures["accuracy"]) == ("park", 3, 0.6667)
    assert found.labels == (
        LabelMeasure("mask", 2, 1.0, 0.5),
        LabelMeasure("no_mask", 1, 0.5, 1.0),
    )
    assert found.sizes == (
        SizeMeasure(0, 24, 0.0, 1),
        SizeMeasure(40, 80, 1.0, 1),
        SizeMeasure(160, None, 1.0, 1),
    )


@pytest.mark.parametrize(
    ("trained_on", "expected"),
    [pytest.param(("street",), True, id="elsewhere"), pytest.param(("park",), False, id="known")],
)
def test_faces_of_a_source_that_it_learned_from_are_marked(
    judged: Judged, trained_on: tuple[str, ...], expected: bool
) -> None:
    manifest: ModelManifest = replace(MANIFEST, trained_on=trained_on)
    assert summarise(judged, manifest, "park").is_new_source is expected


def test_the_manifest_keeps_them_by_name_new_sources_first(judged: Judged, tmp_path: Path) -> None:
    made = make_folder()
    for name, content in made.contents.items():
        (tmp_path / name).write_bytes(content)
    manifest = make_manifest("test-1", Task.CLASSIFIER, dict(made.contents))
    write_manifest(tmp_path, replace(manifest, measurements=(OLD, replace(OLD, data="park"))))

    record(tmp_path, judged, "park")

    kept = read_manifest(tmp_path).measurements
    assert [(one.data, one.faces) for one in kept] == [("park", 3), ("lobby", 1)]


def test_a_folder_must_be_named_to_record_into(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["evaluate", str(tmp_path), "--record", "park"])
    assert answer.exit_code == 2
    assert "--weights" in answer.output
