"""The settings, an erasure and the first start, as an administrator goes through them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select

from core.erasure import ErasureParameters
from core.jobs import JobState
from core.preferences import EvidenceMode, Preferences
from core.storage.audit import SYSTEM
from core.storage.engine import utc_now
from core.storage.erasure import erase
from core.storage.first_start import end_first_start
from core.storage.job_runs import end_job, take_job
from core.storage.jobs import get_job
from core.storage.links import create_sign_in_link
from core.storage.preferences import read_preferences, write_preferences
from core.storage.tables import JobRow, SettingRow, SightingRow
from core.storage.users import Role, remove_user
from tests.core.storage.past import Person, Silent, keep, minutes_between
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.pasts import forget_past
from tests.dashboard.browser.test_browser_pages import (
    LOOKS,
    Look,
    keep_picture,
    open_as,
    violations,
    width_of,
)
from tests.waiting import wait_for

HOUR = timedelta(hours=1)
HAS_PICTURE = """
() => {
  const canvas = document.querySelector(".tile canvas");
  if (!canvas?.width) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data).size > 50;
}
"""
"""Whether the wall's canvas shows more than a plain ground."""


@pytest.fixture(autouse=True)
def first_choices(house: House) -> Iterator[None]:
    """Leave the choices as on the first day."""
    yield
    with house.database.write() as session:
        write_preferences(session, Preferences())


@pytest.fixture
def admin(house: House, page: Page) -> Page:
    page.goto(house.sign_in_link(Role.ADMIN))
    return page


@pytest.fixture
def now(house: House) -> datetime:
    """Take what other tests have left behind out of the history."""
    forget_past(house.database)
    with house.database.write() as session:
        session.execute(delete(SightingRow))
    return utc_now().replace(second=0, microsecond=0)


def chosen(house: House) -> Preferences:
    with house.database.read() as session:
        return read_preferences(session)


def test_faces_are_kept_sharp_only_after_a_question(house: House, admin: Page) -> None:
    admin.goto("/settings")
    admin.get_by_role("radio", name="Sharp").check()
    admin.get_by_role("button", name="Save the evidence mode").click()
    admin.get_by_role("button", name="Cancel").click()
    assert chosen(house).evidence is EvidenceMode.BLURRED
    admin.get_by_role("button", name="Save the evidence mode").click()
    admin.get_by_role("button", name="Keep sharp pictures").click()
    expect(admin.get_by_text("Saved")).to_be_visible()
    assert chosen(house).evidence is EvidenceMode.SHARP
    admin.reload()
    expect(admin.get_by_role("radio", name="Sharp")).to_be_checked()


def test_a_shorter_retention_shows_what_it_removes_and_asks(
    house: House, admin: Page, now: datetime
) -> None:
    door = house.add_camera("door")
    with house.database.write() as session:
        keep(session, [Person(door, now - day * 24 * HOUR - HOUR) for day in range(10)], door)
    admin.goto("/settings")
    expect(admin.locator("#effect-sum")).to_have_text("Nothing: everything kept is young enough.")
    admin.get_by_label("Sightings", exact=True).fill("6")
    expect(admin.locator("#effect-rows")).to_contain_text("4 of 10")
    admin.get_by_role("button", name="Save the retention").click()
    expect(admin.get_by_role("dialog")).to_contain_text("4 sightings, 4 pictures")
    assert chosen(house).retention.sightings_days == Preferences().retention.sightings_days
    admin.get_by_role("button", name="Save, and remove it at night").click()
    expect(admin.get_by_text("Saved")).to_be_visible()
    assert chosen(house).retention.sightings_days == 6


def test_a_figure_out_of_its_bounds_is_said_and_not_saved(house: House, admin: Page) -> None:
    admin.goto("/settings")
    agreement = admin.get_by_label("Agreement")
    expect(agreement).to_have_value("60")
    agreement.fill("101")
    admin.get_by_role("button", name="Save the rule").click()
    expect(admin.get_by_text("Give a number from 0 to 100.")).to_be_visible()
    agreement.fill("75")
    expect(admin.locator("#example-rows")).to_contain_text("Unsure")
    admin.get_by_role("button", name="Save the rule").click()
    expect(admin.get_by_text("Saved")).to_be_visible()
    assert chosen(house).verdict_rule.agreement_min == 0.75


def test_an_hour_of_one_camera_is_erased_after_its_name_was_typed(
    house: House, admin: Page, now: datetime
) -> None:
    door, gate = house.add_camera("door"), house.add_camera("gate")
    with house.database.write() as session:
        for camera_id in (door, gate):
            people = [Person(camera_id, now - hours * HOUR - HOUR / 2) for hours in range(3)]
            keep(session, people, camera_id, minutes_between(now - 3 * HOUR, now))
    admin.goto("/settings/erase")
    admin.get_by_label("Whose history").select_option("door")
    admin.get_by_label("The last hour").check()
    expect(admin.locator("#erase-rows")).to_contain_text("Sightings1")
    admin.get_by_role("button", name="Erase for good…").click()
    sure = admin.get_by_role("dialog").get_by_role("button", name="Erase for good")
    expect(sure).to_be_disabled()
    admin.get_by_label("Type “door” to go on").fill("door")
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("Waiting")).to_be_visible()
    do_erasure(house)
    expect(admin.locator("#job")).to_contain_text("Done")
    expect(admin.locator("#erase-sum")).to_contain_text("Nothing is kept of that time")
    with house.database.read() as session:
        left = session.scalars(select(SightingRow.camera_id)).all()
    assert sorted(left) == [door] * 2 + [gate] * 3


def test_saving_one_part_keeps_what_is_written_in_another(house: House, admin: Page) -> None:
    admin.goto("/settings")
    width = admin.get_by_label("Width of a face")
    width.fill("33")
    admin.get_by_label("A sign-in ends unused after").fill("9")
    admin.get_by_role("button", name="Save the hours").click()
    expect(admin.get_by_text("Saved", exact=True)).to_be_visible()
    expect(width).to_have_value("33")
    admin.get_by_role("button", name="Save the rule").click()
    expect(admin.get_by_text("Saved", exact=True)).to_have_count(2)
    assert (chosen(house).session_hours, chosen(house).verdict_rule.face_px_min) == (9, 33)


def test_a_camera_that_is_gone_does_not_become_all_of_them(admin: Page) -> None:
    admin.goto("/settings/erase?camera_id=999999")
    expect(admin.get_by_text("there is no camera 999999")).to_be_visible()
    expect(admin.get_by_role("button", name="Erase for good…")).to_be_disabled()


def test_a_set_up_link_leads_to_a_wall_with_a_picture(house: House, chromium: Browser) -> None:
    house.forget_cameras()
    with house.database.write() as session:
        session.execute(delete(SettingRow).where(SettingRow.name == "first_start"))
        secret = create_sign_in_link(session, None, HOUR)
    page = chromium.new_page(base_url=house.address)
    page.goto(f"/set-up/{secret}")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill("first programs first")
    page.get_by_label("Password, once more").fill("first programs first")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add your first camera")
    page.get_by_role("link", name="Go on later").click()
    page.get_by_role("link", name="Set up Maskwatch").click()
    page.get_by_role("button", name="Add the demo camera").click()
    page.get_by_role("radio", name="Numbers only").check()
    page.get_by_role("button", name="Keep it so and open the wall").click()
    expect(page.get_by_role("heading", name="Demo entrance")).to_be_visible()
    wait_for("a picture on the wall", lambda: page.evaluate(HAS_PICTURE))
    expect(page.get_by_role("link", name="Go on with setting up")).to_have_count(0)
    page.goto("/first-start")
    expect(page).to_have_url(f"{house.address}/")
    page.close()
    assert chosen(house).evidence is EvidenceMode.NUMBERS
    with house.database.write() as session:
        remove_user(session, "ada")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_first_start_fits_and_is_accessible(house: House, admin: Page, look: Look) -> None:
    with house.database.write() as session:
        session.merge(SettingRow(name="first_start", value=b"begun"))
    for step in ("camera", "evidence"):
        open_as(admin, f"/first-start?step={step}", look)
        keep_picture(admin, f"first-start-{step}-{look}")
        assert width_of(admin) <= look.width
        assert violations(admin) == []
    with house.database.write() as session:
        end_first_start(session)


def do_erasure(house: House) -> None:
    """Do the newest job, as the jobs process does."""
    with house.database.write() as session:
        newest = select(JobRow.id).order_by(JobRow.created_at.desc()).limit(1)
        job_id = session.scalars(newest).one()
        claim = take_job(session, job_id, utc_now())
        asked = ErasureParameters.model_validate_json(get_job(session, job_id).parameters)
    assert claim is not None
    erased = erase(house.database, asked, SYSTEM, Silent())
    with house.database.write() as session:
        end_job(session, claim, JobState.DONE, "", utc_now(), erased)
