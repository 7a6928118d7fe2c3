"""Pictures and folders are explained into files, with a summary and clear errors."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli import main
from core.errors import BadSettings
from core.types import Label
from launch.commands import explaining
from models.explanation.faces import FaceExplainer
from models.explanation.files import ExplainOptions, explain_files, plan, write_summary
from models.explanation.heat import Method
from models.explanation.network import BEST_OF_RUN, OpenedNetwork
from tests.models.explanation.networks import patch, see_blue
from tests.models.explanation.test_explain import FakeDetector
from tests.models.faces import draw_face

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def save(path: Path, picture: np.ndarray | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), patch("blue") if picture is None else picture)
    return path


def test_one_picture_is_written_to_the_file_that_is_named(tmp_path: Path) -> None:
    [task] = plan([tmp_path / "a.jpg"], tmp_path / "b.png")

    assert task.output == tmp_path / "b.png"


def test_a_folders_pictures_keep_their_places(tmp_path: Path) -> None:
    save(tmp_path / "in" / "a.png")
    save(tmp_path / "in" / "deep" / "b.png")
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    save(tmp_path / "in" / "a.explained.jpg")

    tasks = plan([tmp_path / "in"], tmp_path / "out")

    written = [task.output.relative_to(tmp_path / "out").as_posix() for task in tasks]
    assert written == ["a.explained.jpg", "deep/b.explained.jpg"]


def test_pictures_of_one_name_are_numbered() -> None:
    tasks = plan([Path("x/a.jpg"), Path("y/a.jpg"), Path("y/a.png")], Path("out"))

    assert [task.output.name for task in tasks] == [
        "a.explained.jpg",
        "a-2.explained.jpg",
        "a-3.explained.jpg",
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        pytest.param(["a.jpg", "b.jpg"], "need a folder", id="several pictures, one file"),
        pytest.param(["empty"], "found no picture", id="no picture"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, names: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    output = tmp_path / ("out.jpg" if len(names) > 1 else "out")

    with pytest.raises(BadSettings, match=message):
        plan([tmp_path / name for name in names], output)


def explain(network: OpenedNetwork, tmp_path: Path, is_crop: bool = True) -> list[dict[str, Any]]:
    """Explain two crops and a broken file."""
    pictures = [save(tmp_path / "a.png"), save(tmp_path / "b.png", patch("red"))]
    (tmp_path / "c.png").write_bytes(b"broken")
    explainer = FaceExplainer(network, FakeDetector([[4, 4, 28, 28]], [0.9]))
    moves: list[int] = []

    answers = explain_files(
        plan([*pictures, tmp_path / "c.png"], tmp_path / "out"),
        explainer,
        ExplainOptions(is_crop=is_crop),
        moves.append,
    )

    assert moves == [1, 2, 3]
    write_summary(answers, explainer, tmp_path / "out")
    return answers


def test_an_unreadable_picture_is_told_and_the_others_are_drawn(
    network: OpenedNetwork, tmp_path: Path
) -> None:
    first, _, broken = explain(network, tmp_path)

    assert cv2.imread(first["output"]) is not None
    assert broken.keys() == {"file", "error"}
    [face] = first["faces"]
    assert face["box"] is None
    assert face["label"] == "mask"
    assert face["probability"] == face["probabilities"]["mask"]
    assert 0 <= face["share_on_lower_face"] <= 1


def test_faces_of_a_picture_have_boxes_as_detect_gives_them(
    network: OpenedNetwork, tmp_path: Path
) -> None:
    first, *_ = explain(network, tmp_path, is_crop=False)

    assert [face["box"] for face in first["faces"]] == [[4, 4, 24, 24]]


def test_the_summary_has_a_line_a_face_and_means_by_label(
    network: OpenedNetwork, tmp_path: Path
) -> None:
    answers = explain(network, tmp_path)

    with (tmp_path / "out" / "summary.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [row["label"] for row in rows] == ["mask", "no_mask"]
    assert (summary["pictures"], summary["unreadable"]) == (3, 1)
    mask = summary["labels"]["mask"]
    assert mask["mean_share_on_lower_face"] == answers[0]["faces"][0]["share_on_lower_face"]
    assert summary["labels"]["incorrect_mask"]["mean_probability"] is None


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """The folder of a training run."""
    (tmp_path / "run").mkdir()
    see_blue().save(tmp_path / "run" / BEST_OF_RUN)
    return tmp_path / "run"


def run(tmp_path: Path, *arguments: object) -> Result:
    words = ["explain", *map(str, arguments), "--data", str(tmp_path / "data")]
    return CliRunner().invoke(main, words)


def test_the_command_explains_a_crop(tmp_path: Path, run_folder: Path) -> None:
    picture = save(tmp_path / "face.png", draw_face(Label.MASK))

    answer = run(
        tmp_path, picture, "--output", tmp_path / "o.png", "--weights", run_folder, "--crop"
    )

    assert answer.exit_code == 0, answer.output
    assert "of its heat on nose, mouth and chin" in answer.stdout
    assert (tmp_path / "o.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_prints_json_alone_and_exits_with_1_where_a_picture_is_broken(
    tmp_path: Path, run_folder: Path
) -> None:
    save(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "b.png").write_bytes(b"broken")

    answer = run(
        tmp_path,
        tmp_path / "in",
        *("--output", tmp_path / "out", "--weights", run_folder),
        *("--label", "no_mask", "--method", "grad-cam", "--json"),
    )

    assert answer.exit_code == 1
    assert ["error" in each for each in json.loads(answer.stdout)] == [False, True]
    assert (tmp_path / "out" / "summary.json").exists()


def test_a_folder_without_a_network_is_one_clear_sentence(tmp_path: Path) -> None:
    picture = save(tmp_path / "face.png")
    (tmp_path / "none").mkdir()

    answer = run(tmp_path, picture, "--output", "o.jpg", "--weights", tmp_path / "none")

    assert answer.exit_code == 1
    assert "found neither; give the folder of a model version" in answer.stderr


def test_the_commands_choices_are_those_that_there_are() -> None:
    assert [*explaining.METHODS] == [*Method]
    assert [*explaining.LABELS] == [*Label]
