"""Judge a classifier by labelled faces that it was not trained on.

The faces are cut as serving cuts them, a few hundred at a time; what is kept
of each is a line of figures, and of the mistakes their pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from core.assets import asset_path
from core.errors import BadSettings
from core.face_crops import CONTEXT
from core.manifests import ModelManifest
from core.runtimes import RuntimeChoice
from core.types import Image, Probabilities
from models.analysis import MaskClassifier, load_classifier
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.preprocess import resize, sharpness
from models.runtimes.cores import count_cores
from models.training.datasets import is_index, read_dataset
from models.training.examples import Example, Split, read_examples
from models.training.progress import Progress
from models.training.samples import Sample, load_samples, serving_crop
from models.training.slices import Judged, Slicing, find_worst, part

CHUNK = 256
"""Faces in memory at a time, some 30 MB."""


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What to judge, and by what."""

    faces: Path
    """Folder of labelled faces; see docs/training.md for its layouts."""
    weights: Path = SHIPPED_CLASSIFIER
    source: str | None = None
    """All faces of this source, which training left out, in place of the test split."""
    everything: bool = False
    """All faces of the folder, which training never saw."""
    spellings: tuple[tuple[str, str], ...] = ()
    """What the folder's names mean, as (name, label), where it is not plain."""
    side: int | None = None
    """Shrink each crop to so many pixels first, as if the face were farther away."""
    mistakes: int = 40
    """Pictures of the worst mistakes to keep; 0 keeps none."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer; place: its row in Judged; picture: the crop as the classifier had it."""

    place: int
    picture: Image


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that a report tells."""

    manifest: ModelManifest
    judged: Judged
    slicings: tuple[Slicing, ...]
    mistakes: tuple[Mistake, ...]
    choice: str
    """How the faces were chosen, in a sentence."""
    notes: tuple[str, ...]
    """What a reader must know before believing the figures."""


def evaluate(
    options: EvaluateOptions, progress: Progress, runtime: RuntimeChoice | None = None
) -> Evaluation:
    """Choose the faces, judge them, part them. Raises BadSettings if there is none."""
    manifest = read_manifest(options.weights)
    classifier = load_classifier(options.weights, count_cores(), runtime)
    choice = read_choice(options, progress)
    rows, done = Rows(), 0
    for chunk in chunks(choice.examples, CHUNK):
        samples = load_samples(chunk, asset_path("centerface.onnx"), count_cores(), progress.say)
        rows.add(samples, classifier, options)
        done += len(chunk)
        progress.move(done / len(choice.examples), f"{done} of {len(choice.examples)} faces")
    judged = rows.to_judged()
    worst = find_worst(judged, options.mistakes).tolist()
    return Evaluation(
        manifest=manifest,
        judged=judged,
        slicings=part(judged),
        mistakes=tuple(Mistake(place, rows.wrong[place]) for place in worst),
        choice=choice.words,
        notes=(*choice.notes, *warn_of_known_faces(manifest, judged)),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Examples to judge by, in a sentence how they were chosen, and what is against them."""

    examples: tuple[Example, ...]
    words: str
    notes: tuple[str, ...] = ()


def read_choice(options: EvaluateOptions, progress: Progress) -> Choice:
    """Read the folder in its layout and choose. Raises BadSettings and BadDataset."""
    if is_index(options.faces):
        return choose(read_examples(options.faces), options)
    dataset = read_dataset(options.faces, progress, spellings=dict(options.spellings))
    for note in dataset.notes:
        progress.say(note)
    examples = [*dataset.train, *dataset.validation, *dataset.test]
    if options.everything or options.source:
        return choose(examples, options)
    if dataset.test:
        return _sorted(
            Choice(dataset.test, "The test part, which training does not open."), examples
        )
    words = "The validation part, since the folder has no test part."
    note = (
        "The validation part chose the epoch where a model was trained on this folder: it flatters."
    )
    return _sorted(Choice(dataset.validation, words, (note,)), examples)


def choose(examples: Sequence[Example], options: EvaluateOptions) -> Choice:
    """Take everything, or all of a source that was left out of training, or an index's test split.

    Raises BadSettings if that is nothing.
    """
    if options.everything:
        return _sorted(Choice(tuple(examples), "All faces of the folder."), examples)
    if options.source:
        chosen = tuple(example for example in examples if example.source == options.source)
        words = f"All faces of the source {options.source}, whatever their split."
        return _sorted(Choice(chosen, words), examples)
    chosen = tuple(example for example in examples if example.split is Split.TEST)
    words = (
        "The test split: whole groups of near-duplicates, which training does not open, of "
        "sources that it learns from."
    )
    return _sorted(Choice(chosen, words), examples)


def _sorted(choice: Choice, examples: Sequence[Example]) -> Choice:
    """Sort by path, for each picture is read once for all of its faces; refuse an empty choice."""
    if not choice.examples:
        sources = ", ".join(sorted({example.source for example in examples}))
        raise BadSettings(
            f"no face to judge by: expected those that are chosen here ({choice.words}), found "
            f"only others, of {sources}; name one of these with --source, or give --all"
        )
    in_order = sorted(choice.examples, key=lambda example: (example.path, example.seconds or 0))
    return replace(choice, examples=tuple(in_order))


def chunks(examples: Sequence[Example], count: int) -> Iterator[list[Example]]:
    """Part the examples, sorted by path, into runs of about so many; pictures stay whole."""
    chunk: list[Example] = []
    for _, of_picture in groupby(examples, key=lambda example: example.path):
        chunk += of_picture
        if len(chunk) >= count:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Rows:
    """Collects what is known of each face; keeps the pictures of wrong answers alone."""

    def __init__(self) -> None:
        self.wrong: dict[int, Image] = {}
        self._faces: list[_Face] = []
        self._probabilities: list[Probabilities] = []

    def add(
        self, samples: Sequence[Sample], classifier: MaskClassifier, options: EvaluateOptions
    ) -> None:
        """Cut the faces as serving does, and classify them."""
        crops = [serving_crop(sample) for sample in samples]
        if options.side:
            crops = [resize(crop, options.side) for crop in crops]
        probabilities = classifier.classify(crops)
        said = probabilities.argmax(axis=1)
        for sample, crop, sharp, label in zip(samples, crops, sharpness(crops), said, strict=True):
            if label != sample.label:
                self.wrong[len(self._faces)] = crop.copy()
            path = sample.path
            if path.is_relative_to(options.faces):
                path = path.relative_to(options.faces)
            self._faces.append(
                _Face(
                    path,
                    sample.source,
                    sample.group,
                    sample.label,
                    _seen_px(sample, options.side),
                    float(sharp),
                    _brightness(crop),
                )
            )
        self._probabilities.append(probabilities)

    def to_judged(self) -> Judged:
        """Raises BadSettings if no face was added."""
        if not self._faces:
            raise BadSettings("none of the pictures could be read; see the lines above")
        faces = self._faces
        return Judged(
            paths=tuple(face.path for face in faces),
            sources=np.asarray([face.source for face in faces]),
            groups=np.asarray([face.group for face in faces]),
            truth=np.asarray([face.label for face in faces], np.int64),
            probabilities=np.concatenate(self._probabilities),
            face_px=np.asarray([face.face_px for face in faces], np.float32),
            sharpness=np.asarray([face.sharpness for face in faces], np.float32),
            brightness=np.asarray([face.brightness for face in faces], np.float32),
        )


def warn_of_known_faces(manifest: ModelManifest, judged: Judged) -> tuple[str, ...]:
    """Say which of the faces' sources the model has learned from."""
    known = sorted(set(manifest.trained_on) & set(judged.sources.tolist()))
    if not known:
        return ()
    return (
        f"The model was trained on {'the source' if len(known) == 1 else 'the sources'} "
        f"{', '.join(known)}, which these faces come from too. On a source that it never saw, "
        "and your cameras are one, expect fewer right answers than stand here.",
    )


@dataclass(frozen=True, slots=True)
class _Face:
    path: Path
    source: str
    group: str
    label: int
    face_px: float
    sharpness: float
    brightness: float


def _seen_px(sample: Sample, side: int | None) -> float:
    """Pixels of the face's longer side, as far as the classifier was shown them."""
    return min(sample.face_px, side / CONTEXT) if side else sample.face_px


def _brightness(crop: Image) -> float:
    return float(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).mean())
