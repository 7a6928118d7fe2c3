"""Pictures are looked at before training: unreadable ones, and those that show the same."""

from pathlib import Path

import cv2
import numpy as np

from models.training.inspection import (
    Seen,
    group_alike,
    group_same,
    inspect,
    same_in_both,
    take_fingerprint,
)
from models.training.progress import Quiet
from tests.models.training.pictures import noise, save_picture


def test_pictures_that_cannot_be_read_are_named_with_the_reason(tmp_path: Path) -> None:
    good = save_picture(tmp_path / "good.png", 1)
    cut = save_picture(tmp_path / "cut.png", 2)
    cut.write_bytes(cut.read_bytes()[:200])
    for name, content in (("empty.jpg", b""), ("text.jpg", b"not a picture at all")):
        (tmp_path / name).write_bytes(content)

    inspection = inspect(tmp_path.iterdir(), Quiet())

    assert set(inspection.seen) == {good}
    assert [line.split(": ")[0].rpartition("/")[2] for line in inspection.unreadable] == [
        "cut.png",
        "empty.jpg",
        "text.jpg",
    ]
    assert "the file is empty" in inspection.unreadable[1]


def test_no_pictures_are_nothing_to_look_at() -> None:
    inspection = inspect([], Quiet())

    assert (inspection.seen, inspection.unreadable) == ({}, ())
    assert group_alike({}) == {}


def test_copies_of_another_size_and_quality_are_alike() -> None:
    image = cv2.GaussianBlur(noise(1, 200), (0, 0), 4)
    _, content = cv2.imencode(".jpg", cv2.resize(image, (90, 90)), [cv2.IMWRITE_JPEG_QUALITY, 40])
    seen = {
        Path("original"): seen_of(np.asarray(image, np.uint8)),
        Path("copy"): seen_of(np.asarray(cv2.imdecode(content, 1), np.uint8)),
        Path("other"): seen_of(noise(2, 200)),
    }

    groups = group_alike(seen)

    assert groups[Path("original")] == groups[Path("copy")] != groups[Path("other")]


def test_only_the_same_bytes_are_the_same() -> None:
    seen = {Path(name): seen_of(noise(seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))}

    assert list(group_same(seen).values()) == [0, 0, 2]


def test_files_in_two_parts_are_found_by_their_bytes() -> None:
    seen = {Path(name): seen_of(noise(seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))}

    assert same_in_both([Path("a")], [Path("b"), Path("c")], seen) == [(Path("a"), Path("b"))]


def seen_of(image: np.ndarray) -> Seen:
    return Seen((image.shape[1], image.shape[0]), image.tobytes().hex(), take_fingerprint(image))
