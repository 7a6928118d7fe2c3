"""What a dashboard does every two seconds, and the numbers that it sends."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from core.heartbeats import CameraHealth, CameraState, read_heartbeats, report_health
from core.live import LiveChannel
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.cameras import NewCamera, add_camera, change_camera, remove_camera
from core.storage.engine import Database
from core.storage.rollups import add_to_rollups
from core.storage.users import Role, find_or_add_user, remove_user
from dashboard.connections import Connections
from dashboard.figures import figures_message, read_figures
from dashboard.live import LiveHub
from dashboard.loops import LiveLoops
from dashboard.services import Services

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class Outbox:
    """Remembers what was sent to everybody."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def send_frame(
        self, viewer_id: str, message: dict[str, Any], on_drawn: Callable[[], None]
    ) -> None:
        raise NotImplementedError

    def send_all(self, event: str, message: dict[str, Any]) -> None:
        self.sent.append((event, message))

    def events(self) -> list[str]:
        names = [event for event, _ in self.sent]
        self.sent.clear()
        return names


@dataclass(frozen=True)
class Parts:
    loops: LiveLoops
    hub: LiveHub
    outbox: Outbox
    connections: Connections


@pytest.fixture
def parts(settings: Settings, database: Database, redis: Redis, box: SecretBox) -> Parts:
    outbox, channel, connections = Outbox(), LiveChannel(redis), Connections()
    hub = LiveHub(channel, outbox, lambda: NOW)
    provided = Services(settings, database, redis, box, hub, connections)
    return Parts(LiveLoops(provided, channel, outbox), hub, outbox, connections)


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "rtsp://h/1", "rtsp://h/1")).id


def test_nothing_is_read_or_sent_while_nobody_looks(parts: Parts) -> None:
    parts.loops.tick(NOW)
    assert parts.outbox.events() == []


def test_the_process_beats_whether_or_not_somebody_looks(parts: Parts, redis: Redis) -> None:
    parts.loops.tick(NOW)
    assert [one.kind for one in read_heartbeats(redis)] == ["dashboard"]
    parts.loops.stop()
    assert read_heartbeats(redis) == []


def test_statistics_are_sent_once_for_all_viewers(parts: Parts, camera_id: int) -> None:
    parts.hub.join("ann")
    parts.hub.join("bob")
    parts.loops.tick(NOW)
    assert parts.outbox.events().count("statistics") == 1


def test_a_changed_list_of_cameras_is_announced_once(
    parts: Parts, database: Database, box: SecretBox, camera_id: int
) -> None:
    parts.hub.join("ann")
    parts.loops.tick(NOW)
    parts.outbox.events()
    parts.loops.tick(NOW)
    assert parts.outbox.events() == ["statistics"]
    with database.write() as session:
        change_camera(session, box, camera_id, name="gate")
    parts.loops.tick(NOW)
    assert parts.outbox.events() == ["statistics", "cameras"]
    with database.write() as session:
        remove_camera(session, camera_id)
    parts.loops.tick(NOW)
    assert parts.outbox.events() == ["statistics", "cameras"]


def test_pages_of_a_removed_user_are_cut_off(parts: Parts, database: Database) -> None:
    with database.write() as session:
        user = find_or_add_user(session, "ann", Role.VIEWER)
    parts.hub.join("page")
    parts.connections.add("page", user.id, None)
    parts.loops.tick(NOW)
    assert len(parts.connections) == 1
    with database.write() as session:
        remove_user(session, "ann")
    parts.loops.tick(NOW)
    assert len(parts.connections) == 0


def test_statistics_hold_each_camera_and_the_day(
    database: Database, redis: Redis, box: SecretBox, camera_id: int
) -> None:
    with database.write() as session:
        for start, mask in ((NOW - timedelta(minutes=1), 3), (NOW - timedelta(days=2), 50)):
            people = {(camera_id, start): Counter(mask=mask, no_mask=1)}
            add_to_rollups(session, people, [], ZoneInfo("UTC"))
    report_health(redis, CameraHealth(camera_id, CameraState.LIVE, NOW))
    message = figures_message(read_figures(database, redis, box, {camera_id: 2}, NOW))
    assert message["people_now"] == 2
    assert message["today"]["mask"] == 3
    assert message["today"]["rate"] == 0.75
    assert message["today"]["interval"]["lower"] < 0.75 < message["today"]["interval"]["upper"]
    camera = message["cameras"][0]
    assert (camera["state"], camera["people_now"], camera["today"]["mask"]) == ("live", 2, 3)
    assert camera["since"] == NOW.isoformat()


def test_statistics_of_an_empty_house_are_zeros_and_nulls(
    database: Database, redis: Redis, box: SecretBox
) -> None:
    message = figures_message(read_figures(database, redis, box, {}, NOW))
    assert (message["cameras"], message["people_now"]) == ([], 0)
    assert message["today"]["interval"] is None


def test_people_before_a_removed_camera_are_not_counted(
    database: Database, redis: Redis, box: SecretBox
) -> None:
    assert figures_message(read_figures(database, redis, box, {99: 5}, NOW))["people_now"] == 0
