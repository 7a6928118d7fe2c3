"""The command that shows where on faces the classifier looked."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import json_option, long_side_option, min_score_option, with_settings
from launch.commands.printing import print_json
from launch.commands.progress import open_progress

if TYPE_CHECKING:
    from core.settings import Settings
    from models.explanation.faces import FaceExplainer

METHODS = ("fused", "grad-cam", "grad-cam++", "hires-cam", "layer-cam")
LABELS = ("mask", "incorrect_mask", "no_mask")


@click.command()
@click.argument(
    "images",
    nargs=-1,
    required=True,
    metavar="IMAGE...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Picture to write for one IMAGE; a folder for several, or for a folder of them.",
)
@click.option(
    "--label",
    type=click.Choice(LABELS),
    help="The label to explain; default what each face is taken for.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="fused",
    show_default=True,
    help="How; docs/explanation.md compares them.",
)
@click.option("--crop", "is_crop", is_flag=True, help="Each IMAGE is the crop of one face.")
@click.option(
    "--weights",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Model folder with a Keras file, or folder of a training run; default the version in use.",
)
@long_side_option
@min_score_option
@json_option
@with_settings
def explain(
    settings: "Settings",
    /,
    images: tuple[Path, ...],
    output: Path,
    is_crop: bool,
    long_side: int,
    min_score: float | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Show where on each face of IMAGE... the classifier saw what it says.

    An IMAGE may be a folder; more than one picture gives summary.csv and summary.json
    too. See docs/explanation.md.
    """
    from models.runtimes.quiet import need_tensorflow

    need_tensorflow("an explanation")
    from models.explanation.files import ExplainOptions, explain_files, plan, write_summary

    tasks = plan(images, output)
    explainer = _load(settings, **how)
    score, limit = min_score or settings.min_score, settings.media_max_megapixels
    options = ExplainOptions(is_crop, long_side, score, limit)
    with open_progress(as_json=False, aside=True) as progress:

        def moved(done: int) -> None:
            progress.move(done / len(tasks), f"{done} of {len(tasks)} pictures")

        answers = explain_files(tasks, explainer, options, moved)
    if len(tasks) > 1:
        write_summary(answers, explainer, output)
    if as_json:
        print_json(answers)
    for answer in [] if as_json else answers:
        click.echo(answer.get("error") or _in_words(answer))
    sys.exit(1 if any("error" in answer for answer in answers) else 0)


def _load(
    settings: "Settings", label: str | None, method: str, weights: Path | None
) -> "FaceExplainer":
    from core.manifests import Task
    from core.types import Label
    from models.active import locate_active
    from models.detectors.chosen import build_detector
    from models.explanation.faces import FaceExplainer
    from models.explanation.heat import Method
    from models.explanation.network import open_network
    from models.manifest import SHIPPED_CLASSIFIER
    from models.runtimes.cores import count_cores

    active = locate_active(settings)
    network = open_network(weights or active.get(Task.CLASSIFIER, SHIPPED_CLASSIFIER))
    choice = settings.detector_choice
    detector = build_detector(
        choice, count_cores(), active.get(Task.DETECTOR), settings.runtime_choice
    )
    return FaceExplainer(network, detector, Method(method), Label(label) if label else None)


def _in_words(answer: dict[str, Any]) -> str:
    """`a.jpg: mask (97 %), 61 % of its heat on nose, mouth and chin -> a.explained.jpg`."""
    faces = "; ".join(
        f"{face['label']} ({face['probability']:.0%}), {face['share_on_lower_face']:.0%} of its "
        "heat on nose, mouth and chin"
        for face in answer["faces"]
    )
    return f"{answer['file']}: {faces or 'no face'} -> {answer['output']}"
