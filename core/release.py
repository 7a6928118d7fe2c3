"""Which release this is; tests hold it against pyproject.toml."""

VERSION = "0.1.0"
