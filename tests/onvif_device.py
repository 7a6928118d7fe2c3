"""A small ONVIF camera to test against: it answers searches on the loopback, and names streams.

It wants a UsernameToken with the digest of its password where it has one, as cameras do.
"""

import base64
import hashlib
import re
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

GROUP = "239.255.255.250"
PORT = 3702
_ENVELOPE = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
_REFUSAL = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value>"
    "</s:Subcode></s:Code><s:Reason><s:Text>Sender not authorized</s:Text></s:Reason></s:Fault>"
)
_CLOCK = (
    "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time>"
    "<tt:Hour>1</tt:Hour><tt:Minute>2</tt:Minute><tt:Second>3</tt:Second></tt:Time><tt:Date>"
    "<tt:Year>2020</tt:Year><tt:Month>5</tt:Month><tt:Day>6</tt:Day></tt:Date></tt:UTCDateTime>"
    "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
)


def envelope(body: str, header: str = "") -> bytes:
    return _ENVELOPE.format(header=header, body=body).encode()


@dataclass
class OnvifDevice:
    """Use it as a context manager. streams: the address that each of its profiles has."""

    user: str = ""
    password: str = ""
    streams: dict[str, str] = field(default_factory=dict)
    name: str = "Front%20door"
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "OnvifDevice":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self._ear: socket.socket | None = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self._ear is not None:
            self._ear.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def listen(self) -> None:
        """Answer searches on the loopback. Raises OSError where multicast is refused."""
        self._ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._ear.bind(("", PORT))
        group = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton("127.0.0.1"))
        self._ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        threading.Thread(target=self._answer_searches, args=(self._ear,), daemon=True).start()

    def match(self, question: str) -> bytes:
        """Answer a search."""
        header = (
            "<a:MessageID>urn:uuid:answer</a:MessageID>"
            f"<a:RelatesTo>{question}</a:RelatesTo><a:Action>"
            "http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action>"
        )
        body = (
            "<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>"
            f"urn:uuid:camera-{self.port}</a:Address></a:EndpointReference>"
            "<d:Types>dn:NetworkVideoTransmitter</d:Types>"
            f"<d:Scopes>onvif://www.onvif.org/name/{self.name} onvif://www.onvif.org/hardware/M1"
            f"</d:Scopes><d:XAddrs>{self.address}</d:XAddrs>"
            "<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>"
        )
        return envelope(body, header)

    def answer(self, question: str) -> tuple[int, bytes]:
        """Answer a question of SOAP, with its status."""
        name = next(iter(re.findall(r"<s:Body><(\w+)", question)), "")
        self.asked.append(name)
        if name == "GetSystemDateAndTime":
            return 200, envelope(_CLOCK)
        if self.user and not self._knows(question):
            return 400, envelope(_REFUSAL)
        if name == "GetCapabilities":
            media = "<tt:Media><tt:XAddr>http://10.9.9.9/onvif/media</tt:XAddr></tt:Media>"
            body = f"<tds:Capabilities>{media}</tds:Capabilities>"
            return 200, envelope(
                f"<tds:GetCapabilitiesResponse>{body}</tds:GetCapabilitiesResponse>"
            )
        if name == "GetProfiles":
            profiles = "".join(self._profile(token) for token in self.streams)
            return 200, envelope(f"<trt:GetProfilesResponse>{profiles}</trt:GetProfilesResponse>")
        token = re.findall(r"<ProfileToken>(\w+)<", question)[0]
        uri = f"<trt:MediaUri><tt:Uri>{self.streams[token]}</tt:Uri></trt:MediaUri>"
        return 200, envelope(f"<trt:GetStreamUriResponse>{uri}</trt:GetStreamUriResponse>")

    def _profile(self, token: str) -> str:
        return (
            f'<trt:Profiles token="{token}"><tt:Name>{token} stream</tt:Name>'
            "<tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding><tt:Resolution>"
            "<tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:RateControl>"
            "<tt:FrameRateLimit>25</tt:FrameRateLimit></tt:RateControl>"
            "</tt:VideoEncoderConfiguration></trt:Profiles>"
        )

    def _knows(self, question: str) -> bool:
        """Check the digest; and its time, by a clock that is years behind."""
        said = dict(re.findall(r"<(Username|Password|Nonce|Created)(?: [^>]*)?>([^<]*)", question))
        if said.get("Username") != self.user or not said["Created"].startswith("2020-05-06T01:"):
            return False
        mixed = base64.b64decode(said["Nonce"]) + said["Created"].encode() + self.password.encode()
        digest = hashlib.sha1(mixed).digest()  # noqa: S324  # as UsernameToken has it
        return bool(said["Password"] == base64.b64encode(digest).decode())

    def _answer_searches(self, ear: socket.socket) -> None:
        with suppress(OSError):  # of a socket that was closed: the end
            while True:
                content, sender = ear.recvfrom(65_535)
                question = re.findall(r"MessageID>([^<]*)<", content.decode())
                if question and b"Probe>" in content:
                    ear.sendto(self.match(question[0]), sender)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        device = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                status, content = device.answer(self.rfile.read(length).decode())
                self.send_response(status)
                self.send_header("Content-Type", "application/soap+xml")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
