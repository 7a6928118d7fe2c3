"""What a dashboard does every two seconds, and the numbers that it sends."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from core.access_scopes import CameraScope
from core.errors import DatabaseAway
from core.heartbeats import CameraHealth, CameraState, read_heartbeats, report_health
from core.live import LiveChannel
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.cameras import NewCamera, add_camera, change_camera, remove_camera
from core.storage.engine import Database, utc_now
from core.storage.rollups import add_to_rollups
from core.storage.sessions import begin_session, end_session
from core.storage.tokens import TokenTerms, create_token, find_token, revoke_token
from core.storage.users import Role, UserChanges, change_user, find_or_add_user, remove_user
from dashboard import loops
from dashboard.admissions import Admission, AdmissionKind
from dashboard.connections import Connections
from dashboard.figures import Figures, figures_message, read_figures
from dashboard.live import LiveHub
from dashboard.loops import LiveLoops
from dashboard.services import Services
from dashboard.websockets import WebSockets

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class Outbox:
    """Remembers what was sent, and to whom."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    takers: list[list[str]] = field(default_factory=list)

    def send_frame(self, viewer_ids: Sequence[str], wire: bytes) -> None:
        raise NotImplementedError

    def send_each(self, viewer_ids: Sequence[str], event: str, message: dict[str, Any]) -> None:
        self.sent.append((event, message))
        self.takers.append(list(viewer_ids))

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

    def open_page(self, viewer_id: str, session_id: int) -> None:
        self.admit(viewer_id, Admission(AdmissionKind.SESSION, session_id))

    def admit(self, viewer_id: str, admission: Admission) -> None:
        self.hub.join(viewer_id)
        self.connections.add(viewer_id, admission, None)


@pytest.fixture
def parts(settings: Settings, database: Database, redis: Redis, box: SecretBox) -> Parts:
    outbox, channel, connections = Outbox(), LiveChannel(redis), Connections()
    hub = LiveHub(channel, outbox, lambda: NOW)
    provided = Services(settings, database, redis, box, hub, connections)
    return Parts(LiveLoops(provided, channel, outbox, WebSockets(1000)), hub, outbox, connections)


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "rtsp://h/1", "rtsp://h/1")).id


def test_nothing_is_read_or_sent_while_nobody_looks(parts: Parts) -> None:
    parts.loops.tick(NOW)
    assert parts.outbox.events() == []


def test_the_process_beats_whether_or_not_somebody_looks(parts: Parts, redis: Redis) -> None:
    parts.loops.keep()
    assert [one.kind for one in read_heartbeats(redis)] == ["dashboard"]
    parts.loops.stop()
    assert read_heartbeats(redis) == []


@pytest.fixture
def open_session(database: Database) -> Callable[..., int]:
    """Sign a user in, limited to sites where some are given; answers the session's id."""

    def sign_in(name: str, site_ids: frozenset[int] | None = None) -> int:
        with database.write() as session:
            user = find_or_add_user(session, name, Role.VIEWER)
            if site_ids is not None:
                change_user(session, user.id, UserChanges(is_limited=True, site_ids=site_ids))
            return begin_session(session, user.id, "192.0.2.7", "a test", NOW)[0]

    return sign_in


@pytest.fixture
def sites(database: Database, box: SecretBox) -> dict[str, tuple[int, int]]:
    """Two sites with a camera each: their ids by the site's name."""
    made = {}
    with database.write() as session:
        for name in ("north", "south"):
            camera = add_camera(session, box, NewCamera(f"{name} door", "0", "0", site=name))
            assert camera.site_id is not None
            made[name] = (camera.site_id, camera.id)
    return made


def test_statistics_are_sent_once_for_all_viewers_who_see_the_same(
    parts: Parts, open_session: Callable[..., int], camera_id: int
) -> None:
    parts.open_page("ann's", open_session("ann"))
    parts.open_page("bob's", open_session("bob"))
    parts.loops.tick(NOW)
    assert parts.outbox.events().count("statistics") == 1
    assert sorted(parts.outbox.takers[0]) == ["ann's", "bob's"]


def test_a_limited_viewer_gets_the_numbers_of_their_cameras_only(
    parts: Parts,
    open_session: Callable[..., int],
    sites: dict[str, tuple[int, int]],
    database: Database,
) -> None:
    (north, at_north), (_, at_south) = sites["north"], sites["south"]
    with database.write() as session:
        for camera, count in ((at_north, 2), (at_south, 5)):
            people = {(camera, NOW - timedelta(minutes=1)): Counter(mask=count)}
            add_to_rollups(session, people, [], ZoneInfo("UTC"))
    parts.open_page("bob's", open_session("bob", frozenset({north})))
    parts.loops.tick(NOW)
    event, message = parts.outbox.sent[0]
    assert event == "statistics"
    assert [one["camera_id"] for one in message["cameras"]] == [at_north]
    assert message["today"]["mask"] == 2


def test_a_viewer_who_is_limited_while_they_look_sees_the_other_cameras_no_more(
    parts: Parts,
    open_session: Callable[..., int],
    sites: dict[str, tuple[int, int]],
    database: Database,
) -> None:
    (north, at_north), (_, at_south) = sites["north"], sites["south"]
    parts.open_page("bob's", open_session("bob"))
    parts.hub.watch("bob's", [at_north, at_south])
    parts.loops.tick(NOW)
    assert parts.outbox.events() == ["statistics", "cameras"]
    open_session("bob", frozenset({north}))
    parts.loops.tick(NOW)
    assert parts.outbox.events() == ["statistics", "cameras"]
    assert parts.hub.watched("bob's") == {at_north}


def test_an_open_page_keeps_its_session_alive(
    parts: Parts, open_session: Callable[..., int], database: Database
) -> None:
    session_id = open_session("ann")
    parts.open_page("ann's", session_id)
    for hours in (100, 200):
        parts.loops.tick(NOW + timedelta(hours=hours))
    assert len(parts.connections) == 1


def test_a_page_whose_session_has_ended_is_cut_off(
    parts: Parts, open_session: Callable[..., int], database: Database
) -> None:
    kept, ended = open_session("ann"), open_session("ann")
    parts.open_page("kept", kept)
    parts.open_page("ended", ended)
    with database.write() as session:
        end_session(session, ended)
    parts.loops.tick(NOW)
    assert list(parts.connections.admissions()) == ["kept"]


def test_a_page_that_is_opened_while_sessions_are_read_stays(
    parts: Parts, open_session: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.open_page("first", open_session("ann"))

    def read_while_another_comes(*asked: Any) -> Figures:
        parts.open_page("second", open_session("bob"))
        return read_figures(*asked)

    monkeypatch.setattr(loops, "read_figures", read_while_another_comes)
    parts.loops.tick(NOW)
    assert list(parts.connections.admissions()) == ["first", "second"]


def test_pages_are_told_that_the_database_is_away(
    parts: Parts, open_session: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_nothing(*_: Any) -> Figures:
        raise DatabaseAway("it does not answer")

    parts.open_page("ann's", open_session("ann"))
    monkeypatch.setattr(loops, "read_figures", read_nothing)
    with pytest.raises(DatabaseAway):
        parts.loops.tick(NOW)
    assert parts.outbox.events() == ["database_away"]
    assert len(parts.connections) == 1


def test_a_page_whose_session_is_over_is_cut_off(
    parts: Parts, open_session: Callable[..., int]
) -> None:
    parts.open_page("ann's", open_session("ann"))
    parts.loops.tick(NOW + timedelta(hours=168))
    assert len(parts.connections) == 0


def test_a_kiosk_gets_the_numbers_of_its_cameras_until_its_token_is_revoked(
    parts: Parts, sites: dict[str, tuple[int, int]], database: Database
) -> None:
    north, at_north = sites["north"]
    terms = TokenTerms(cameras=CameraScope(frozenset({north})))
    with database.write() as session:
        create_token(session, "screen", Role.VIEWER, terms)
        token = find_token(session, "screen")
    parts.admit("the screen", Admission(AdmissionKind.KIOSK, token.id))
    parts.loops.tick(NOW)
    event, message = parts.outbox.sent[0]
    assert event == "statistics"
    assert [one["camera_id"] for one in message["cameras"]] == [at_north]
    with database.write() as session:
        assert find_token(session, "screen").last_used_at is not None
        revoke_token(session, "screen")
    parts.loops.tick(NOW)
    assert len(parts.connections) == 0


def test_a_kiosk_whose_token_has_run_out_is_cut_off(parts: Parts, database: Database) -> None:
    expires_at = utc_now() + timedelta(hours=1)
    with database.write() as session:
        create_token(session, "screen", Role.VIEWER, TokenTerms(expires_at=expires_at))
        token = find_token(session, "screen")
    parts.admit("the screen", Admission(AdmissionKind.KIOSK, token.id))
    parts.loops.tick(expires_at - timedelta(seconds=1))
    assert len(parts.connections) == 1
    parts.loops.tick(expires_at)
    assert len(parts.connections) == 0


def test_a_changed_list_of_cameras_is_announced_once(
    parts: Parts,
    database: Database,
    box: SecretBox,
    camera_id: int,
    open_session: Callable[..., int],
) -> None:
    parts.open_page("ann's", open_session("ann"))
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


def test_pages_of_a_removed_user_are_cut_off(
    parts: Parts, database: Database, open_session: Callable[..., int]
) -> None:
    parts.open_page("page", open_session("ann"))
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
