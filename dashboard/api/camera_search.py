"""Find cameras of the network by ONVIF, and the streams of one of them. For administrators."""

from http import HTTPStatus
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from flask import Response
from pydantic import AfterValidator, Field, StringConstraints

from core.camera_search import (
    ADDRESS_MAX,
    SEARCH_TIMEOUT_S,
    SEARCH_TOPIC,
    STREAMS_TIMEOUT_S,
    STREAMS_TOPIC,
    StreamsQuestion,
    check_address,
    decode_search,
    decode_streams,
    seal_question,
)
from core.names import Text, check_printable
from core.requests import ask
from core.storage.audit import record_change
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.camera_checks import blueprint as blueprint
from dashboard.api.operations import problems
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.audit import actor
from dashboard.processes import require_process
from dashboard.services import services

Password: TypeAlias = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(check_printable)
]


class SearchAsked(Asked):
    """Nothing to choose: all networks of this machine are asked once."""


class DeviceAnswer(Answered):
    address: str = Field(description="Of its ONVIF service; for POST /cameras/streams.")
    host: str
    name: str = Field(description="As the camera says; may be empty.")
    model: str = Field(description="As the camera says; may be empty.")


class FoundDevices(Answered):
    """Cameras that answered within four seconds, at most 64; error says why nobody was asked."""

    devices: list[DeviceAnswer]
    error: str


class StreamsAsked(Asked):
    """A camera to ask, and as whom. Neither user nor password is kept or logged."""

    address: str = Field(
        min_length=1,
        max_length=ADDRESS_MAX,
        description="Such as http://192.168.1.20/onvif/device_service",
    )
    user: Text = ""
    password: Password = ""


class StreamAnswer(Answered):
    name: str
    url: str = Field(description="Without user and password.")
    width: int | None
    height: int | None
    frames_per_second: float | None
    codec: str


class FoundStreams(Answered):
    """The streams that a camera names; error says why there are none."""

    streams: list[StreamAnswer]
    error: str


@blueprint.post(
    "/cameras/search", responses={200: FoundDevices, **problems(HTTPStatus.GATEWAY_TIMEOUT)}
)
@needs(Role.ADMIN)
def search(body: SearchAsked) -> Response:
    """Ask the network once which ONVIF cameras there are (WS-Discovery). Takes four seconds."""
    require_process("ingest", "search the network")
    provided = services()
    with provided.database.write() as session:
        record_change(session, actor(), "camera.search", "the network")
    found = decode_search(ask(provided.redis, SEARCH_TOPIC, b"", SEARCH_TIMEOUT_S))
    devices = [
        DeviceAnswer(address=one.address, host=one.host, name=one.name, model=one.model)
        for one in found.devices
    ]
    return answer(FoundDevices(devices=devices, error=found.error))


@blueprint.post(
    "/cameras/streams", responses={200: FoundStreams, **problems(HTTPStatus.GATEWAY_TIMEOUT)}
)
@needs(Role.ADMIN)
def streams(body: StreamsAsked) -> Response:
    """Ask an ONVIF camera for its streams. The password leaves this house as a digest only."""
    check_address(body.address)
    require_process("ingest", "ask the camera")
    provided = services()
    with provided.database.write() as session:
        record_change(session, actor(), "camera.streams", urlsplit(body.address).netloc)
    question = StreamsQuestion(body.address, body.user, body.password)
    sealed = seal_question(question, provided.box)
    found = decode_streams(ask(provided.redis, STREAMS_TOPIC, sealed, STREAMS_TIMEOUT_S))
    answers = [
        StreamAnswer(
            name=one.name,
            url=one.url,
            width=one.width,
            height=one.height,
            frames_per_second=one.frames_per_second,
            codec=one.codec,
        )
        for one in found.streams
    ]
    return answer(FoundStreams(streams=answers, error=found.error))
