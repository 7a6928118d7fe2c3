"""Set up the environment, and run the whole system under one supervisor."""

VERSION = "0.1.0"
"""As in pyproject.toml."""
