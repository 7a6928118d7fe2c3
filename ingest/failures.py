"""Turn libav's errors into ours, each a sentence for users that holds no password."""

import errno

import av.error as libav

from core.errors import NotVideo, PasswordRefused, SourceError, SourceLost, SourceRefused
from core.sources import SourceAddress, SourceKind


def explain_failure(
    error: libav.FFmpegError, address: SourceAddress, waited_s: float, timeout_s: float
) -> SourceError:
    """Say what happened and what to do.

    libav tells an interrupted read in many ways, so the time that it took decides.
    """
    if waited_s >= timeout_s or isinstance(error, libav.ExitError | libav.TimeoutError):
        return SourceLost(
            f"{_place(address)} sent nothing for {timeout_s:.0f} s; "
            "check that the camera is on and reachable from here"
        )
    match error:
        case libav.HTTPUnauthorizedError() | libav.HTTPForbiddenError():
            return PasswordRefused(_refusal(address))
        case libav.HTTPNotFoundError():
            return SourceRefused(
                f"{_place(address)} answers, but has no stream at this path (404); "
                "check what follows the host in the address"
            )
        case libav.HTTPError():
            return SourceLost(f"{_place(address)} answers with an error ({error.strerror})")
        case libav.InvalidDataError() | libav.DecoderNotFoundError() | libav.EOFError():
            return _no_video(error, address)
        case libav.ArgumentError() if address.kind in (SourceKind.FILE, SourceKind.HTTP):
            # A demuxer that is not on the list of those allowed.
            return _no_video(error, address)
    return _explain_system_error(error, address)


def without_address(error: libav.FFmpegError) -> libav.FFmpegError:
    """Copy libav's error as a cause for ours.

    PyAV puts the whole address into it, and a traceback would show the password.
    """
    return type(error)(error.errno or 0, error.strerror or "")


def _refusal(address: SourceAddress) -> str:
    if address.user:
        return f"{_place(address)} refuses the user name or password; check both"
    return (
        f"{_place(address)} wants a user name and password; "
        f"write {address.scheme}://USER:PASSWORD@{_place(address)}/…"
    )


def _no_video(error: libav.FFmpegError, address: SourceAddress) -> SourceError:
    if isinstance(error, libav.EOFError) and address.kind is not SourceKind.FILE:
        return SourceLost(f"{_place(address)} ended the connection")
    if address.host:
        return NotVideo(
            f"{_place(address)} answers, but sends no video that can be read; "
            "check the port and what follows it in the address"
        )
    return NotVideo(f"{_place(address)} holds no video that can be read; expected a video")


def _explain_system_error(error: libav.FFmpegError, address: SourceAddress) -> SourceError:
    place = _place(address)
    match error.errno:
        case errno.ECONNREFUSED:
            return SourceLost(f"{place} refuses connections; is the camera on, the port right?")
        case errno.EHOSTUNREACH | errno.ENETUNREACH:
            return SourceLost(f"{place} cannot be reached from here; check network and address")
        case errno.EPROTONOSUPPORT:
            return SourceRefused(f"{place} does not send over UDP; choose TCP for this camera")
        case errno.EACCES | errno.EPERM:
            return SourceRefused(f"{place} may not be opened by this user; check its permissions")
        case errno.EBUSY:
            return SourceRefused(f"{place} is used by another program; close that first")
    return SourceLost(f"{place} cannot be read ({error.strerror or 'unknown error'})")


def _place(address: SourceAddress) -> str:
    """Name the other side."""
    if address.host:
        host = f"[{address.host}]" if ":" in address.host else address.host
        return f"{host}:{address.port}" if address.port else host
    return address.path.name if address.kind is SourceKind.FILE else str(address.path)
