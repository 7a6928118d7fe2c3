"""Receive what people send: small parts in memory, large ones as files of ours for a while.

A large part lies in DATA/uploads, readable by its owner alone, and is removed with the
request that brought it, unless it is kept under another name.
"""

import logging
import secrets
import shutil
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import flask
from flask_openapi3.models.file import FileStorage as OpenApiFile
from werkzeug.datastructures import FileStorage

from core.settings import Settings
from core.uploads import COMING
from dashboard.problems import Refused
from dashboard.services import services

logger = logging.getLogger(__name__)

MEMORY_BYTES_MAX = 1_000_000
"""A request of more than this is written to disk while it comes in."""
NAME_MAX = 255
FREE_BYTES_MIN = 500_000_000
"""What an upload leaves free on the disk: the database and Redis need it more."""


class UploadRequest(flask.Request):
    """A request whose large parts come in as files of DATA/uploads."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if total_content_length is not None and total_content_length <= MEMORY_BYTES_MAX:
            return BytesIO()
        folder = _upload_folder(services().settings)
        _check_room(folder, total_content_length or self.max_content_length or 0)
        return cast(IO[bytes], NamedTemporaryFile(dir=folder, prefix=COMING))  # mode 0600


class Upload(OpenApiFile):
    """A part of a form that is a file; text in its place is refused."""

    @classmethod
    def validate(cls, value: Any, *_args: Any, **_kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValueError("a file, sent as a part of multipart/form-data")
        return value


def no_upload() -> Upload:
    """Stand for a part that was not sent; it is false."""
    return Upload()


def name_upload(file: FileStorage) -> str:
    """Give a file's name as its sender wrote it, but for what cannot be written down."""
    return "".join(filter(str.isprintable, file.filename or ""))[:NAME_MAX]


def upload_bytes_max(settings: Settings) -> int:
    """Bytes of the largest request with a video."""
    return settings.upload_max_megabytes * 1_000_000


def keep_upload(settings: Settings, file: FileStorage) -> Path:
    """Keep an uploaded file under a random name; whoever keeps it removes it."""
    kept = _upload_folder(settings) / secrets.token_hex(16)
    source = getattr(file.stream, "name", None)
    if isinstance(source, str):
        kept.hardlink_to(source)
    else:
        kept.touch(mode=0o600, exist_ok=False)
        kept.write_bytes(file.stream.read())
    return kept


def _upload_folder(settings: Settings) -> Path:
    """Make the folder if need be. Raises Refused where nothing can be written."""
    try:
        settings.uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=settings.uploads, prefix=COMING):
            return settings.uploads
    except OSError as error:
        logger.error("%s cannot be written: %s", settings.uploads, error)
        raise Refused(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "The folder of uploads cannot be written; set MASKWATCH_UPLOAD_FOLDER to one that can.",
        ) from error


def _check_room(folder: Path, coming_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes - coming_bytes < FREE_BYTES_MIN:
        raise Refused(
            HTTPStatus.INSUFFICIENT_STORAGE,
            f"The disk has room for {max(0, free_bytes - FREE_BYTES_MIN) // 1_000_000} MB more; "
            f"{coming_bytes // 1_000_000} MB are coming. Free some, then send it again.",
        )
