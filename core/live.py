"""The live channel: who watches what, pictures in Redis, overlays to whoever watches.

Owns the keys `watched:CAMERA`, `analysed:CAMERA` and the channel `mw:house:live`. Pictures are the
queue's (`picture:CAMERA:FRAME`): they stay there for 3 s while a camera is watched,
and are paired with their overlay by the frame id.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.connections import as_bytes
from core.encoding import decode_frame, encode_frame
from core.errors import BadEntry
from core.frames import PICTURE_LIFE_MS
from core.keys import HOUSE_PREFIX, shard_of, shard_prefix
from core.types import Frame, Label, Verdict, to_microseconds

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub

WATCH_LIFE_MS = 5000
"""A viewer's interest lasts this long; who still looks says so again before."""
ANALYSED_LIFE_MS = 1500

_CHANNEL = HOUSE_PREFIX + "live"

_SET_ASIDE = """
-- What lives for seconds, pictures above all, stays out of replicas and of the append-only file.
redis.set_repl(redis.REPL_NONE)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
"""


@dataclass(frozen=True, slots=True)
class OverlayFace:
    """One face to draw: box (x, y, w, h) in pixels of the frame; verdict None until settled."""

    box_xywh: tuple[float, float, float, float]
    track_id: int
    label: Label
    probability: float
    score: float
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What was found in one analysed frame."""

    camera_id: int
    captured_at: datetime
    size_wh: tuple[int, int]
    faces: tuple[OverlayFace, ...]
    people_now: int

    @property
    def frame_id(self) -> int:
        return to_microseconds(self.captured_at)


@dataclass(frozen=True, slots=True)
class Preview:
    """A newer picture than the last analysed one, to be shown without boxes."""

    camera_id: int
    captured_at: datetime
    size_wh: tuple[int, int]

    @property
    def frame_id(self) -> int:
        return to_microseconds(self.captured_at)


class _Notice(msgspec.Struct, array_like=True):
    overlay: Overlay | None = None
    preview: Preview | None = None


class LiveChannel:
    """One object for both ends: recorder and ingest publish, dashboards listen."""

    def __init__(self, redis: "Redis", shards: int = 1) -> None:
        self._redis = redis
        self._shards = shards
        self._set_aside = redis.register_script(_SET_ASIDE)

    def watch(self, camera_ids: Iterable[int]) -> None:
        """Say that someone looks at these cameras, for the next 5 s."""
        with self._redis.pipeline(transaction=False) as pipe:
            for camera_id in camera_ids:
                self._set_aside([self._key("watched", camera_id)], [1, WATCH_LIFE_MS], pipe)
            pipe.execute()

    def is_watched(self, camera_id: int) -> bool:
        return bool(self._redis.exists(self._key("watched", camera_id)))

    def is_analysed(self, camera_id: int) -> bool:
        """Say whether a camera's analysed frames are shown: one within the last 1.5 s.

        They are not where workers do not keep up, nor while SQL is away.
        """
        return bool(self._redis.exists(self._key("analysed", camera_id)))

    def preview(self, frame: Frame) -> None:
        """Show a picture that was not analysed. Call at most 5 times a second."""
        key = self._key("picture", frame.camera_id, frame.frame_id)
        self._set_aside([key], [encode_frame(frame), PICTURE_LIFE_MS])
        notice = _Notice(preview=Preview(frame.camera_id, frame.captured_at, frame.size_wh))
        self._redis.publish(_CHANNEL, msgspec.msgpack.encode(notice))

    def publish_all(self, overlays: Sequence[Overlay]) -> None:
        """Hand overlays to every dashboard: one way to the server and back."""
        with self._redis.pipeline(transaction=False) as pipe:
            for overlay in overlays:
                pipe.publish(_CHANNEL, msgspec.msgpack.encode(_Notice(overlay=overlay)))
            for camera_id in {overlay.camera_id for overlay in overlays}:
                self._set_aside([self._key("analysed", camera_id)], [1, ANALYSED_LIFE_MS], pipe)
            pipe.execute()

    def notices(self, timeout_s: float) -> Iterator[Overlay | Preview]:
        """Listen for at most timeout_s; yields as they come. Broken ones are dropped.

        Call again for more; what is published between two calls is not seen, so
        give a long time-out, and stop iterating to end sooner.
        """
        until = time.monotonic() + timeout_s
        with _subscribe(self._redis) as subscription:
            while (left_s := until - time.monotonic()) > 0:
                message = subscription.get_message(timeout=min(left_s, 1.0))
                notice = _read(message["data"]) if message else None
                if notice is not None:
                    yield notice

    def picture(self, camera_id: int, frame_id: int) -> bytes | None:
        """Fetch a frame's JPEG; None if its 3 seconds are over, or nobody watched."""
        entry = self._redis.get(self._key("picture", camera_id, frame_id))
        if entry is None:
            return None
        try:
            return decode_frame(camera_id, as_bytes(entry)).jpeg
        except BadEntry:
            return None

    def _key(self, name: str, camera_id: int, frame_id: int | None = None) -> str:
        prefix = shard_prefix(shard_of(camera_id, self._shards))
        return f"{prefix}{name}:{camera_id}" + ("" if frame_id is None else f":{frame_id}")


def _subscribe(redis: "Redis") -> "PubSub":
    subscription: PubSub = redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis has no types here
    subscription.subscribe(_CHANNEL)
    return subscription


_decoder = msgspec.msgpack.Decoder(_Notice)


def _read(content: bytes) -> Overlay | Preview | None:
    try:
        notice = _decoder.decode(content)
    except msgspec.DecodeError:
        return None
    return notice.overlay or notice.preview
