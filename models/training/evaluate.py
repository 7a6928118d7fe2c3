"""Evaluate served weights on faces that they were not trained on.

`python -m models.training.evaluate --data FOLDER [--weights FOLDER] [--source NAME] [--side N]`
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from core.assets import asset_path
from models.analysis import MaskClassifier
from models.classifier import OpenVinoClassifier
from models.manifest import SHIPPED_CLASSIFIER
from models.preprocess import resize
from models.runtimes.cores import count_cores
from models.training.examples import Example, Split, read_examples
from models.training.figures import Figures, in_words, measure
from models.training.samples import Sample, load_samples, serving_crop


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of the test split, or of one source that was left out."""
    options = _parse(arguments)
    examples = choose(read_examples(options.data), options.source)
    threads = count_cores()
    classifier = OpenVinoClassifier(options.weights, threads)
    detector = asset_path("centerface.onnx")
    samples = load_samples(examples, detector, threads, report=_complain)
    figures = {"all": evaluate(classifier, samples, options.side)}
    for source in sorted({sample.source for sample in samples}):
        of_source = [each for each in samples if each.source == source]
        figures[source] = evaluate(classifier, of_source, options.side)
    if options.json:
        print(json.dumps({name: asdict(each) for name, each in figures.items()}, indent=2))
        return
    print(f"model {classifier.model_version}")
    for name, each in figures.items():
        print(f"\n{name}: {in_words(each)}")


def choose(examples: Sequence[Example], left_out_source: str | None) -> list[Example]:
    """All of a source that was left out of training, or else the test split of all."""
    if left_out_source:
        return [example for example in examples if example.source == left_out_source]
    return [example for example in examples if example.split is Split.TEST]


def evaluate(
    classifier: MaskClassifier, samples: Sequence[Sample], side: int | None = None
) -> Figures:
    """Classify the faces as serving cuts them; side: as if so many pixels of each were seen."""
    crops = [serving_crop(sample) for sample in samples]
    if side:
        crops = [resize(crop, side) for crop in crops]
    truth = np.asarray([sample.label for sample in samples], np.int64)
    return measure(classifier.classify(crops), truth)


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Evaluate the mask classifier.")
    parser.add_argument("--data", type=Path, required=True, help="Folder of labelled faces.")
    parser.add_argument(
        "--weights", type=Path, default=SHIPPED_CLASSIFIER, help="Folder of the weights."
    )
    parser.add_argument("--source", help="All of this source, which training left out.")
    parser.add_argument("--side", type=int, help="Shrink each crop to so many pixels first.")
    parser.add_argument("--json", action="store_true", help="Print JSON.")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
