"""Answer the command explain: a picture beside each picture, and a summary of many."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.csv_cells import guard_cell
from core.errors import BadPicture, BadSettings
from core.pictures import encode_jpeg, read_picture
from core.types import LABELS, Boxes, Image
from models.explanation.drawing import draw_crop, draw_panel
from models.explanation.faces import Explained, ExplainedPicture, FaceExplainer

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
WRITTEN = ".explained.jpg"
"""How the names of our own pictures end; a folder's are not explained again."""
SUMMARY = "summary"

Answer = dict[str, Any]
"""One entry of the JSON that is printed; see docs for its fields."""


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to explain, and the file to write."""

    picture: Path
    output: Path


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """is_crop: each picture is one face's crop; long_side, min_score: as detect has them."""

    is_crop: bool = False
    long_side: int = 960
    min_score: float = 0.5
    megapixels_max: int = 50


def plan(paths: Sequence[Path], output: Path) -> list[Task]:
    """Say which file each picture's explanation goes to.

    One picture can be given a file; else the output is a folder, in which a
    folder's pictures keep their places. Raises BadSettings.
    """
    is_file = output.suffix.lower() in PICTURE_ENDINGS
    if is_file and len(paths) == 1 and not paths[0].is_dir():
        return [Task(paths[0], output)]
    if is_file:
        raise BadSettings(f"{output}: several pictures need a folder to be written to")
    tasks: dict[Path, Task] = {}
    for path in paths:
        root = path if path.is_dir() else path.parent
        for picture in _pictures_of(path):
            name = picture.relative_to(root)
            place = _free(output / name.with_name(name.stem + WRITTEN), tasks)
            tasks[place] = Task(picture, place)
    return list(tasks.values())


def explain_files(
    tasks: Sequence[Task],
    explainer: FaceExplainer,
    options: ExplainOptions,
    moved: Callable[[int], None],
) -> list[Answer]:
    """Explain each picture, write what is drawn, and answer as `detect --json` does.

    A picture that cannot be read is answered by {"file", "error"}. moved is
    told how many are done.
    """
    answers = []
    for done, task in enumerate(tasks, start=1):
        try:
            answers.append(_explain(task, explainer, options))
        except BadPicture as error:
            answers.append({"file": str(task.picture), "error": str(error)})
        moved(done)
    return answers


def write_summary(answers: Sequence[Answer], explainer: FaceExplainer, folder: Path) -> Answer:
    """Write summary.csv, a line a face, and summary.json, the means of each label."""
    folder.mkdir(parents=True, exist_ok=True)
    faces = [(answer["file"], face) for answer in answers for face in answer.get("faces", [])]
    with (folder / f"{SUMMARY}.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            ["file", *"xywh", "label", "probability", "share_on_lower_face", "lower_face_area"]
        )
        for file, face in faces:
            box = face["box"] or [""] * 4
            figures = [face[name] for name in ("share_on_lower_face", "lower_face_area")]
            writer.writerow([guard_cell(file), *box, face["label"], face["probability"], *figures])
    summary = {
        "model_version": explainer.network.model_version,
        "method": explainer.method,
        "pictures": len(answers),
        "unreadable": sum("error" in answer for answer in answers),
        "labels": {label: _mean_of(label, [face for _, face in faces]) for label in LABELS},
    }
    (folder / f"{SUMMARY}.json").write_text(json.dumps(summary, indent=2) + "\n")
    return summary


def _explain(task: Task, explainer: FaceExplainer, options: ExplainOptions) -> Answer:
    image = read_picture(task.picture, options.megapixels_max)
    words = f"{explainer.method}, {explainer.network.model_version}"
    if options.is_crop:
        explained = explainer.explain_crop(image)
        drawn, described = draw_crop(explained, words), [_describe(explained, None)]
    else:
        found = explainer.explain_picture(image, options.long_side, options.min_score)
        drawn, described = draw_panel(image, found.boxes, found.faces, words), _describe_all(found)
    _write(task.output, _encode(drawn, task.output.suffix.lower()))
    return {"file": str(task.picture), "output": str(task.output), "faces": described}


def _encode(drawn: Image, ending: str) -> bytes:
    if ending in (".jpg", ".jpeg"):
        return encode_jpeg(drawn, quality=92)
    return cv2.imencode(ending, drawn)[1].tobytes()


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise BadSettings(
            f"{path}: cannot be written ({error.strerror}); give another --output"
        ) from error


def _describe_all(found: ExplainedPicture) -> list[Answer]:
    return [_describe(face, box) for face, box in zip(found.faces, found.boxes, strict=True)]


def _describe(face: Explained, box: Boxes | None) -> Answer:
    """box: (4,) xyxy, or None for a crop."""
    found = face.explanation
    shares = zip(LABELS, found.probabilities.tolist(), strict=True)
    return {
        "box": None if box is None else _to_xywh(box),
        "label": found.label,
        "probability": round(found.probability, 4),
        "probabilities": {label: round(share, 4) for label, share in shares},
        "share_on_lower_face": round(found.share_on_lower_face, 4),
        "lower_face_area": round(found.lower_face_area, 4),
    }


def _to_xywh(box: Boxes) -> list[float]:
    left, top, right, bottom = (round(float(side), 1) for side in box)
    return [left, top, round(right - left, 1), round(bottom - top, 1)]


def _mean_of(label: str, faces: Sequence[Answer]) -> Answer:
    """Means are None where no face has the label."""
    chosen = [face for face in faces if face["label"] == label]
    names = ("probability", "share_on_lower_face", "lower_face_area")
    means = {
        f"mean_{name}": round(float(np.mean([face[name] for face in chosen])), 4)
        if chosen
        else None
        for name in names
    }
    return {"faces": len(chosen), **means}


def _pictures_of(path: Path) -> list[Path]:
    """A file itself, or the pictures of a folder and its folders, but for our own."""
    if not path.is_dir():
        return [path]
    found = sorted(
        each
        for each in path.rglob("*")
        if each.suffix.lower() in PICTURE_ENDINGS and not each.name.endswith(WRITTEN)
    )
    if not found:
        raise BadSettings(f"{path}: found no picture ({', '.join(PICTURE_ENDINGS)})")
    return found


def _free(place: Path, taken: dict[Path, Task]) -> Path:
    """Number a name that two pictures share: a.jpg and a.png, or files of two folders."""
    free, number = place, 2
    while free in taken:
        stem = place.name.removesuffix(WRITTEN)
        free, number = place.with_name(f"{stem}-{number}{WRITTEN}"), number + 1
    return free
