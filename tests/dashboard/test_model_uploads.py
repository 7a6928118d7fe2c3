"""An uploaded model folder is read whole, and cannot fill memory or name another place."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

import pytest
from werkzeug.datastructures import FileStorage

from core.errors import WeightsMismatch
from core.manifests import Task, write_out
from core.model_folders import FILE_BYTES_MAX, TEXT_BYTES_MAX, ModelFolder
from dashboard.model_uploads import read_upload
from tests.model_folders import make_folder, make_manifest

FOLDER = make_folder()
FILES = {
    "manifest.json": FOLDER.manifest.encode(),
    "MODEL_CARD.md": FOLDER.card.encode(),
    **FOLDER.contents,
}


def pack(files: Mapping[str, bytes], folder: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return packed.getvalue()


def read_zip(content: bytes) -> ModelFolder:
    return read_upload([FileStorage(io.BytesIO(content), "Model.ZIP")])


@pytest.mark.parametrize("folder", ["", "model/", "a/b/"])
def test_a_zip_of_a_folder_is_read(folder: str) -> None:
    assert read_zip(pack(FILES, folder)) == FOLDER


def test_files_one_by_one_are_read() -> None:
    sent = [FileStorage(io.BytesIO(content), f"model/{name}") for name, content in FILES.items()]
    assert read_upload(sent) == FOLDER


def test_what_the_manifest_does_not_list_is_left_out() -> None:
    more = {**FILES, "training.png": b"plot", "__MACOSX/._manifest": b"", "../../up.sh": b"evil"}
    assert read_zip(pack(more)) == FOLDER


def test_a_missing_card_is_empty() -> None:
    files = {name: content for name, content in FILES.items() if name != "MODEL_CARD.md"}
    assert read_zip(pack(files)) == replace(FOLDER, card="")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no zip at all", id="text"),
        pytest.param(pack(FILES)[:-30], id="cut short"),
        pytest.param(b"PK\x05\x06", id="an end alone"),
    ],
)
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(WeightsMismatch, match="the zip cannot be read"):
        read_zip(content)


def test_an_encrypted_zip_is_refused() -> None:
    packed = bytearray(pack(FILES))
    packed[6] |= 1  # general purpose flag, in the first local header ...
    packed[packed.find(b"PK\x01\x02") + 8] |= 1  # ... and in the directory
    with pytest.raises(WeightsMismatch, match="encrypted"):
        read_zip(bytes(packed))


def test_no_manifest_is_said_with_what_was_found() -> None:
    with pytest.raises(WeightsMismatch, match=r"expected manifest\.json .* found network\.bin"):
        read_zip(pack({"network.bin": b""}))
    with pytest.raises(WeightsMismatch, match="found none"):
        read_upload([])


def test_a_manifest_that_is_no_text_is_refused() -> None:
    with pytest.raises(WeightsMismatch, match="UTF-8"):
        read_zip(pack({"manifest.json": b"\xff\xfe"}))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = pack({**FILES, "network.bin": bytes(FILE_BYTES_MAX + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(WeightsMismatch, match=r"network\.bin: too large"):
        read_zip(bomb)


def test_many_bombs_together_are_not_unpacked() -> None:
    contents = {f"{number}.bin": b"" for number in range(50)}
    manifest = write_out(make_manifest("test-1", Task.CLASSIFIER, contents))
    bombs = {name: bytes(FILE_BYTES_MAX) for name in list(contents)[:3]}
    with pytest.raises(WeightsMismatch, match=r"2\.bin: too large"):
        read_zip(pack({"manifest.json": manifest.encode(), **bombs}))


def test_a_card_without_end_is_not_read() -> None:
    with pytest.raises(WeightsMismatch, match=r"MODEL_CARD\.md: too large"):
        read_zip(pack({**FILES, "MODEL_CARD.md": bytes(TEXT_BYTES_MAX + 1)}))


def test_a_list_of_files_without_end_is_not_read() -> None:
    many = pack({**FILES, **{f"{number}": b"" for number in range(3000)}})
    with pytest.raises(WeightsMismatch, match="too many files"):
        read_zip(many)
