"""Sealed values open with our keys only."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import BadSettings, SecretUnreadable
from core.secrets import SecretBox, digest


def test_a_new_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    SecretBox.open(tmp_path / "sub" / "secret.key", create=True)
    assert stat.S_IMODE((tmp_path / "sub" / "secret.key").stat().st_mode) == 0o600


def test_what_is_sealed_is_opened_again(tmp_path: Path) -> None:
    box = SecretBox.open(tmp_path / "secret.key", create=True)
    sealed = box.seal("rtsp://ann:p@ss@door/1")
    assert b"p@ss" not in sealed
    assert SecretBox.open(tmp_path / "secret.key").unseal(sealed) == "rtsp://ann:p@ss@door/1"


def test_an_older_key_still_opens_after_rotation(tmp_path: Path) -> None:
    key_file = tmp_path / "secret.key"
    sealed = SecretBox.open(key_file, create=True).seal("old")
    key_file.write_bytes(Fernet.generate_key() + b"\n" + key_file.read_bytes())
    assert SecretBox.open(key_file).unseal(sealed) == "old"


def test_another_key_opens_nothing() -> None:
    sealed = SecretBox([Fernet.generate_key()]).seal("text")
    with pytest.raises(SecretUnreadable, match="another key"):
        SecretBox([Fernet.generate_key()]).unseal(sealed)


@pytest.mark.parametrize("content", [b"", b"short", b"not base64 at all !!"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(BadSettings, match="no valid key"):
        SecretBox.open(tmp_path / "secret.key")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="MASKWATCH_SECRET_KEY_FILE"):
        SecretBox.open(tmp_path / "secret.key")


def test_derived_keys_differ_by_purpose() -> None:
    box = SecretBox([Fernet.generate_key()])
    assert box.derive("sessions") == box.derive("sessions") != box.derive("other")


def test_a_digest_of_one_purpose_is_none_of_another() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len({digest("abc"), digest("abc", "password"), digest("abd", "password")}) == 3
