"""The command that writes models for other runtimes."""

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launch.commands.options import json_option, with_settings
from launch.commands.printing import print_json
from launch.commands.progress import open_progress

if TYPE_CHECKING:
    from core.settings import Settings
    from models.exporting.export import Exported
    from models.exporting.keras_files import Reading


@click.command()
@click.argument("model", type=click.Path(exists=True, path_type=Path), required=False)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["openvino", "tflite", "onnx", "saved_model"]),
    required=True,
    help="What to write.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Model folder to make; or a file ending in .xml, .tflite or .onnx, for that alone.",
)
@click.option(
    "--int8",
    is_flag=True,
    help="Reckon in 8-bit integers (openvino and tflite); see --calibration.",
)
@click.option(
    "--calibration",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of some hundred pictures to measure int8's ranges on: faces cut as the detector "
    "cuts them; for a detector whole scenes.",
)
@click.option(
    "--labels",
    help="Of a bare file's outputs, in order and parted by commas. Default mask,no_mask, or "
    "mask,incorrect_mask,no_mask; a single output is the chance of the second.",
)
@click.option(
    "--pixels",
    type=click.Choice(["-1..1", "0..1", "0..255"]),
    help="What a bare file's network wants pixels to be. Default 0..255 where it scales them "
    "itself, otherwise -1..1.",
)
@json_option
@with_settings
def export(
    settings: "Settings",
    model: Path | None,
    format_name: str,
    output: Path,
    int8: bool,
    calibration: Path | None,
    labels: str | None,
    pixels: str | None,
    as_json: bool,
) -> None:
    """Write MODEL for another runtime, load it again and compare the answers.

    MODEL is a model folder (default: the classifier in use), a .keras file, or
    the .h5 file of an older script, whose outputs and pixels --labels and
    --pixels tell of. See docs/models.md.
    """
    from models.runtimes.quiet import need_tensorflow

    need_tensorflow("exporting")
    from core.errors import BadSettings
    from models.active import locate_classifier
    from models.exporting.export import ExportOptions, Format, check_options
    from models.exporting.export import export as export_model

    options = ExportOptions(
        source=model or locate_classifier(settings),
        format=Format(format_name),
        output=output,
        int8=int8,
        calibration=calibration,
        reading=_reading(labels, pixels),
        command=shlex.join(["./maskwatch", *sys.argv[1:]]),
    )
    try:
        check_options(options)
    except BadSettings as error:
        raise click.UsageError(str(error)) from error
    with open_progress(as_json=False, aside=True) as progress:
        exported = export_model(options, progress)
    _tell(exported, as_json)


def _reading(labels: str | None, pixels: str | None) -> "Reading":
    from core.types import Label
    from models.exporting.keras_files import PixelRange, Reading

    try:
        named = tuple(Label(word.strip()) for word in labels.split(",")) if labels else None
    except ValueError as error:
        raise click.BadParameter(f"{error}; expected {', '.join(Label)}") from error
    return Reading(named, PixelRange(pixels) if pixels else None)


def _tell(exported: "Exported", as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "model_version": exported.manifest.model_version,
                "precision": exported.manifest.precision,
                "files": [str(path) for path in exported.files],
                "comparison": asdict(exported.comparison),
            }
        )
        return
    click.echo(f"{exported.manifest.model_version}: {exported.comparison}")
    for path in exported.files:
        click.echo(f"{path.stat().st_size:>10} bytes  {path}")
