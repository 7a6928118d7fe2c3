"""Cells of CSV files: none of them is a formula to the spreadsheet that opens it."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula, and runs it (OWASP: CSV injection)."""


def guard_cell(text: str) -> str:
    """Put an apostrophe before what would be a formula, and before what looks guarded already."""
    return f"'{text}" if _is_formula(text) else text


def unguard_cell(text: str) -> str:
    """Take away what guard_cell has put there."""
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    return text.lstrip("'").startswith(_FORMULA_STARTS)
