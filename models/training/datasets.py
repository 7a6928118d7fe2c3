"""Read a folder of labelled faces in any layout, and part it for training.

Layouts: our index; folders named after labels; boxes of Pascal VOC, COCO and
YOLO. See docs/training.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from core.errors import BadDataset
from core.types import Label
from models.training.examples import Example, Split, leave_out, read_examples
from models.training.inspection import Inspection, Seen, group_alike, group_same, inspect
from models.training.layouts.coco import read_coco
from models.training.layouts.folders import read_folders
from models.training.layouts.label_names import LabelNames, Spellings
from models.training.layouts.listing import BoxXyxy, Found, Listing, Pictures, walk
from models.training.layouts.voc import read_voc
from models.training.layouts.yolo import read_yolo
from models.training.progress import Progress
from models.training.splitting import (
    TEST_FROM,
    TEST_SHARE,
    VALIDATION_SHARE,
    choose_splits,
)

SHOWN = 10
"""Of a list of bad files that are named; the rest is counted."""
FACE_SIDE_MIN = 4.0
"""Pixels of a box's shorter side; nothing can be said of less."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Faces that can be read, by what they are for, and what is to be said of the folder.

    inspection is of all pictures, also of those left out.
    """

    folder: Path
    layout: str
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    notes: tuple[str, ...]
    inspection: Inspection

    @property
    def parts(self) -> dict[Split, tuple[Example, ...]]:
        return {
            Split.TRAIN: self.train,
            Split.VALIDATION: self.validation,
            Split.TEST: self.test,
        }


def read_dataset(
    folder: Path,
    progress: Progress,
    left_out: Sequence[str] = (),
    spellings: Spellings | None = None,
) -> Dataset:
    """Read a folder in the layout that it has, and look at every picture once.

    left_out: sources not to be learned from, with whatever shares a group with
    them. spellings: a dataset's names for our labels. Raises BadDataset and
    BadSettings.
    """
    if is_index(folder):
        dataset = _read_index(folder, progress)
    else:
        dataset = _read_foreign(folder, progress, LabelNames(spellings or {}))
    return _leave_out(dataset, left_out) if left_out else dataset


def is_index(folder: Path) -> bool:
    """Say whether the folder has our own layout."""
    has_scenes = next(folder.glob("scenes/*/annotations.json"), None) is not None
    return has_scenes or (folder / "faces" / "index.csv").exists()


def _read_index(folder: Path, progress: Progress) -> Dataset:
    """Our layout: sources and groups are named, and the groups decide the split."""
    examples = read_examples(folder)
    # Frames of videos are read when they are needed.
    inspection = inspect((each.path for each in examples if each.seconds is None), progress)
    readable = [
        each for each in examples if each.seconds is not None or each.path in inspection.seen
    ]
    parts = {split: tuple(each for each in readable if each.split is split) for split in Split}
    return Dataset(
        folder,
        "an index with sources and groups",
        parts[Split.TRAIN],
        parts[Split.VALIDATION],
        parts[Split.TEST],
        (),
        inspection,
    )


def _read_foreign(folder: Path, progress: Progress, names: LabelNames) -> Dataset:
    """Another layout: what is not parted is parted here, alike pictures together."""
    pictures = Pictures(folder)
    listing = list_faces(pictures, names)
    inspection = inspect((face.path for face in listing.faces), progress)
    faces, spoilt = _drop_unusable(listing.faces, inspection.seen)
    parts, parting = _part(folder, faces, inspection.seen)
    notes = [
        *_notes_of(listing, pictures),
        *_some("boxes left out, for they lie outside their picture or are too small", spoilt),
        *parting,
    ]
    return Dataset(
        folder,
        listing.layout,
        parts[Split.TRAIN],
        parts[Split.VALIDATION],
        parts[Split.TEST],
        tuple(notes),
        inspection,
    )


def list_faces(pictures: Pictures, names: LabelNames) -> Listing:
    """Find the layout that the folder has, and its faces. Raises BadDataset."""
    for read in (read_folders, read_coco, read_voc, read_yolo):
        listing = read(pictures, names)
        if listing and listing.faces:
            return listing
        if listing:
            raise BadDataset(_say_no_faces(pictures.folder, listing))
    raise BadDataset(_say_no_layout(pictures))


def _say_no_faces(folder: Path, listing: Listing) -> str:
    """A layout was found, but nothing of use in it."""
    reasons = [
        *_some("annotations cannot be read", listing.broken, 3),
        *_some("pictures are missing", listing.lost, 3),
    ]
    if listing.unknown:
        named = ", ".join(sorted(listing.unknown)[:5])
        reasons.append(
            f"its names are no labels of ours: {named}; say what they mean, "
            "as in --label-name NAME=no_mask"
        )
    why = "; ".join(reasons) or "there is no box in it"
    return f"{folder}: read as {listing.layout}, found no labelled face: {why}"


def _say_no_layout(pictures: Pictures) -> str:
    """Tell what was expected, what was found and what to do."""
    folder = pictures.folder
    endings = Counter(path.suffix.lower() for path in walk(folder))
    places = sorted({path.parent.relative_to(folder).as_posix() for path in pictures.paths})
    shown = ", ".join(places[:5]) + (" and others" if len(places) > 5 else "")
    where = f"{len(pictures.paths)} pictures" + (f" in {shown}" if places else "")
    files = ", ".join(f"{endings[end]} {end}" for end in (".xml", ".json", ".txt") if endings[end])
    return (
        f"{folder}: expected train/mask, train/no_mask and, if you have it, train/incorrect_mask "
        "(and the same under val), or pictures with boxes: Pascal VOC (.xml), COCO (.json) or "
        f"YOLO (.txt with classes.txt or data.yaml); found {where}"
        + (f", and {files} files" if files else "")
        + "; rename the folders, or say what their names mean, as in --label-name NAME=mask"
    )


def _drop_unusable(
    faces: Sequence[Found], seen: Mapping[Path, Seen]
) -> tuple[list[Found], list[str]]:
    """Keep faces of readable pictures, boxes clipped to them; the others' boxes in words."""
    kept, spoilt = [], []
    for face in faces:
        if face.path not in seen:
            continue
        if face.box_xyxy is None:
            kept.append(face)
            continue
        box = _clip(face, seen[face.path].size_wh)
        if box is None:
            spoilt.append(f"{face.path}: {' '.join(f'{side:g}' for side in face.box_xyxy)}")
        else:
            kept.append(replace(face, box_xyxy=box, is_relative=False))
    return kept, spoilt


def _clip(face: Found, size_wh: tuple[int, int]) -> BoxXyxy | None:
    """The box in pixels within the picture; None if hardly anything is left of it."""
    assert face.box_xyxy is not None  # noqa: S101  # for mypy
    if not all(map(isfinite, face.box_xyxy)):
        return None
    width, height = size_wh
    scale = size_wh if face.is_relative else (1, 1)
    left, top, right, bottom = (side * scale[index % 2] for index, side in enumerate(face.box_xyxy))
    box = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    return box if min(box[2] - box[0], box[3] - box[1]) >= FACE_SIDE_MIN else None


def _part(
    folder: Path, faces: Sequence[Found], seen: Mapping[Path, Seen]
) -> tuple[dict[Split, tuple[Example, ...]], list[str]]:
    """Take the folder's own parts, or set some aside; and say so."""
    groups, notes = _group(folder, faces, seen)
    named = {face.split for face in faces} - {None}
    if named and Split.TRAIN not in named and None not in {face.split for face in faces}:
        raise BadDataset(
            f"{folder}: expected a part for training (train/), found only "
            f"{', '.join(sorted(str(split) for split in named))}; name one of them train"
        )
    splits = [face.split or Split.TRAIN for face in faces]
    if Split.VALIDATION not in named:
        splits, words = _set_aside(faces, splits, groups, has_parts=bool(named))
        notes.append(words)
    parts: dict[Split, list[Example]] = {split: [] for split in Split}
    for face, split, group in zip(faces, splits, groups, strict=True):
        source = folder.resolve().name
        parts[split].append(Example(face.path, face.box_xyxy, face.label, source, group))
    return {split: tuple(parts[split]) for split in parts}, notes


def _set_aside(
    faces: Sequence[Found], splits: Sequence[Split], groups: Sequence[str], *, has_parts: bool
) -> tuple[list[Split], str]:
    """Take validation, and of a large folder without parts a test, out of training."""
    shares = {Split.VALIDATION: VALIDATION_SHARE}
    if not has_parts and len(faces) >= TEST_FROM:
        shares = {Split.TEST: TEST_SHARE, **shares}
    pool = [index for index, split in enumerate(splits) if split is Split.TRAIN]
    chosen = choose_splits(
        [faces[index].label for index in pool], [groups[index] for index in pool], shares
    )
    parted = list(splits)
    for index in pool:
        parted[index] = chosen[groups[index]]
    aside = " and ".join(f"{share:.0%} for {split}" for split, share in shares.items())
    return parted, (
        f"the folder has no part for validation (val/): {aside} are set aside, pictures that are "
        "alike kept together"
    )


def _group(
    folder: Path, faces: Sequence[Found], seen: Mapping[Path, Seen]
) -> tuple[list[str], list[str]]:
    """Name the group of each face, and what is to be said of them."""
    paths = sorted({face.path for face in faces})
    numbers = group_alike({path: seen[path] for path in paths})
    notes = []
    if _is_too_alike(faces, numbers):
        numbers = group_same({path: seen[path] for path in paths})
        notes.append(
            "nearly all pictures of a label are alike; they are parted singly, so that validation "
            "will flatter: add pictures of other people and places"
        )
    names = [paths[numbers[face.path]].relative_to(folder).as_posix() for face in faces]
    return names, notes


def _is_too_alike(faces: Sequence[Found], numbers: Mapping[Path, int]) -> bool:
    """Say whether a label with several faces has fewer than two groups."""
    for label in {face.label for face in faces}:
        paths = {face.path for face in faces if face.label is label}
        if len(paths) >= 4 and len({numbers[path] for path in paths}) < 2:
            return True
    return False


def _notes_of(listing: Listing, pictures: Pictures) -> Iterator[str]:
    """Say how the folder was understood, and what was passed over."""
    renamed = {name: label for name, label in listing.spellings.items() if name != label}
    if renamed:
        meant = ", ".join(f"{name} as {renamed[name]}" for name in sorted(renamed))
        yield f"names taken for ours: {meant}"
    if listing.unknown:
        counted = ", ".join(f"{name} ({count})" for name, count in listing.unknown.most_common(5))
        yield (
            f"left out, for their names are no labels: {counted}; "
            "say what they mean with --label-name NAME=LABEL"
        )
    yield from _some("pictures are missing, their boxes left out", listing.lost)
    yield from _some("annotations cannot be read and are left out", listing.broken)
    strays = [path.relative_to(pictures.folder).as_posix() for path in pictures.strays]
    yield from _some("links lead out of the folder and are left out; copy the pictures", strays)


def _some(words: str, items: Sequence[str], shown: int = SHOWN) -> list[str]:
    """Count items and name the first of them; nothing for none."""
    if not items:
        return []
    first = "".join(f"\n  {item}" for item in items[:shown])
    rest = len(items) - shown
    return [f"{len(items)} {words}:{first}" + (f"\n  and {rest} more" if rest > 0 else "")]


def _leave_out(dataset: Dataset, sources: Sequence[str]) -> Dataset:
    """Drop sources of all parts; raises BadDataset for one that is not there."""
    known = {example.source for part in dataset.parts.values() for example in part}
    missing = sorted(set(sources) - known)
    if missing:
        raise BadDataset(
            f"--leave-out {missing[0]}: no such source in {dataset.folder}; "
            f"it has {', '.join(sorted(known))}"
        )
    everything = [example for part in dataset.parts.values() for example in part]
    kept = {id(example) for example in leave_out(everything, sources)}
    train, validation, test = (
        tuple(example for example in part if id(example) in kept)
        for part in (dataset.train, dataset.validation, dataset.test)
    )
    return replace(dataset, train=train, validation=validation, test=test)


def count_labels(examples: Sequence[Example]) -> Counter[Label]:
    return Counter(example.label for example in examples)
