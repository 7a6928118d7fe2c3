"""Read and check the address of a camera's stream, as a user writes it."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, unquote

from core.errors import BadRequest


class SourceKind(StrEnum):
    """How a stream is reached."""

    RTSP = "rtsp"
    HTTP = "http"
    DEVICE = "device"
    FILE = "file"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """A checked address; `text` and `password` may hold a secret and stay out of repr.

    `location` is what follows the user name: `host:554/path` of a URL, the index
    of a device, the absolute path of a file, the name of a demo camera.
    """

    text: str = field(repr=False)
    kind: SourceKind
    location: str = field(repr=False)
    scheme: str = ""
    host: str = ""
    port: int | None = None
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def redacted(self) -> str:
        """Name the stream for logs and pages: host and path, no secret."""
        if not self.scheme:
            return self.text
        return f"{self.scheme}://" + _SECRETS.sub(r"\1…", self.location)

    def encoded(self) -> str:
        """Give the address as RFC 3986 wants it: user and password percent-encoded."""
        if not self.scheme:
            return self.location
        user = quote(self.user, safe=_PLAIN)
        credentials = f"{user}:{quote(self.password, safe=_PLAIN)}@" if self.user else ""
        return f"{self.scheme}://{credentials}{self.location}"

    @property
    def path(self) -> Path:
        """Name the file, or the file of the device."""
        return Path(
            f"/dev/video{self.location}" if self.kind is SourceKind.DEVICE else self.location
        )


def parse_source(text: str, media: Path) -> SourceAddress:
    """Understand an address, or raise BadRequest for the field `url`.

    A URL (rtsp, rtsps, http, https), the index of a webcam ("0"), `demo:NAME`, or
    a file of the media folder, given by its path or relative to the folder. The
    stream is not opened, and the file need not exist yet.
    """
    text = text.strip()
    if not text or any(character.isspace() or character < " " for character in text):
        return _parse_spaced(text, media)
    if text.isascii() and text.isdigit():
        return _parse_device(text)
    if text.startswith("demo:"):
        return _parse_demo(text)
    if "://" in text:
        return _parse_url(text)
    return _parse_file(text, media)


_SCHEMES = {
    "rtsp": SourceKind.RTSP,
    "rtsps": SourceKind.RTSP,
    "http": SourceKind.HTTP,
    "https": SourceKind.HTTP,
}
_EXPECTED = (
    "expected rtsp://…, rtsps://…, http://… or https://…, "
    "the number of a webcam, or a file of the media folder"
)
_PLAIN = "!$'()*,;=-._~"
"""Kept as they are, since libav holds at most 127 characters of user and password."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::(\d{1,5}))?(?=[/?#]|$)")
_SECRETS = re.compile(
    r"((?:pass(?:word|wd|phrase)?|pwd?|token|secret|(?:api|access)?[_-]?key|auth)=)[^&/;#]*", re.I
)
"""Many cameras take the password as a part of the path or query."""


def _parse_spaced(text: str, media: Path) -> SourceAddress:
    """Accept spaces in the names of files alone."""
    if not text:
        raise BadRequest("url", f"the address is empty; {_EXPECTED}")
    if "://" in text or not text.isprintable():
        raise BadRequest("url", "the address has a space or line break in it; write a space as %20")
    return _parse_file(text, media)


def _parse_device(text: str) -> SourceAddress:
    if len(text) > 3:
        raise BadRequest("url", f"{text} is no webcam; expected 0 for /dev/video0, and so on")
    return SourceAddress(text, SourceKind.DEVICE, str(int(text)))


def _parse_demo(text: str) -> SourceAddress:
    name = text.removeprefix("demo:")
    if not re.fullmatch(r"[\w-]+", name):
        raise BadRequest("url", "expected demo:NAME with the name of a demo camera")
    return SourceAddress(text, SourceKind.DEMO, name)


def _parse_url(text: str) -> SourceAddress:
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    if scheme not in _SCHEMES:
        raise BadRequest("url", f"{scheme[:20]}:// cannot be opened; {_EXPECTED}")
    credentials, location = _split_credentials(rest)
    matched = _HOST.match(location)
    if not matched:
        raise BadRequest("url", f"the address names no valid host; expected {scheme}://host/path")
    port = int(matched[2]) if matched[2] else None
    if port is not None and not 1 <= port <= 65_535:
        raise BadRequest("url", f"the port {port} does not exist; expected 1 to 65535")
    user, _, password = credentials.partition(":")
    return SourceAddress(
        text,
        _SCHEMES[scheme],
        location,
        scheme=scheme,
        host=matched[1].strip("[]"),
        port=port,
        user=unquote(user),
        password=unquote(password),
    )


def _split_credentials(rest: str) -> tuple[str, str]:
    """Split `user:password@host/path` at the last @ that a host follows.

    People paste passwords with @ : / # in them as they are; so a / does not end
    the password. An @ of the path is told apart by having no host before it
    that is complete, or no name with a dot or a port after it. In doubt more is
    taken for password than is: it may fail to open, but it is not shown.
    """
    for found in reversed(list(re.finditer("@", rest))):
        before, after = rest[: found.start()], rest[found.end() :]
        host = _HOST.match(after)
        if host and not _is_host_and_path(before, host[0]) and not host[0].isdigit():
            return before, after
    return "", rest


def _is_host_and_path(before: str, host_after: str) -> bool:
    """Tell whether an @ stands in the path of a URL without user and password."""
    if "/" not in before or "@" in before:
        return False
    is_complete = _HOST.match(before) is not None
    has_password = ":" in before.split("/")[0]
    return is_complete and not (has_password and re.search(r"[.:\]]", host_after))


def _parse_file(text: str, media: Path) -> SourceAddress:
    """Accept files below the media folder, symbolic links followed first."""
    folder = media.resolve()
    path = (folder / text.removeprefix("file:")).resolve()
    if path == folder or not path.is_relative_to(folder):
        raise BadRequest("url", f"{text[:200]} is outside the media folder; put the file there")
    return SourceAddress(text, SourceKind.FILE, str(path))
