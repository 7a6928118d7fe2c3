"""Read boxes in the layout of COCO: one JSON file of images, annotations and categories."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import BadDataset
from models.training.examples import Split
from models.training.layouts.label_names import LabelNames
from models.training.layouts.listing import (
    SPLITS,
    BoxXyxy,
    Found,
    Listing,
    Pictures,
    split_of,
    walk,
)

KEYS = {"images", "annotations", "categories"}
SIZE_MAX = 500_000_000
"""Bytes; all of COCO 2017 is 450 MB."""


def read_coco(pictures: Pictures, names: LabelNames) -> Listing | None:
    """Read every JSON file that has COCO's three lists; None if there is none."""
    listing = Listing("COCO boxes (JSON)")
    is_coco = False
    for path in walk(pictures.folder):
        if path.suffix.lower() != ".json":
            continue
        try:
            content = _parse(path)
            if isinstance(content, dict) and content.keys() >= KEYS:
                is_coco = True
                _read_annotations(path, content, pictures, names, listing)
        except (KeyError, TypeError, ValueError, AttributeError, BadDataset) as error:
            listing.broken.append(f"{path}: not COCO's JSON ({error!r})")
    return listing if is_coco else None


def _read_annotations(
    path: Path, content: Mapping[str, Any], pictures: Pictures, names: LabelNames, listing: Listing
) -> None:
    """Take the boxes of one file; crowds are left out."""
    categories = {each["id"]: str(each["name"]) for each in content["categories"]}
    files = {each["id"]: str(each["file_name"]) for each in content["images"]}
    found = {number: pictures.find(files[number], path) for number in files}
    listing.lost += [files[number] for number in files if found[number] is None]
    for annotation in content["annotations"]:
        picture = found[annotation["image_id"]]
        name = categories[annotation["category_id"]]
        label = names.find(name)
        if label is None:
            listing.unknown[name] += 1
        elif picture is not None and not annotation.get("iscrowd"):
            listing.spellings[name] = label
            split = _split(path, picture, pictures.folder)
            listing.faces.append(Found(picture, _box(annotation["bbox"]), label, split))


def _box(xywh: Any) -> BoxXyxy:
    x, y, width, height = (float(value) for value in xywh)
    return x, y, x + width, y + height


def _split(path: Path, picture: Path, folder: Path) -> Split | None:
    """By the folders of file and picture, or a word of the file's name: instances_val2017.json."""
    words = path.stem.lower().replace("-", "_").replace(".", "_").split("_")
    named = [
        SPLITS[word.rstrip("0123456789")] for word in words if word.rstrip("0123456789") in SPLITS
    ]
    return split_of(path, folder) or split_of(picture, folder) or (named[0] if named else None)


def _parse(path: Path) -> Any:
    if path.stat().st_size > SIZE_MAX:
        raise BadDataset(f"{path}: over {SIZE_MAX // 1_000_000} MB; split it")
    try:
        return json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
