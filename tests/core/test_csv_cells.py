"""What a spreadsheet would run is a text to it, and the same text when it is read back."""

import pytest

from core.csv_cells import guard_cell, unguard_cell


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-", "'-"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("'=1", "''=1"),
        ("'door'", "'door'"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_are_guarded_and_read_back(text: str, guarded: str) -> None:
    assert guard_cell(text) == guarded
    assert unguard_cell(guarded) == text
