"""Forms with files, as browsers send them."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart


def encoded(files: Mapping[str, Any], fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Encode a large form; the test client would leave a temporary file open.

    files: (stream, name) by field, or several of them.
    """
    form: MultiDict[str, Any] = MultiDict(dict(fields or {}))
    for field, parts in files.items():
        for part in parts if isinstance(parts, list) else [parts]:
            form.add(field, FileStorage(*part))
    boundary, body = encode_multipart(form)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def pictures(contents: Sequence[bytes]) -> list[tuple[io.BytesIO, str]]:
    """Name pictures 0.jpg, 1.jpg and so on."""
    return [(io.BytesIO(content), f"{number}.jpg") for number, content in enumerate(contents)]
