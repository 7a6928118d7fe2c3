"""Read boxes in the layout of YOLO: a text file a picture, and a list of names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from core.errors import BadDataset
from models.training.layouts.label_names import LabelNames
from models.training.layouts.listing import (
    BoxXyxy,
    Found,
    Listing,
    Pictures,
    split_of,
    walk,
)

NAME_LISTS = (
    "classes.txt",
    "obj.names",
    "_darknet.labels",
    "labels.names",
    "predefined_classes.txt",
)
SIZE_MAX = 1_000_000
"""Bytes of a list of names or of a picture's boxes."""


def read_yolo(pictures: Pictures, names: LabelNames) -> Listing | None:
    """Read the text files beside a list of names; None if there is no such list."""
    listing = Listing("YOLO boxes (text)")
    classes = _read_names(pictures.folder, listing)
    if classes is None:
        return None
    for path in walk(pictures.folder):
        if path.suffix.lower() == ".txt" and path.name.lower() not in NAME_LISTS:
            _read_labels(path, classes, pictures, names, listing)
    return listing


def _read_labels(
    path: Path, classes: Sequence[str], pictures: Pictures, names: LabelNames, listing: Listing
) -> None:
    """Take the boxes of one picture; a file that belongs to none is told if it holds boxes."""
    lines = [line.split() for line in _read_text(path, listing).splitlines() if line.strip()]
    picture = pictures.find(path.stem, path)
    if picture is None:
        if lines and all(_is_box(words) for words in lines):
            listing.lost.append(path.relative_to(pictures.folder).as_posix())
        return
    split = split_of(path, pictures.folder) or split_of(picture, pictures.folder)
    for words in lines:
        if not _is_box(words) or int(words[0]) >= len(classes):
            listing.broken.append(
                f"{path}: expected `class x y width height` with a class below {len(classes)}, "
                f"found {' '.join(words)[:60]!r}"
            )
            continue
        name = classes[int(words[0])]
        label = names.find(name)
        if label is None:
            listing.unknown[name] += 1
            continue
        listing.spellings[name] = label
        box = _box([float(word) for word in words[1:]])
        listing.faces.append(Found(picture, box, label, split, is_relative=True))


def _is_box(words: Sequence[str]) -> bool:
    """A class, then a box, or a polygon of at least three points."""
    try:
        values = [float(word) for word in words[1:]]
    except ValueError:
        return False
    has_shape = len(values) in (4, 5) or (len(values) >= 6 and len(values) % 2 == 0)
    return words[0].isdecimal() and has_shape


def _box(values: Sequence[float]) -> BoxXyxy:
    """xyxy in shares of the sides; a fifth value of a box is a score."""
    if len(values) >= 6:
        return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])
    x, y, width, height = values[:4]
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _read_names(folder: Path, listing: Listing) -> list[str] | None:
    """The classes' names, by data.yaml or a list of names; None if there is neither."""
    for path in walk(folder):
        if path.name.lower() in NAME_LISTS:
            return [line.strip() for line in _read_text(path, listing).splitlines() if line.strip()]
        if path.suffix.lower() in (".yaml", ".yml"):
            names = _names_of(_read_yaml(path, listing))
            if names is not None:
                return names
    return None


def _names_of(content: Any) -> list[str] | None:
    """Names are a list, or a mapping from numbers."""
    names = content.get("names") if isinstance(content, dict) else None
    if isinstance(names, list):
        return [str(name) for name in names]
    if isinstance(names, dict) and all(isinstance(number, int) for number in names):
        return [str(names.get(number, "")) for number in range(max(names, default=-1) + 1)]
    return None


def _read_yaml(path: Path, listing: Listing) -> Any:
    try:
        return yaml.safe_load(_read_text(path, listing))
    except (yaml.YAMLError, RecursionError) as error:
        listing.broken.append(f"{path}: not readable as YAML ({str(error).splitlines()[0]})")
        return None


def _read_text(path: Path, listing: Listing) -> str:
    try:
        if path.stat().st_size > SIZE_MAX:
            raise BadDataset(
                f"{path}: over {SIZE_MAX // 1_000_000} MB; expected one picture's boxes"
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, BadDataset) as error:
        listing.broken.append(f"{path}: not readable as text ({error})")
        return ""
