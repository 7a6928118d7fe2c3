"""Say how libav is to open each kind of address, and what it must not do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import NotVideo, SourceLost
from core.sources import SourceAddress, SourceKind

_STREAM_FORMATS = (
    "mpjpeg,mjpeg,mpegts,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,live_flv,avi,asf,"
    "h264,hevc,mpeg,mpegvideo,m4v,ogg,nut,ivf,obu,dhav"
)
"""Demuxers of video. Left out are those that draw text, read picture files or lists of files."""

_NET = "http,https,tcp,tls,crypto,httpproxy"
"""A stream or playlist must not make libav read a local file, so `file` is not here."""

_LIVE = {"fpsprobesize": "3", "user_agent": "Maskwatch"}
"""libav watches 20 frames to tell the rate, which we measure: opening takes 0.4 s, not 1.2."""

_WEBCAM_MODES: tuple[dict[str, str], ...] = (
    {"input_format": "mjpeg", "video_size": "1280x720"},
    {},
)
"""Raw pictures of that size come at 5 to 10 a second over USB 2; the driver's choice comes last."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The arguments of one av.open; the file may hold a password."""

    file: str = field(repr=False)
    format: str | None
    options: dict[str, str]


def openings(address: SourceAddress, transport: str, timeout_s: float) -> Iterator[Opening]:
    """List the ways to open an address; the next is tried if libav refuses the options.

    transport: tcp or udp, for RTSP. Raises SourceLost or NotVideo if a file or
    device is not there, or cannot be what it is said to be.
    """
    match address.kind:
        case SourceKind.RTSP:
            yield Opening(address.encoded(), "rtsp", _rtsp_options(address, transport))
        case SourceKind.HTTP:
            yield Opening(address.encoded(), None, _http_options(timeout_s))
        case SourceKind.DEVICE:
            _check_device(address.path)
            for mode in _WEBCAM_MODES:
                yield Opening(str(address.path), "v4l2", dict(mode))
        case SourceKind.FILE:
            _check_file(address.path)
            yield Opening(str(address.path), None, _file_options())
        case SourceKind.DEMO:
            raise ValueError("a demo camera is not opened by libav")


def _rtsp_options(address: SourceAddress, transport: str) -> dict[str, str]:
    return {
        # RTSP over TLS has no UDP.
        "rtsp_transport": "tcp" if address.scheme == "rtsps" else transport,
        "allowed_media_types": "video",
        "protocol_whitelist": "rtp,srtp,rtsp,tcp,udp,tls,crypto",
        **_LIVE,
    }


def _http_options(timeout_s: float) -> dict[str, str]:
    return {
        "protocol_whitelist": _NET,
        "format_whitelist": f"{_STREAM_FORMATS},hls",
        "rw_timeout": str(int(timeout_s * 1_000_000)),
        **_LIVE,
    }


def _file_options() -> dict[str, str]:
    return {"protocol_whitelist": "file", "format_whitelist": _STREAM_FORMATS}


def _check_device(path: Path) -> None:
    if path.exists():
        return
    found = ", ".join(sorted(str(one) for one in path.parent.glob("video*"))) or "none"
    raise SourceLost(f"there is no webcam {path} (found: {found}); plug it in or choose another")


def _check_file(path: Path) -> None:
    """A pipe would block for ever, so only regular files are opened."""
    if not path.exists():
        raise SourceLost(
            f"there is no file {path.name} in the media folder; "
            "put it there, or begin with rtsp:// if it is a camera"
        )
    if not path.is_file():
        raise NotVideo(f"{path.name} is not a file; expected a video file")
    if path.stat().st_size == 0:
        raise NotVideo(f"{path.name} is empty; expected a video file")
