import socket
import threading
from collections.abc import Iterator

import pytest
from wsdiscovery.actions.probematch import ProbeResolveMatch
from wsdiscovery.scope import Scope

from core.camera_search import DEVICES_MAX, FoundDevice
from ingest.discovery import describe_match, read_matches, search_cameras
from tests.onvif_device import OnvifDevice, envelope

QUESTION = "urn:uuid:question"


@pytest.fixture
def device() -> Iterator[OnvifDevice]:
    with OnvifDevice() as made:
        yield made


def test_a_camera_that_answers_is_found_with_what_it_says_of_itself(device: OnvifDevice) -> None:
    try:
        device.listen()
    except OSError as error:
        pytest.skip(f"multicast is refused here: {error}")

    answer = search_cameras(within_s=3.0, interfaces=["127.0.0.1"])

    host = f"127.0.0.1:{device.port}"
    # Another test may have a camera here at the same time.
    assert FoundDevice(device.address, host, "Front door", "M1") in answer.devices
    assert answer.error == ""


def test_where_no_interface_can_be_asked_that_is_said() -> None:
    answer = search_cameras(within_s=0.1, interfaces=["203.0.113.1"])

    assert answer.devices == ()
    assert "multicast is refused" in answer.error


def test_no_more_answers_are_taken_than_allowed(device: OnvifDevice) -> None:
    flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    flood.bind(("127.0.0.1", 0))
    flood.settimeout(60)

    def answer_all() -> None:
        content, sender = flood.recvfrom(65_535)
        question = content.decode().split("MessageID>")[1].removesuffix("</a:")
        for number in range(DEVICES_MAX + 20):
            match = device.match(question).replace(b"uuid:camera", f"uuid:{number}".encode())
            flood.sendto(match, sender)

    answering = threading.Thread(target=answer_all)
    answering.start()
    target = flood.getsockname()
    answer = search_cameras(within_s=3.0, interfaces=["127.0.0.1"], target=target)
    answering.join()
    flood.close()

    assert 0 < len(answer.devices) <= DEVICES_MAX


def test_an_answer_to_another_question_is_not_ours(device: OnvifDevice) -> None:
    assert len(read_matches(device.match(QUESTION), QUESTION)) == 1
    assert read_matches(device.match("urn:uuid:other"), QUESTION) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"<a", id="cut off"),
        pytest.param(envelope("<d:Probe/>"), id="no action"),
        pytest.param(b"<a>" * 20_000, id="deep"),
        pytest.param(b"<a>" * 8_000 + b"</a>" * 8_000, id="deep and whole"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>', id="entities"
        ),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', id="a file of this machine"),
    ],
)
def test_what_is_no_answer_is_left_out(content: bytes) -> None:
    assert read_matches(content, QUESTION) == []


def match_of(*addresses: str, scopes: tuple[str, ...] = ()) -> ProbeResolveMatch:
    return ProbeResolveMatch("urn:uuid:1", [], [Scope(one, "") for one in scopes], addresses, "1")


def test_the_address_that_the_answer_came_from_is_preferred() -> None:
    match = match_of("http://169.254.1.1/onvif", "http://10.0.0.7/onvif")

    found = describe_match(match, "10.0.0.7")
    other = describe_match(match, "10.0.0.8")

    assert (found and found.address) == "http://10.0.0.7/onvif"
    assert (other and other.host) == "169.254.1.1"


@pytest.mark.parametrize(
    "address",
    ["", "ftp://10.0.0.7/", "http://", "http://[fe80::1]/onvif", "http://a@b/", "file:///etc"],
)
def test_a_camera_without_an_address_that_can_be_asked_is_left_out(address: str) -> None:
    assert describe_match(match_of(address), "10.0.0.7") is None


def test_what_a_camera_says_of_itself_is_short_and_printable() -> None:
    scope = "onvif://www.onvif.org/name/A%0Ab" + "c" * 500
    found = describe_match(match_of("http://10.0.0.7/", scopes=(scope,)), "")

    assert found is not None
    assert found.name.startswith("Abc")
    assert len(found.name) == 100
