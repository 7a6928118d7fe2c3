"""ONVIF cameras of the network and their streams, on their way from ingest to the dashboard."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from core.errors import BadRequest
from core.requests import read_json
from core.secrets import SecretBox

SEARCH_TOPIC = "camera-search"
STREAMS_TOPIC = "camera-streams"
ANSWERS_WITHIN_S = 4.0
"""Cameras wait at random for up to half a second before they answer (WS-Discovery 1.0, 2.4)."""
SEARCH_TIMEOUT_S = 10.0
STREAMS_WITHIN_S = 12.0
STREAMS_TIMEOUT_S = STREAMS_WITHIN_S + 3.0
DEVICES_MAX = 64
ADDRESS_MAX = 500
STREAMS_MAX = 12
"""A camera has two or three, a recorder for many cameras more: take its own web page then."""


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A camera that answered: the address of its ONVIF service, and what it says of itself."""

    address: str
    host: str
    name: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Who answered; error says why nobody could be asked."""

    devices: tuple[FoundDevice, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class StreamsQuestion:
    """Which camera to ask, and as whom; sealed on its way, for it holds the password."""

    address: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeviceStream:
    """A stream as its camera describes it; url is without user and password, None is not said."""

    name: str
    url: str
    width: int | None = None
    height: int | None = None
    frames_per_second: float | None = None
    codec: str = ""


@dataclass(frozen=True, slots=True)
class StreamsAnswer:
    streams: tuple[DeviceStream, ...] = ()
    error: str = ""


def check_address(address: str) -> None:
    """Raise BadRequest where this cannot be the address of an ONVIF service."""
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_plain = "@" not in parts.netloc and parts.port != 0 and address.isprintable()
    except ValueError:
        is_address = is_plain = False
    if not is_address or not is_plain or " " in address or len(address) > ADDRESS_MAX:
        raise BadRequest("address", "address: expected http://HOST/onvif/device_service")


def encode_answer(answer: SearchAnswer | StreamsAnswer) -> bytes:
    return msgspec.json.encode(answer)


def decode_search(answer: bytes) -> SearchAnswer:
    """Raises BadEntry if it is not the answer to a search."""
    return read_json(answer, SearchAnswer, "the answer to a search cannot be read; restart ingest")


def decode_streams(answer: bytes) -> StreamsAnswer:
    """Raises BadEntry if it does not name streams."""
    return read_json(answer, StreamsAnswer, "the answer about a camera's streams cannot be read")


def seal_question(question: StreamsQuestion, box: SecretBox) -> bytes:
    return box.seal(msgspec.json.encode(question).decode())


def unseal_question(sealed: bytes, box: SecretBox) -> StreamsQuestion:
    """Raises SecretUnreadable where it was sealed with another key, BadEntry if it is broken."""
    complaint = "the question about a camera's streams cannot be read"
    return read_json(box.unseal(sealed), StreamsQuestion, complaint)
