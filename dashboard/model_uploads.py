"""Read an uploaded model folder: its files one by one, or all in a zip.

Only what the manifest lists is read, by its name, into memory, and never more than a
version may be large: a zip can neither write anywhere nor grow without end.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

from werkzeug.datastructures import FileStorage

from core.errors import WeightsMismatch
from core.manifests import CARD, NAME, parse_manifest
from core.model_folders import FILE_BYTES_MAX, TEXT_BYTES_MAX, VERSION_BYTES_MAX, ModelFolder

DIRECTORY_BYTES_MAX = 100_000
"""Of a zip's list of files; longer lists would fill the memory before one file is read."""

_END = b"PK\x05\x06"
_END_BYTES = 22
_LONG_LOCATOR = b"PK\x06\x07"
_LONG_LOCATOR_BYTES = 20
_COMMENT_BYTES_MAX = 65_535
"""Of the zip format (APPNOTE 6.3, 4.3.15 and 4.3.16)."""
_BROKEN = (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)
"""What zipfile raises for archives that are broken, encrypted or of an unknown kind."""

Parts: TypeAlias = Mapping[str, Callable[[int], bytes]]
"""Reads each part, by its name, up to that many bytes."""


def read_upload(files: Sequence[FileStorage]) -> ModelFolder:
    """Read a model folder that was sent. Raises WeightsMismatch."""
    if len(files) == 1 and (files[0].filename or "").lower().endswith(".zip"):
        return _read_zip(files[0].stream)
    return _read_parts({_base_name(file.filename or ""): file.stream.read for file in files})


def _read_zip(stream: IO[bytes]) -> ModelFolder:
    try:
        _check_directory(stream)
        with ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            return _read_parts({_base_name(one.filename): _reader(archive, one) for one in entries})
    except _BROKEN as error:
        raise WeightsMismatch(f"the zip cannot be read ({error}); pack the folder again") from error


def _read_parts(parts: Parts) -> ModelFolder:
    """Read the manifest, the card, and the files that the manifest lists."""
    if NAME not in parts:
        raise WeightsMismatch(
            f"expected {NAME} among the files, found {', '.join(sorted(parts)) or 'none'}; send a "
            "model folder, as a zip or file by file"
        )
    text = _read_text(parts, NAME)
    card = _read_text(parts, CARD) if CARD in parts else ""
    contents: dict[str, bytes] = {}
    room = VERSION_BYTES_MAX
    for file in parse_manifest(text).files:
        if file.name in parts and file.name not in contents:
            contents[file.name] = _read(parts, file.name, min(FILE_BYTES_MAX, room))
            room -= len(contents[file.name])
    return ModelFolder(text, card, contents)


def _read_text(parts: Parts, name: str) -> str:
    try:
        return _read(parts, name, TEXT_BYTES_MAX).decode()
    except UnicodeDecodeError as error:
        raise WeightsMismatch(f"{name}: expected text in UTF-8") from error


def _read(parts: Parts, name: str, bytes_max: int) -> bytes:
    content = parts[name](bytes_max + 1)
    if len(content) > bytes_max:
        raise WeightsMismatch(
            f"{name}: too large; expected at most {FILE_BYTES_MAX} bytes a file and "
            f"{VERSION_BYTES_MAX} in all"
        )
    return content


def _reader(archive: ZipFile, entry: ZipInfo) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        with archive.open(entry) as opened:
            return opened.read(count)

    return read


def _check_directory(stream: IO[bytes]) -> None:
    """Raise BadZipFile where the list of files is too long to be looked at.

    Reads the record at the zip's end: the list's size stands at its byte 12.
    """
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _COMMENT_BYTES_MAX - _END_BYTES - _LONG_LOCATOR_BYTES))
    tail = stream.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_BYTES:
        raise BadZipFile("it has no end record")
    has_long_list = tail[max(0, end - _LONG_LOCATOR_BYTES) :].startswith(_LONG_LOCATOR)
    directory_bytes = int.from_bytes(tail[end + 12 : end + 16], "little")
    if has_long_list or directory_bytes > DIRECTORY_BYTES_MAX:
        raise BadZipFile("it lists too many files")


def _base_name(path: str) -> str:
    """Leave out the folder that the files were packed in."""
    return path.replace("\\", "/").rpartition("/")[2]
