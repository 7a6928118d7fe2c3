"""The commands that make and judge models."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import json_option, with_settings
from launch.commands.printing import print_json
from launch.commands.progress import open_progress

if TYPE_CHECKING:
    from core.settings import Settings
    from models.training.options import TrainOptions
    from models.training.progress import Progress

STOPPED = 130
"""Exit status of what was ended by Ctrl-C, as shells have it."""

faces_argument = click.argument(
    "faces", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
label_names_option = click.option(
    "--label-name",
    "spellings",
    multiple=True,
    metavar="NAME=LABEL",
    callback=lambda _context, _option, given: tuple(map(_split_spelling, given)),
    help="What a folder's or box's name means: mask, incorrect_mask, no_mask or ignore; "
    "repeatable.",
)
folder_option = click.option(
    "--weights",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Model folder; default the version in use.",
)


def _knob(name: str, kind: Any, words: str) -> Callable[..., Any]:
    """An option that has the recipe's value where it is not given."""
    return click.option(name, type=kind, help=words)


@click.command()
@faces_argument
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs/classifier"),
    show_default=True,
    help="Folder of checkpoint, history, plot and weights.",
)
@click.option(
    "--recipe",
    type=click.Choice(["robust", "classic"]),
    default="robust",
    show_default=True,
    help="classic: the usual script, as a baseline to compare with.",
)
@click.option(
    "--base-weights",
    help="What to start from: ours (the shipped network), imagenet (out of Keras's cache), none, "
    "a file or a model folder. Default: ours; of the classic recipe imagenet.",
)
@label_names_option
@click.option(
    "--leave-out", "left_out", multiple=True, help="A source not to learn from; repeatable."
)
@_knob("--side", click.IntRange(32, 512), "Pixels of the network's input; default 128.")
@click.option(
    "--width",
    "alpha",
    type=click.Choice(["1.0", "0.35"]),
    help="Of MobileNetV2's layers; default 1.0.",
)
@_knob("--frozen-epochs", click.IntRange(0), "Epochs of the new layers alone; default 1.")
@click.option(
    "--epochs",
    "full_epochs",
    type=click.IntRange(0),
    help="Epochs after them, in which MobileNetV2 learns too; default 8.",
)
@_knob("--patience", click.IntRange(1), "Epochs without a better macro-F1 to end after; default 4.")
@click.option(
    "--draws",
    "draws_per_epoch",
    type=click.IntRange(1),
    help="Pictures of an epoch; default 20 for each face, 320 to 5000.",
)
@click.option(
    "--first-layer",
    help="Layer from which MobileNetV2 learns, or all; default block_3_expand.",
)
@_knob("--batch", click.IntRange(1), "Pictures of a step; default 32.")
@_knob(
    "--frozen-rate", click.FloatRange(0, min_open=True), "Rate of the new layers; default 0.002."
)
@click.option(
    "--rate",
    "full_rate",
    type=click.FloatRange(0, min_open=True),
    help="Highest rate of the epochs after them; default 0.0002.",
)
@_knob(
    "--warm-up", click.FloatRange(0, 1), "Share of steps in which that rate rises; default 0.05."
)
@_knob("--weight-decay", click.FloatRange(0), "Of Adam, as AdamW has it; default 0.0.")
@_knob("--dropout", click.FloatRange(0, 0.9), "Before the last layer; default 0.2.")
@_knob("--label-smoothing", click.FloatRange(0, 0.5), "Of the targets; default 0.05.")
@_knob("--averaging", click.FloatRange(0, 0.99999), "Of the weights, each step; default 0.99.")
@_knob("--seed", int, "Of all that is drawn by lot; default 1.")
@click.option("--resume", is_flag=True, help="Go on from the output folder's checkpoint.")
@click.option("--json", "as_json", is_flag=True, help="Print progress as lines of JSON.")
@with_settings
def train(_: "Settings", /, faces: Path, as_json: bool, **knobs: Any) -> None:
    """Train the mask classifier on FACES, a folder of labelled pictures.

    FACES holds train/mask, train/no_mask, train/incorrect_mask (and the same under val), or
    pictures with boxes: Pascal VOC, COCO or YOLO. Ctrl-C saves where it stands; --resume
    goes on from there. See docs/training.md.
    """
    from models.runtimes.quiet import need_tensorflow

    need_tensorflow("training")
    from core.processes import stop_on_signals
    from models.training.train import train as train_classifier

    options = _train_options(faces, knobs)
    stop = stop_on_signals()
    with open_progress(as_json) as progress:
        weights = train_classifier(options, progress, stop)
        if weights:
            _say_what_next(progress, faces, weights)
        elif any(options.output.glob("checkpoint-*")):
            progress.say(f"go on with: {_to_resume()}")
    sys.exit(0 if weights else STOPPED)


def _train_options(faces: Path, knobs: dict[str, Any]) -> "TrainOptions":
    """Take the recipe's values where no other was given."""
    from models.training.options import Recipe, options_of

    given = {name: value for name, value in knobs.items() if value is not None}
    if "alpha" in given:
        given["alpha"] = float(given["alpha"])
    if given.get("first_layer") == "all":
        given["first_layer"] = None
    recipe = Recipe(given.pop("recipe"))
    if recipe is Recipe.CLASSIC and "full_epochs" in given:
        given["frozen_epochs"] = given.pop("full_epochs")
    return options_of(recipe, data=faces, command=_command_line(), **given)


def _split_spelling(given: str) -> tuple[str, str]:
    name, sign, label = given.rpartition("=")
    if not (name and sign and label):
        raise click.BadParameter(f"{given!r}: expected NAME=LABEL, as in helmet=ignore")
    return name, label


def _command_line() -> str:
    return shlex.join(["./maskwatch", *sys.argv[1:]])


def _to_resume() -> str:
    words = [word for word in sys.argv[1:] if word != "--resume"]
    return shlex.join(["./maskwatch", *words, "--resume"])


def _say_what_next(progress: "Progress", faces: Path, weights: Path) -> None:
    folder, data = shlex.quote(str(weights)), shlex.quote(str(faces))
    progress.say(f"judge it:   ./maskwatch evaluate {data} --weights {folder}")
    progress.say(f"register it: ./maskwatch model add {folder}")


@click.command()
@faces_argument
@folder_option
@click.option("--source", help="Judge by all faces of this source, which training left out.")
@click.option("--all", "everything", is_flag=True, help="Judge by all faces, whatever their split.")
@label_names_option
@click.option(
    "--side",
    type=click.IntRange(8, 512),
    help="Shrink each face's crop to so many pixels first, as if it were farther away.",
)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Page to write, one file."
)
@click.option(
    "--mistakes",
    type=click.IntRange(0, 500),
    default=40,
    show_default=True,
    help="Pictures of the worst mistakes in the page.",
)
@click.option("--no-pictures", is_flag=True, help="Show no face in the page.")
@click.option(
    "--record",
    metavar="NAME",
    help="Keep the figures in the manifest of --weights, under a name of these faces.",
)
@json_option
@with_settings
def evaluate(
    settings: "Settings",
    /,
    faces: Path,
    weights: Path | None,
    html: Path | None,
    mistakes: int,
    no_pictures: bool,
    record: str | None,
    as_json: bool,
    **choice: Any,
) -> None:
    """Judge the mask classifier by labelled FACES that it was not trained on.

    FACES is a folder as for train; its test split is judged unless --source or --all
    says otherwise. See docs/evaluation.md.
    """
    from models.active import locate_classifier
    from models.training.evaluate import EvaluateOptions
    from models.training.evaluate import evaluate as evaluate_classifier
    from models.training.measurements import record as record_measurement
    from models.training.report.words import tell, to_json

    if record and not weights:
        raise click.UsageError("--record writes into a model folder; name it with --weights")
    shown = 0 if no_pictures else mistakes
    folder = weights or locate_classifier(settings)
    options = EvaluateOptions(faces, folder, mistakes=shown, **choice)
    with open_progress(as_json=False, aside=True) as progress:
        evaluation = evaluate_classifier(options, progress, settings.runtime_choice)
    if html:
        from models.training.report.page import write_page

        write_page(evaluation, html)
    if record and weights:
        record_measurement(weights, evaluation.judged, record)
    if as_json:
        print_json(to_json(evaluation))
    else:
        click.echo(tell(evaluation))
