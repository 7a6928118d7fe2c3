"""Read boxes in the layout of Pascal VOC: one XML file a picture."""

import xml.etree.ElementTree as ElementTree  # _parse refuses what makes it dangerous
from pathlib import Path

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

SIZE_MAX = 5_000_000
"""Bytes of an annotation file; ten thousand boxes are one million."""


def read_voc(pictures: Pictures, names: LabelNames) -> Listing | None:
    """Read every XML file with the root `annotation`; None if there is none."""
    listing = Listing("Pascal VOC boxes (XML)")
    is_voc = False
    for path in walk(pictures.folder):
        if path.suffix.lower() != ".xml":
            continue
        try:
            root = _parse(path)
            is_voc |= root.tag == "annotation"
            if root.tag == "annotation":
                _read_annotation(path, root, pictures, names, listing)
        except BadDataset as error:
            listing.broken.append(str(error))
            is_voc = True
    return listing if is_voc else None


def _read_annotation(
    path: Path,
    root: ElementTree.Element,
    pictures: Pictures,
    names: LabelNames,
    listing: Listing,
) -> None:
    """Take the boxes of one file."""
    picture = pictures.find(root.findtext("filename") or path.stem, path)
    picture = picture or pictures.find(path.stem, path)
    if picture is None:
        listing.lost.append(path.relative_to(pictures.folder).as_posix())
        return
    split = split_of(path, pictures.folder) or split_of(picture, pictures.folder)
    for thing in root.iter("object"):
        name = thing.findtext("name") or ""
        label = names.find(name)
        if label is None:
            listing.unknown[name] += 1
            continue
        listing.spellings[name] = label
        listing.faces.append(Found(picture, _box(thing, path), label, split))


def _box(thing: ElementTree.Element, path: Path) -> BoxXyxy:
    """xyxy in pixels."""
    try:
        left, top, right, bottom = (
            float(thing.findtext(f"bndbox/{side}") or "")
            for side in ("xmin", "ymin", "xmax", "ymax")
        )
    except ValueError as error:
        raise BadDataset(
            f"{path}: expected numbers in xmin, ymin, xmax and ymax of each bndbox ({error})"
        ) from error
    return left, top, right, bottom


def _parse(path: Path) -> ElementTree.Element:
    """Parse a file without entities: those can be made to fill the memory, or to read other files.

    Decoded by us, so that no other encoding hides a document type. Raises BadDataset.
    """
    try:
        if path.stat().st_size > SIZE_MAX:
            raise BadDataset(
                f"{path}: over {SIZE_MAX // 1_000_000} MB; expected one picture's boxes"
            )
        text = path.read_text(encoding="utf-8-sig")
        if "<!DOCTYPE" in text:
            raise BadDataset(
                f"{path}: holds a document type, which Pascal VOC has none of; remove it"
            )
        return ElementTree.fromstring(text)  # noqa: S314  # without document type there are no entities
    except (OSError, UnicodeDecodeError, ElementTree.ParseError, ValueError) as error:
        raise BadDataset(f"{path}: not readable as XML in UTF-8 ({error})") from error
