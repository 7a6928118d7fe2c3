"""Ask an ONVIF camera for its streams: three SOAP questions, bounded in time and size.

The password leaves as a digest only (WS-Security UsernameToken, or HTTP Digest), for
whoever answers at an address need not be the camera. Redirections are not followed.
"""

import base64
import hashlib
import secrets
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from core.camera_search import (
    ADDRESS_MAX,
    STREAMS_MAX,
    STREAMS_WITHIN_S,
    DeviceStream,
    StreamsQuestion,
    check_address,
)
from core.errors import SourceError, SourceLost, SourceRefused

ANSWER_BYTES_MAX = 512_000
WAIT_S = 4.0
"""Seconds without a byte; the whole conversation has STREAMS_WITHIN_S."""
TEXT_MAX = 100

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_TYPES = "http://www.onvif.org/ver10/schema"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_SECURITY = f"{_OASIS}wssecurity-"
_PROFILE = f"{_OASIS}username-token-profile-1.0"
_NAMES = {"s": _SOAP, "tds": _DEVICE, "trt": _MEDIA, "tt": _TYPES}

Fetch = Callable[[str, bytes, float], bytes]
"""Takes address, body and the monotonic time until which it may take; raises SourceError."""


def list_streams(question: StreamsQuestion, fetch: Fetch | None = None) -> tuple[DeviceStream, ...]:
    """Ask a camera for its profiles, and where each can be fetched. Raises SourceError, BadRequest.

    1. its clock, for a digest holds the time and cameras' clocks are often wrong
    2. where its media service is
    3. its profiles
    4. the address of each one's stream
    """
    check_address(question.address)
    camera = _Camera(question, fetch or HttpFetch(question).fetch)
    media = camera.find_media()
    profiles = camera.list_profiles(media)[:STREAMS_MAX]
    streams = tuple(_describe(profile, camera.find_stream(media, profile)) for profile in profiles)
    usable = tuple(stream for stream in streams if stream.url)
    if not usable:
        raise SourceRefused(f"{camera.place} names no stream; choose another camera")
    return usable


class HttpFetch:
    """Posts SOAP to one camera: no proxy, no redirection, an answer of bounded size."""

    def __init__(self, question: StreamsQuestion) -> None:
        self._place = urlsplit(question.address).netloc
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, question.address, question.user, question.password)
        # Cameras sign their certificates themselves, and get a digest only.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPDigestAuthHandler(passwords),
            _NoRedirect(),
        )

    def fetch(self, address: str, body: bytes, until_s: float) -> bytes:
        headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
        request = urllib.request.Request(address, body, headers)  # noqa: S310  # check_address
        wait_s = min(WAIT_S, until_s - time.monotonic())
        if wait_s <= 0:
            raise self._lost()
        try:
            with self._opener.open(request, timeout=wait_s) as answer:
                return self._read(answer, until_s)
        except HTTPError as error:
            # SOAP faults come with 400 or 500, and say more than their status.
            with error:
                if error.code in (400, 500):
                    return self._read(error, until_s)
            raise self._refused(error.code) from None
        except TimeoutError:
            raise self._lost() from None
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise self._unreachable(error) from None

    def _read(self, answer: Any, until_s: float) -> bytes:
        content = b""
        while chunk := answer.read1(65_536):
            content += chunk
            if len(content) > ANSWER_BYTES_MAX:
                raise SourceRefused(f"{self._place} answers with too much; is it a camera?")
            if time.monotonic() > until_s:
                raise self._lost()
        return content

    def _refused(self, status: int) -> SourceError:
        if status in (401, 403):
            return _wrong_password(self._place)
        return SourceRefused(
            f"{self._place} answers, but not by ONVIF ({status}); check the address, and that "
            "ONVIF is switched on in the camera"
        )

    def _lost(self) -> SourceError:
        return SourceLost(
            f"{self._place} sent nothing for {WAIT_S:.0f} s; "
            "check that the camera is on and reachable from here"
        )

    def _unreachable(self, error: Exception) -> SourceError:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, TimeoutError):
            return self._lost()
        if isinstance(cause, ConnectionRefusedError):
            return SourceLost(
                f"{self._place} refuses connections; is the camera on, the port right?"
            )
        return SourceLost(f"{self._place} cannot be reached from here; check network and address")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object, **more: object) -> None:
        """Follow nowhere: the answer is then the redirection itself, an error."""


class _Camera:
    """The conversation with one camera."""

    def __init__(self, question: StreamsQuestion, fetch: Fetch) -> None:
        self._question, self._fetch = question, fetch
        self._until_s = time.monotonic() + STREAMS_WITHIN_S
        self.place = urlsplit(question.address).netloc
        self._ahead = self._read_clock()

    def find_media(self) -> str:
        """Tell the address of the media service: where we reached the camera, by its own path."""
        body = f'<GetCapabilities xmlns="{_DEVICE}"><Category>Media</Category></GetCapabilities>'
        said = _text(self._ask(self._question.address, body), ".//tt:Media/tt:XAddr")
        path = urlsplit(said).path if said.startswith(("http://", "https://")) else ""
        return urlunsplit(urlsplit(self._question.address)._replace(path=path or "/onvif/Media"))

    def list_profiles(self, media: str) -> list[Element]:
        answer = self._ask(media, f'<GetProfiles xmlns="{_MEDIA}"/>')
        return answer.findall(".//trt:Profiles", _NAMES)

    def find_stream(self, media: str, profile: Element) -> str:
        """Tell where a profile's stream is; empty if the camera has none for it."""
        body = (
            f'<GetStreamUri xmlns="{_MEDIA}"><StreamSetup><Stream xmlns="{_TYPES}">RTP-Unicast'
            f'</Stream><Transport xmlns="{_TYPES}"><Protocol>RTSP</Protocol></Transport>'
            f"</StreamSetup><ProfileToken>{escape(profile.get('token', ''))}</ProfileToken>"
            "</GetStreamUri>"
        )
        return self._clean(_text(self._ask(media, body), ".//trt:MediaUri/tt:Uri"))

    def _clean(self, address: str) -> str:
        """Take user and password out, and nothing that is no video stream."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return ""
        is_stream = parts.scheme in ("rtsp", "rtsps", "http", "https") and bool(host)
        if not is_stream or len(address) > ADDRESS_MAX or not address.isprintable():
            return ""
        if host in ("0.0.0.0", "::"):  # noqa: S104  # said by the camera: it does not know its own
            host = urlsplit(self._question.address).hostname or host
        netloc = f"[{host}]" if ":" in host else host
        return urlunsplit(parts._replace(netloc=f"{netloc}:{port}" if port else netloc))

    def _read_clock(self) -> timedelta:
        """Tell how far the camera's clock is ahead; it answers that to strangers."""
        body = f'<GetSystemDateAndTime xmlns="{_DEVICE}"/>'
        answer = self._ask(self._question.address, body, signed=False)
        clock = answer.find(".//tt:UTCDateTime", _NAMES)
        if clock is None:
            return timedelta(0)
        paths = ("Date/tt:Year", "Date/tt:Month", "Date/tt:Day")
        times = ("Time/tt:Hour", "Time/tt:Minute", "Time/tt:Second")
        try:
            numbers = [int(_text(clock, f"tt:{path}")) for path in paths + times]
            return datetime(*numbers, tzinfo=UTC) - datetime.now(UTC)  # type: ignore[misc,arg-type]  # six
        except ValueError:
            return timedelta(0)

    def _ask(self, address: str, body: str, signed: bool = True) -> Element:
        """Put a question. Raises SourceError, also for a fault that the camera answers."""
        header = self._sign() if signed and self._question.user else ""
        envelope = (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{_SOAP}">'
            f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        answer = self._parse(self._fetch(address, envelope.encode(), self._until_s))
        fault = answer.find(".//s:Fault", _NAMES)
        if fault is not None and signed:
            raise self._explain("".join(_texts(fault)))
        return answer

    def _parse(self, content: bytes) -> Element:
        try:
            answer: Element = SafeXml.fromstring(content, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, RecursionError):
            raise SourceRefused(
                f"{self.place} answers, but not by ONVIF; check the address, and that ONVIF is "
                "switched on in the camera"
            ) from None
        return answer

    def _explain(self, fault: str) -> SourceError:
        is_about_user = "NotAuthorized" in fault or "FailedAuthentication" in fault
        if is_about_user or "not authorized" in fault.lower():
            return _wrong_password(self.place)
        return SourceRefused(f"{self.place} refuses to name its streams; look at its web page")

    def _sign(self) -> str:
        """Write the token: Digest = SHA-1 of nonce, time and password (UsernameToken 1.0, 3.1)."""
        nonce = secrets.token_bytes(16)
        created = (datetime.now(UTC) + self._ahead).strftime("%Y-%m-%dT%H:%M:%SZ")
        mixed = nonce + created.encode() + self._question.password.encode()
        digest = base64.b64encode(hashlib.sha1(mixed).digest()).decode()  # noqa: S324  # as said
        return (
            f'<Security s:mustUnderstand="1" xmlns="{_SECURITY}secext-1.0.xsd"><UsernameToken>'
            f"<Username>{escape(self._question.user)}</Username>"
            f'<Password Type="{_PROFILE}#PasswordDigest">{digest}</Password>'
            f'<Nonce EncodingType="{_OASIS}soap-message-security-1.0#Base64Binary">'
            f"{base64.b64encode(nonce).decode()}</Nonce>"
            f'<Created xmlns="{_SECURITY}utility-1.0.xsd">{created}</Created>'
            "</UsernameToken></Security>"
        )


def _wrong_password(place: str) -> SourceError:
    return SourceRefused(f"{place} refuses the user name or password; check both")


def _describe(profile: Element, url: str) -> DeviceStream:
    encoder = profile.find("tt:VideoEncoderConfiguration", _NAMES)
    name = _text(profile, "tt:Name") or profile.get("token", "")
    shown = "".join(letter for letter in name if letter.isprintable())[:TEXT_MAX]
    if encoder is None:
        return DeviceStream(shown, url)
    rate = _number(encoder, "tt:RateControl/tt:FrameRateLimit")
    return DeviceStream(
        shown,
        url,
        _number(encoder, "tt:Resolution/tt:Width"),
        _number(encoder, "tt:Resolution/tt:Height"),
        None if rate is None else float(rate),
        _text(encoder, "tt:Encoding").lower()[:20],
    )


def _text(element: Element, path: str) -> str:
    return (element.findtext(path, "", _NAMES) or "").strip()


def _number(element: Element, path: str) -> int | None:
    """Read a number of a size that can be; None where there is none."""
    text = _text(element, path)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _texts(element: Element) -> Iterator[str]:
    """Give all text of a fault: codes, subcodes and reasons."""
    return (text for text in element.itertext())
