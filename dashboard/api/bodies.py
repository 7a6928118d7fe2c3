"""Read JSON bodies; what is nested without end is no JSON to us, rather than a crash."""

from typing import Any

from flask.json.provider import DefaultJSONProvider


class BodyReader(DefaultJSONProvider):
    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError, as Flask expects of a body that is no JSON."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("the body is nested too deeply") from error
