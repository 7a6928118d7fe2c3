"""A model folder is taken only if its files are those that its manifest lists."""

from dataclasses import replace

import pytest

from core.errors import WeightsMismatch
from core.manifests import Task, parse_manifest, write_out
from core.model_folders import (
    FILE_BYTES_MAX,
    TEXT_BYTES_MAX,
    VERSION_BYTES_MAX,
    ModelFolder,
    check_folder,
)
from tests.model_folders import make_folder, make_manifest

GOOD = make_folder()


def test_a_good_folder_gives_its_manifest() -> None:
    assert check_folder(GOOD) == parse_manifest(GOOD.manifest)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        pytest.param({}, "found none", id="no files"),
        pytest.param({**GOOD.contents, "more.bin": b""}, "found more.bin", id="one too many"),
        pytest.param({"network.xml": b""}, "found network.xml", id="one too few"),
        pytest.param({**GOOD.contents, "network.bin": b"other"}, "found 5 bytes", id="another"),
    ],
)
def test_other_files_than_the_manifests_are_refused(
    contents: dict[str, bytes], message: str
) -> None:
    with pytest.raises(WeightsMismatch, match=message):
        check_folder(replace(GOOD, contents=contents))


@pytest.mark.parametrize("name", ["folder/a.bin", "manifest.json", "MODEL_CARD.md", ".a", "a b"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    contents = {name: b"x"}
    manifest = write_out(make_manifest("test-1", Task.CLASSIFIER, contents))
    with pytest.raises(WeightsMismatch, match="is refused"):
        check_folder(ModelFolder(manifest, "", contents))


@pytest.mark.parametrize("version", ["../up", "", "a/b"])
def test_a_version_that_could_lead_elsewhere_is_refused(version: str) -> None:
    manifest = write_out(make_manifest(version, Task.CLASSIFIER, dict(GOOD.contents)))
    with pytest.raises(WeightsMismatch, match="is refused"):
        check_folder(replace(GOOD, manifest=manifest))


def test_a_manifest_without_files_is_refused() -> None:
    manifest = write_out(make_manifest("test-1", Task.CLASSIFIER, {}))
    with pytest.raises(WeightsMismatch, match="none"):
        check_folder(ModelFolder(manifest, ""))


def test_a_file_beyond_the_bound_is_refused() -> None:
    contents = {**GOOD.contents, "network.bin": bytes(FILE_BYTES_MAX + 1)}
    with pytest.raises(WeightsMismatch, match="at most 20000000 bytes, found 20000001"):
        check_folder(replace(GOOD, contents=contents))


def test_files_beyond_the_bound_together_are_refused() -> None:
    half = bytes(VERSION_BYTES_MAX // 3 + 1)
    with pytest.raises(WeightsMismatch, match="in all files"):
        check_folder(replace(GOOD, contents={"a": half, "b": half, "c": half}))


def test_a_card_without_end_is_refused() -> None:
    with pytest.raises(WeightsMismatch, match=r"MODEL_CARD\.md: expected at most"):
        check_folder(replace(GOOD, card="x" * (TEXT_BYTES_MAX + 1)))
