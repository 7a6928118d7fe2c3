"""Search the network for ONVIF cameras by WS-Discovery: a question to all, answers in seconds.

The library writes and reads the messages. The sockets are ours, for its own threads
have no bound in time or number, and end at a message that is not well formed; what
the network sends is parsed without DTDs and entities.
"""

import ipaddress
import logging
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from xml.parsers.expat import ExpatError

import psutil
from defusedxml import minidom

from core.camera_search import ANSWERS_WITHIN_S, DEVICES_MAX, FoundDevice, SearchAnswer

if TYPE_CHECKING:
    from wsdiscovery.actions.probematch import ProbeResolveMatch

logger = logging.getLogger(__name__)

GROUP = ("239.255.255.250", 3702)
"""Where devices listen (WS-Discovery 1.0, 2.4)."""
SENDS = 2
"""UDP loses: the question is sent twice (SOAP-over-UDP 1.0, 3)."""
PAUSE_S = 0.15
DATAGRAM_BYTES_MAX = 65_535
DATAGRAMS_MAX = 512
TEXT_MAX = 100

_CAMERA = ("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter", "dn")
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_MATCHES = "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches"
_SCOPE = "onvif://www.onvif.org/"

_REFUSED = (
    "this machine cannot search its network: multicast is refused here, as in most containers; "
    "give the camera's address instead"
)

Target = tuple[str, int]


def search_cameras(
    within_s: float = ANSWERS_WITHIN_S,
    interfaces: Sequence[str] | None = None,
    target: Target = GROUP,
) -> SearchAnswer:
    """Ask the network of each interface for cameras; those that answer in time, by host.

    interfaces: IPv4 addresses of this machine, all by default. At most DEVICES_MAX answers.
    """
    addresses = _own_addresses() if interfaces is None else interfaces
    message, question_id = _write_question()
    with ExitStack() as stack:
        sockets = [stack.enter_context(one) for one in _open_sockets(addresses)]
        asked = _send(sockets, message, target)
        if not asked:
            return SearchAnswer(error=_REFUSED)
        matches = _listen(asked, message, target, within_s)
        return SearchAnswer(_collect(matches, question_id))


def read_matches(content: bytes, question_id: str) -> list["ProbeResolveMatch"]:
    """Read an answer to our question; nothing where it is none, or not well formed."""
    from wsdiscovery.actions.probematch import parseProbeMatchMessage

    try:
        document: Any = minidom.parseString(content.decode(), forbid_dtd=True)
        action = document.getElementsByTagNameNS(_ADDRESSING, "Action")[0].firstChild
        if action.data.strip() != _MATCHES:
            return []
        answer = parseProbeMatchMessage(document)
    except (ExpatError, ValueError, LookupError, AttributeError, RecursionError) as error:
        logger.debug("an answer to a search cannot be read: %s", type(error).__name__)
        return []
    matches: list[ProbeResolveMatch] = answer.getProbeResolveMatches()
    return matches if answer.getRelatesTo() == question_id else []


def describe_match(match: "ProbeResolveMatch", sender: str) -> FoundDevice | None:
    """Tell what a camera says of itself; None if it names no address that can be asked.

    sender: the IP address that its answer came from, preferred among those it names.
    """
    addresses = [one for one in match.getXAddrs() if _is_askable(one)]
    if not addresses:
        return None
    address = next((one for one in addresses if urlsplit(one).hostname == sender), addresses[0])
    said = [scope.getValue() for scope in match.getScopes()]
    host = urlsplit(address).netloc
    return FoundDevice(address, host, _scope(said, "name"), _scope(said, "hardware"))


def _write_question() -> tuple[bytes, str]:
    """Write the question for cameras, with its id."""
    # At import the package would run a program to find the C library.
    from wsdiscovery import QName
    from wsdiscovery.actions import constructProbe
    from wsdiscovery.message import createSOAPMessage

    question = constructProbe([QName(*_CAMERA)], None)
    return createSOAPMessage(question).encode(), question.getMessageId()


def _own_addresses() -> list[str]:
    """List the IPv4 addresses of this machine; the loopback, too: cameras are simulated there."""
    interfaces = psutil.net_if_addrs().values()
    return [one.address for ips in interfaces for one in ips if one.family == socket.AF_INET]


def _open_sockets(addresses: Iterable[str]) -> Iterator[socket.socket]:
    """Open a socket on each interface that lets us multicast."""
    for address in addresses:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            one.setblocking(False)
            one.bind((address, 0))
        except OSError as error:
            logger.debug("no search on %s: %s", address, error)
            one.close()
            continue
        yield one


def _send(sockets: Iterable[socket.socket], message: bytes, target: Target) -> list[socket.socket]:
    """Ask on each socket; returns those on which it was possible."""
    asked = []
    for one in sockets:
        try:
            one.sendto(message, target)
            asked.append(one)
        except OSError as error:
            logger.debug("no search on %s: %s", one.getsockname()[0], error)
    return asked


def _listen(
    sockets: Sequence[socket.socket], message: bytes, target: Target, within_s: float
) -> Iterator[tuple[bytes, str]]:
    """Give what arrives, with the sender's address, until the time or the number is up."""
    until_s = time.monotonic() + within_s
    again_s = time.monotonic() + PAUSE_S
    sends, received = SENDS - 1, 0
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ, one)
        while (left_s := until_s - time.monotonic()) > 0 and received < DATAGRAMS_MAX:
            for key, _ in selector.select(min(left_s, PAUSE_S)):
                received += 1
                yield from _receive(key.data)
            if sends and time.monotonic() >= again_s:
                sends -= 1
                _send(sockets, message, target)


def _receive(one: socket.socket) -> Iterator[tuple[bytes, str]]:
    try:
        content, (sender, _) = one.recvfrom(DATAGRAM_BYTES_MAX)
    except OSError:  # such as that a port is closed, told by an earlier send
        return
    yield content, sender


def _collect(answers: Iterable[tuple[bytes, str]], question_id: str) -> tuple[FoundDevice, ...]:
    """Take each camera once, by the name of its endpoint, as many as are allowed."""
    found: dict[str, FoundDevice] = {}
    for content, sender in answers:
        for match in read_matches(content, question_id):
            device = describe_match(match, sender)
            if device is not None and len(found) < DEVICES_MAX:
                found.setdefault(match.getEPR(), device)
    return tuple(sorted(found.values(), key=lambda device: (_sort_key(device.host), device.host)))


def _sort_key(host: str) -> int:
    """Sort by the IP address as a number; names come last."""
    try:
        return int(ipaddress.ip_address(host.partition(":")[0]))
    except ValueError:
        return 2**32


def _is_askable(address: str) -> bool:
    """Say whether we can ask there: over IPv4 or a name, and by HTTP."""
    try:
        parts = urlsplit(address)
        has_host = bool(parts.hostname) and "[" not in parts.netloc and "@" not in parts.netloc
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and has_host and len(address) <= 4 * TEXT_MAX


def _scope(scopes: Sequence[str], name: str) -> str:
    """Find what a scope says, such as the name in onvif://www.onvif.org/name/Door."""
    start = f"{_SCOPE}{name}/"
    text = next((unquote(one[len(start) :]) for one in scopes if one.startswith(start)), "")
    return "".join(letter for letter in text if letter.isprintable())[:TEXT_MAX].strip()
