"""What went is summed and said; the documents name what may be chosen."""

from pathlib import Path

from core.preferences import Retention
from core.retention import Pruned

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_what_went_is_summed_and_bytes_are_no_rows() -> None:
    total = Pruned(pictures=2, picture_bytes=4_500_000) + Pruned(pictures=1, audit=3)

    assert total == Pruned(pictures=3, picture_bytes=4_500_000, audit=3)
    assert total.rows == 6
    assert Pruned().rows == 0
    assert total.describe().startswith("3 pictures (4.5 MB), 0 sightings")


def test_the_documents_name_every_choice_with_its_default() -> None:
    lines = OPERATIONS.read_text().splitlines()
    for name, default in Retention():
        assert any(line.startswith(f"| `{name}` | {default} |") for line in lines), name
