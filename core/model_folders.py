"""A model folder in memory, on its way into the database: what it may hold, and how much."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import WeightsMismatch
from core.manifests import CARD, NAME, ModelFile, ModelManifest, is_plain_name, parse_manifest

FILE_BYTES_MAX = 20_000_000
VERSION_BYTES_MAX = 50_000_000
"""They are rows of the database, and travel to every worker."""
TEXT_BYTES_MAX = 1_000_000
"""Of a manifest, and of a card."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The content of a model folder.

    manifest: the text of its manifest.json. contents: the files that it lists, by name;
    left out for shipped versions, whose files every installation has.
    """

    manifest: str
    card: str
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def check_folder(folder: ModelFolder) -> ModelManifest:
    """Read the manifest, and see that the files are those that it lists.

    Raises WeightsMismatch where manifest and files do not fit each other, or are too large.
    """
    _check_sizes(folder)
    manifest = parse_manifest(folder.manifest)
    _check_names(manifest, folder.contents)
    for file in manifest.files:
        check_content(file, folder.contents[file.name])
    return manifest


def _check_sizes(new: ModelFolder) -> None:
    for name, text in ((NAME, new.manifest), (CARD, new.card)):
        if len(text.encode()) > TEXT_BYTES_MAX:
            raise WeightsMismatch(f"{name}: expected at most {TEXT_BYTES_MAX} bytes of text")
    for name, content in new.contents.items():
        if len(content) > FILE_BYTES_MAX:
            raise WeightsMismatch(
                f"{name}: expected at most {FILE_BYTES_MAX} bytes, found {len(content)}; export a "
                "smaller network, without its optimizer's state"
            )
    total = sum(map(len, new.contents.values()))
    if total > VERSION_BYTES_MAX:
        raise WeightsMismatch(
            f"expected at most {VERSION_BYTES_MAX} bytes in all files, found {total}; leave out "
            "files that are not served"
        )


def _check_names(manifest: ModelManifest, contents: Mapping[str, bytes]) -> None:
    """See that every name can stand alone in a folder, and that the files are all there."""
    for name in (manifest.model_version, *(file.name for file in manifest.files)):
        if not is_plain_name(name) or name in (NAME, CARD):
            raise WeightsMismatch(
                f"the name {name!r} is refused; take letters, digits, dots, dashes and "
                "underscores, no folders"
            )
    expected = [file.name for file in manifest.files]
    if not expected or sorted(expected) != sorted(contents):
        raise WeightsMismatch(
            f"expected the files that {NAME} lists ({', '.join(sorted(expected)) or 'none'}), "
            f"found {', '.join(sorted(contents)) or 'none'}"
        )


def check_content(file: ModelFile, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    if (len(content), sha256) != (file.size, file.sha256):
        raise WeightsMismatch(
            f"{file.name}: expected {file.size} bytes, sha256 {file.sha256}, found {len(content)} "
            f"bytes, sha256 {sha256}; add the version again from its source"
        )
