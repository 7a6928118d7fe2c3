"""The commands that look at people's pictures."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from launch.commands.options import (
    json_option,
    long_side_option,
    min_score_option,
    weights_option,
    with_settings,
)
from launch.commands.printing import print_answers

if TYPE_CHECKING:
    from core.settings import Settings

pictures_argument = click.argument(
    "images", nargs=-1, required=True, metavar="IMAGE...", type=click.Path(path_type=Path)
)
tiles_option = click.option(
    "--tiles",
    metavar="off|auto|CxR",
    callback=lambda _context, _option, text: text and _check_tiles(text),
    help="Look for small faces in so many columns x rows of tiles as well, or as each picture's "
    "size asks for; default $MASKWATCH_DETECTOR_TILES, or off. Pays with a larger --long-side.",
)


@click.command()
@pictures_argument
@json_option
@long_side_option
@min_score_option
@click.option("--no-exif", is_flag=True, help="Ignore the orientation that the file names.")
@tiles_option
@weights_option
@with_settings
def detect(
    settings: "Settings",
    images: tuple[Path, ...],
    as_json: bool,
    long_side: int,
    min_score: float | None,
    no_exif: bool,
    tiles: str | None,
    weights: tuple[Path, ...],
) -> None:
    """Find the faces in pictures, and whether each wears a mask."""
    from core.picture_questions import PictureOptions
    from models.active import load_active
    from models.answers import detect_files

    chosen = settings.model_copy(update={"detector_tiles": tiles or settings.detector_tiles})
    analyser = load_active(chosen, weights)
    score = min_score or settings.min_score
    options = PictureOptions(long_side, score, not no_exif, settings.media_max_megapixels)
    print_answers(detect_files(images, analyser, options), as_json)


@click.command()
@pictures_argument
@json_option
@weights_option
@with_settings
def classify(
    settings: "Settings", images: tuple[Path, ...], as_json: bool, weights: tuple[Path, ...]
) -> None:
    """Say what each picture, one face crop, wears."""
    from models.active import load_active_classifier
    from models.answers import classify_files

    classifier = load_active_classifier(settings, weights)
    print_answers(classify_files(images, classifier, settings.media_max_megapixels), as_json)


def _check_tiles(text: str) -> str:
    """Refuse as bad use what are no tiles."""
    from core.detectors import parse_tiles
    from core.errors import BadSettings

    try:
        parse_tiles(text)
    except BadSettings as error:
        raise click.BadParameter(str(error)) from error
    return text
