import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from redis import Redis

from core.camera_search import (
    SEARCH_TOPIC,
    STREAMS_MAX,
    STREAMS_TOPIC,
    DeviceStream,
    FoundDevice,
    SearchAnswer,
    StreamsQuestion,
    decode_search,
    decode_streams,
    seal_question,
)
from core.errors import BadRequest, SourceError, SourceLost, SourceRefused
from core.processes import Stop
from core.requests import answer_next, ask
from core.secrets import SecretBox
from ingest.camera_search import SearchDesk
from ingest.onvif import ANSWER_BYTES_MAX, HttpFetch, list_streams
from tests.onvif_device import OnvifDevice, envelope
from tests.waiting import join

PASSWORD = "s3cret & <more>"


@pytest.fixture
def device() -> Iterator[OnvifDevice]:
    streams = {"main": "rtsp://127.0.0.1:554/main", "sub": "rtsp://127.0.0.1:554/sub?a=1"}
    with OnvifDevice("ada", PASSWORD, streams) as made:
        yield made


def question(device: OnvifDevice, password: str = PASSWORD) -> StreamsQuestion:
    return StreamsQuestion(device.address, "ada", password)


def test_a_camera_names_its_streams(device: OnvifDevice) -> None:
    assert list_streams(question(device)) == (
        DeviceStream("main stream", "rtsp://127.0.0.1:554/main", 1920, 1080, 25.0, "h264"),
        DeviceStream("sub stream", "rtsp://127.0.0.1:554/sub?a=1", 1920, 1080, 25.0, "h264"),
    )
    assert device.asked == [
        "GetSystemDateAndTime",
        "GetCapabilities",
        "GetProfiles",
        "GetStreamUri",
        "GetStreamUri",
    ]


def test_a_wrong_password_is_said(device: OnvifDevice) -> None:
    with pytest.raises(SourceRefused, match="refuses the user name or password"):
        list_streams(question(device, "wrong"))


def test_a_password_is_neither_sent_nor_shown(
    device: OnvifDevice, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[bytes] = []
    http = HttpFetch(question(device))

    def fetch(address: str, body: bytes, until_s: float) -> bytes:
        sent.append(body)
        return http.fetch(address, body, until_s)

    with caplog.at_level(logging.DEBUG):
        list_streams(question(device), fetch)

    assert b"s3cret" not in b"".join(sent)
    assert "s3cret" not in caplog.text + repr(question(device))


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("rtsp://ada:pw@cam:554/a?b=1", "rtsp://cam:554/a?b=1"),
        ("rtsp://0.0.0.0/a", "rtsp://127.0.0.1/a"),
        ("rtsp://[::1]:554/a", "rtsp://[::1]:554/a"),
        ("file:///etc/passwd", None),
        ("rtsp://cam:99999/a", None),
        ("rtsp:///a", None),
        ("", None),
    ],
)
def test_an_address_that_a_camera_names_is_cleaned(
    device: OnvifDevice, said: str, clean: str | None
) -> None:
    device.streams = {"main": said}
    if clean is None:
        with pytest.raises(SourceRefused, match="names no stream"):
            list_streams(question(device))
    else:
        assert [stream.url for stream in list_streams(question(device))] == [clean]


def test_only_so_many_streams_are_asked_for(device: OnvifDevice) -> None:
    device.streams = {f"p{number}": "rtsp://cam/1" for number in range(STREAMS_MAX + 5)}

    assert len(list_streams(question(device))) == STREAMS_MAX


def test_nobody_there_is_said() -> None:
    with pytest.raises(SourceLost, match="refuses connections"):
        list_streams(StreamsQuestion("http://127.0.0.1:1/onvif/device_service"))


@pytest.mark.parametrize(
    "address",
    ["", "cam", "ftp://cam/", "http://", "http://a:b@cam/", "http://cam:x/", "http://c am/"],
)
def test_an_address_that_cannot_be_is_refused_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(BadRequest):
        list_streams(StreamsQuestion(address))


@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        pytest.param(404, b"", r"not by ONVIF \(404\)", id="no such page"),
        pytest.param(302, b"", r"not by ONVIF \(302\)", id="a redirection"),
        pytest.param(401, b"", "refuses the user name", id="HTTP's own refusal"),
        pytest.param(200, b"<html><p>hello", "not by ONVIF", id="a web page"),
        pytest.param(200, b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "not by", id="entities"),
        pytest.param(200, b"<a>" * 100_000, "not by ONVIF", id="deep"),
        pytest.param(200, b" " * (ANSWER_BYTES_MAX + 1), "too much", id="endless"),
        pytest.param(
            500, envelope("<s:Fault><s:Code/></s:Fault>"), "refuses to name", id="another fault"
        ),
    ],
)
def test_what_does_not_speak_onvif_is_said(
    device: OnvifDevice,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    content: bytes,
    words: str,
) -> None:
    monkeypatch.setattr(device, "answer", lambda _: (status, content))
    with pytest.raises(SourceError, match=words):
        list_streams(question(device))


def test_a_conversation_has_an_end() -> None:
    fetch = HttpFetch(StreamsQuestion("http://127.0.0.1:1/onvif"))
    with pytest.raises(SourceLost, match="sent nothing"):
        fetch.fetch("http://127.0.0.1:1/onvif", b"", until_s=time.monotonic() - 1)


def test_searches_and_streams_are_answered_over_redis(
    redis: Redis, box: SecretBox, device: OnvifDevice
) -> None:
    stop = Stop()
    found = SearchAnswer((FoundDevice(device.address, "here", "door", "M1"),))
    threads = SearchDesk(partial(answer_next, redis), box, search=lambda: found).start(stop)

    assert decode_search(ask(redis, SEARCH_TOPIC, b"", 60)) == found
    sealed = seal_question(question(device), box)
    answer = decode_streams(ask(redis, STREAMS_TOPIC, sealed, 60))
    wrong = decode_streams(
        ask(redis, STREAMS_TOPIC, seal_question(question(device, "wrong"), box), 60)
    )
    stop.set()
    join(threads)

    assert [stream.name for stream in answer.streams] == ["main stream", "sub stream"]
    assert "refuses the user name or password" in wrong.error
    assert b"s3cret" not in sealed


def test_what_goes_wrong_in_a_search_is_a_sentence_and_a_line_of_the_log(
    box: SecretBox, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> SearchAnswer:
        raise ZeroDivisionError

    nobody: Callable[..., bool] = lambda *_: False  # noqa: E731
    desk = SearchDesk(nobody, box, search=fail, ask=fail)  # type: ignore[arg-type]  # it never answers

    assert "ingest's log" in decode_search(desk.answer_search(b"")).error
    sealed = seal_question(StreamsQuestion("http://cam/", "ada", PASSWORD), box)
    assert "ingest's log" in decode_streams(desk.answer_streams(sealed)).error
    assert "another key" in decode_streams(desk.answer_streams(b"nonsense")).error
    assert "s3cret" not in caplog.text
