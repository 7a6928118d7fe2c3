import pytest

from core.checks import (
    CameraCheck,
    CheckQuestion,
    decode_check,
    encode_check,
    seal_question,
    unseal_question,
)
from core.errors import BadEntry, SecretUnreadable
from core.secrets import SecretBox


def test_a_check_survives_its_way() -> None:
    check = CameraCheck(True, "", 640, 360, 24.9, "h264", b"\xff\xd8 jpeg")

    assert decode_check(encode_check(check)) == check


def test_a_failed_check_survives_its_way() -> None:
    check = CameraCheck(ok=False, error="door refuses the password")

    assert decode_check(encode_check(check)) == check


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"ok": "yes"}', b"\xff"])
def test_what_is_no_check_is_refused(answer: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_check(answer)


def test_a_question_is_sealed_on_its_way(box: SecretBox) -> None:
    question = CheckQuestion("rtsp://ada:s3cret@door/live", "udp")

    sealed = seal_question(question, box)

    assert b"s3cret" not in sealed
    assert unseal_question(sealed, box) == question


def test_a_question_without_a_transport_means_tcp(box: SecretBox) -> None:
    assert unseal_question(box.seal('{"url": "rtsp://door"}'), box).transport == "tcp"


def test_a_broken_question_is_refused(box: SecretBox) -> None:
    with pytest.raises(BadEntry):
        unseal_question(box.seal("[]"), box)


def test_a_question_of_another_key_is_refused(box: SecretBox) -> None:
    with pytest.raises(SecretUnreadable):
        unseal_question(b"sealed by somebody else", box)


def test_the_repr_of_a_question_holds_no_password() -> None:
    assert "s3cret" not in repr(CheckQuestion("rtsp://ada:s3cret@door/live"))
