"""Which release this is, and of which its packages are."""

VERSION = "0.1.0"
"""As in pyproject.toml."""


def version_of(package: str) -> str | None:
    """Read the version of an installed package; None where it is not there."""
    # Imported here: every process reads VERSION, and few the others'.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
