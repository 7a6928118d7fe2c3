"""Labels found wrong by eye are corrected, and photographs that are one stay together."""

from pathlib import Path

import pytest

from core.errors import BadSettings
from core.types import LABELS
from models.training.corrections import (
    IGNORED,
    SHIPPED_CORRECTIONS,
    Corrections,
    read_corrections,
)

ROWS = """source,file,box,label
park,scenes/park/images/two.png,22 18.04 52 70,incorrect_mask
park,faces/one.png,,ignore
ceiling,*,,no_mask
ceiling,scenes/ceiling/a.png,1 2 3 4,mask
"""


def read(
    folder: Path, rows: str = ROWS, groups: str = "file,group\nfaces/one.png,7\n"
) -> Corrections:
    (folder / "corrections.csv").write_text(rows)
    (folder / "groups.csv").write_text(groups)
    return read_corrections(folder / "corrections.csv", folder / "groups.csv")


@pytest.mark.parametrize(
    ("source", "file", "box", "given", "expected"),
    [
        pytest.param(
            "park", "scenes/park/images/two.png", (22, 18, 52, 70), "mask", "incorrect_mask",
            id="a face, its box within a tenth of a pixel",
        ),
        pytest.param(
            "park", "scenes/park/images/two.png", (22, 30, 52, 70), "mask", "mask",
            id="another face of the picture",
        ),
        pytest.param("park", "faces/one.png", (), "mask", "ignore", id="a crop"),
        pytest.param("lake", "faces/one.png", (), "mask", "mask", id="another source"),
        pytest.param("ceiling", "b.png", (1, 2, 3, 4), "face", "no_mask", id="a whole source"),
        pytest.param("ceiling", "b.png", (1, 2, 3, 4), "ignore", "ignore", id="what was ignored"),
        pytest.param(
            "ceiling", "scenes/ceiling/a.png", (1, 2, 3, 4), "face", "mask",
            id="an exception from a whole source",
        ),
    ],
)  # fmt: skip
def test_a_label_is_corrected_where_a_row_says_so(
    tmp_path: Path, source: str, file: str, box: tuple[float, ...], given: str, expected: str
) -> None:
    assert read(tmp_path).label(source, file, box, given) == expected


def test_a_file_gets_the_group_of_its_photograph(tmp_path: Path) -> None:
    corrections = read(tmp_path)

    assert corrections.group("faces/one.png", "3") == "7"
    assert corrections.group("faces/two.png", "3") == "3"


def test_without_lists_nothing_is_corrected(tmp_path: Path) -> None:
    corrections = read_corrections(tmp_path / "none.csv", tmp_path / "none.csv")

    assert corrections.label("park", "a.png", (), "mask") == "mask"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param("source,file,box,label\na,b,1 x 3 4,mask\n", id="a box that is none"),
        pytest.param("source,file,box,label\na,b,,masked\n", id="a label that is none"),
        pytest.param("source,file,label\na,b,mask\n", id="a column is missing"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, rows: str) -> None:
    with pytest.raises(BadSettings, match="line 2"):
        read(tmp_path, rows)


def test_the_shipped_list_reads() -> None:
    corrections = read_corrections()

    assert SHIPPED_CORRECTIONS.exists()
    assert corrections.label("classroom_cctv", "any", (1, 2, 3, 4), "face") in (*LABELS, IGNORED)
