"""Look at every picture once before training: can it be read, and which are alike."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPicture
from core.pictures import decode_picture
from core.types import Image
from models.runtimes.cores import count_cores
from models.training.progress import Progress

ALIKE_BITS = 20
"""Of 256 that may differ between two copies of a photograph: resized, compressed again."""
COMPARED_MAX = 30_000
"""Pictures; comparing each with each takes about 15 s for so many."""
BLOCK = 512

Fingerprint = NDArray[np.uint64]
"""(4,) uint64: 256 bits, whether each cell of 16x16 is darker than its right neighbour."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a picture that can be read."""

    size_wh: tuple[int, int]
    sha256: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Inspection:
    """The pictures that can be read, and of the others what is wrong with them."""

    seen: Mapping[Path, Seen]
    unreadable: tuple[str, ...]


def inspect(paths: Iterable[Path], progress: Progress) -> Inspection:
    """Read each picture once, on all cores."""
    ordered = sorted(set(paths))
    seen: dict[Path, Seen] = {}
    unreadable = []
    with ThreadPoolExecutor(count_cores()) as threads:
        for number, (path, found) in enumerate(
            zip(ordered, threads.map(_look, ordered), strict=True)
        ):
            if isinstance(found, Seen):
                seen[path] = found
            else:
                unreadable.append(f"{path}: {found}")
            if number % 100 == 0:
                progress.move(0.0, f"checked {number + 1} of {len(ordered)} pictures")
    return Inspection(seen, tuple(unreadable))


def take_fingerprint(image: Image) -> Fingerprint:
    """The difference hash, which survives another size, quality and brightness."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).view(np.uint64)


def group_alike(seen: Mapping[Path, Seen]) -> dict[Path, int]:
    """Number groups of pictures that show the same: the same bytes, or nearly the same picture.

    A chain of likenesses is one group. Of more than COMPARED_MAX pictures only
    the same bytes are joined.
    """
    paths = sorted(seen)
    joined = _Joined(len(paths))
    first: dict[str, int] = {}
    for index, path in enumerate(paths):
        joined.join(index, first.setdefault(seen[path].sha256, index))
    if 1 < len(paths) <= COMPARED_MAX:
        prints = np.stack([seen[path].fingerprint for path in paths])
        for one, other in _alike(prints):
            joined.join(one, other)
    return {path: joined.root(index) for index, path in enumerate(paths)}


def group_same(seen: Mapping[Path, Seen]) -> dict[Path, int]:
    """Number groups of pictures of the same bytes."""
    first: dict[str, int] = {}
    paths = sorted(seen)
    return {path: first.setdefault(seen[path].sha256, i) for i, path in enumerate(paths)}


def _look(path: Path) -> Seen | str:
    """Read a picture; in words why it cannot be."""
    try:
        content = path.read_bytes()
        image = decode_picture(content, upright=False)
    except BadPicture as error:
        return str(error)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    size_wh = (image.shape[1], image.shape[0])
    return Seen(size_wh, hashlib.sha256(content).hexdigest(), take_fingerprint(image))


def _alike(prints: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Pairs of rows (n, 4) that differ by few bits, compared in blocks to bound the memory."""
    for start in range(0, len(prints), BLOCK):
        block = prints[start : start + BLOCK, None]
        later = prints[None, start:]
        different = sum(
            np.bitwise_count(block[:, :, word] ^ later[:, :, word]).astype(np.uint16)
            for word in range(prints.shape[1])
        )
        for one, other in np.argwhere(different <= ALIKE_BITS).tolist():
            if one < other:
                yield start + one, start + other


class _Joined:
    """Sets of numbers that can be joined (union-find); the least number stands for a set."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        self._parents[other] = one


def same_in_both(
    one: Sequence[Path], other: Sequence[Path], seen: Mapping[Path, Seen]
) -> list[tuple[Path, Path]]:
    """Pairs of files of the same bytes, one of each list."""
    by_content = {seen[path].sha256: path for path in one if path in seen}
    shared = sorted({path for path in other if path in seen and seen[path].sha256 in by_content})
    return [(by_content[seen[path].sha256], path) for path in shared]
