"""A sealed face is opened by the holder of the secret key, and by nobody else."""

import pytest
from cryptography.fernet import Fernet

from core.errors import SecretUnreadable
from core.face_seals import FaceKey, FaceSeal
from core.secrets import SecretBox

FACE = b"\xff\xd8 a face, the same bytes over and over" * 50


def new_box(*older: bytes) -> SecretBox:
    return SecretBox([Fernet.generate_key(), *older])


def test_what_the_public_half_seals_the_secret_half_opens() -> None:
    key = FaceKey(new_box())
    assert key.open(FaceSeal(key.public).seal(FACE)) == FACE


def test_nothing_of_a_sealed_face_can_be_seen() -> None:
    key = FaceKey(new_box())
    first, second = (FaceSeal(key.public).seal(FACE) for _ in range(2))

    assert first != second
    assert len(first) == len(FACE) + 49
    assert not any(FACE[start : start + 8] in first for start in range(0, len(FACE) - 8, 8))


def test_the_same_secret_key_gives_the_same_public_half() -> None:
    box = new_box()
    assert FaceKey(box).public == FaceKey(box).public
    assert len(FaceKey(box).public) == 32
    assert FaceKey(new_box()).public != FaceKey(box).public


def test_faces_sealed_before_a_rotation_are_opened_after_it() -> None:
    old = Fernet.generate_key()
    sealed = FaceSeal(FaceKey(SecretBox([old])).public).seal(FACE)
    assert FaceKey(new_box(old)).open(sealed) == FACE


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x01", id="version only"),
        pytest.param(FACE, id="not sealed at all"),
        pytest.param(b"\x01" + bytes(100), id="made up"),
        pytest.param(FaceSeal(FaceKey(new_box()).public).seal(FACE), id="with another key"),
    ],
)
def test_what_was_not_sealed_for_us_is_not_opened(sealed: bytes) -> None:
    with pytest.raises(SecretUnreadable, match="another key"):
        FaceKey(new_box()).open(sealed)


def test_a_changed_byte_is_noticed() -> None:
    key = FaceKey(new_box())
    sealed = bytearray(FaceSeal(key.public).seal(FACE))
    sealed[-20] ^= 1
    with pytest.raises(SecretUnreadable):
        key.open(bytes(sealed))
