"""What a page may ask on its socket, and what is refused before the upgrade."""

import pytest
from flask.testing import FlaskClient

from core.errors import DatabaseAway
from dashboard import sockets
from dashboard.security import is_same_origin
from dashboard.sockets import read_watch


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        pytest.param({"camera_ids": [1, 2]}, {1, 2}, id="two cameras"),
        pytest.param({"camera_ids": []}, set(), id="none, the tab is hidden"),
        pytest.param({"camera_ids": [1, 1]}, {1}, id="twice the same"),
        pytest.param({"camera_ids": list(range(36))}, set(range(36)), id="a full wall"),
        pytest.param({"camera_ids": list(range(37))}, None, id="over a full wall"),
        pytest.param({"camera_ids": ["1"]}, None, id="text"),
        pytest.param({"camera_ids": [True]}, None, id="a truth value"),
        pytest.param({"camera_ids": [1.5]}, None, id="a fraction"),
        pytest.param({"camera_ids": {"1": 2}}, None, id="no list"),
        pytest.param({}, None, id="nothing said"),
        pytest.param([1], None, id="no object"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_page_may_ask_for_up_to_36_cameras_by_id(
    message: object, wanted: set[int] | None
) -> None:
    assert read_watch(message) == wanted


@pytest.mark.parametrize(
    ("origin", "public_url", "is_ours"),
    [
        pytest.param("http://wall:8080", "", True, id="our own address"),
        pytest.param(None, "", True, id="no browser"),
        pytest.param("https://wall:8080", "", False, id="another scheme"),
        pytest.param("http://wall:8081", "", False, id="another port"),
        pytest.param("http://elsewhere.example", "", False, id="another host"),
        pytest.param("null", "", False, id="a sandboxed page"),
        pytest.param("https://masks.example", "https://masks.example/", True, id="the proxy"),
        pytest.param(
            "https://masks.example.evil", "https://masks.example", False, id="a longer host"
        ),
    ],
)
def test_only_our_own_pages_may_connect(origin: str | None, public_url: str, is_ours: bool) -> None:
    assert is_same_origin(origin, "wall:8080", "http", public_url) == is_ours


def test_who_connects_while_the_database_is_away_may_come_again(
    stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_the_database() -> None:
        raise DatabaseAway("it does not answer")

    monkeypatch.setattr(sockets, "signed_in", ask_the_database)
    assert stranger.get("/socket.io/?EIO=4&transport=websocket").status_code == 503
