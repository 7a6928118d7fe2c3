"""Saved layouts: whose they are, what they are called, how many there may be."""

import pytest
from sqlalchemy.orm import Session

from core.errors import BadRequest, Conflict, NameTaken, NotFound
from core.storage import wall_layouts
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.users import Role, add_user
from core.storage.wall_layouts import (
    SavedLayout,
    add_layout,
    change_layout,
    get_layout,
    list_layouts,
    remove_layout,
)
from core.wall_layouts import TilePlace, WallLayout

DOORS = WallLayout(tiles=(TilePlace(camera_id=7, size=2),))


def keep(session: Session, owner_id: int | None, name: str) -> SavedLayout:
    return add_layout(session, owner_id, name, DOORS, SYSTEM)


@pytest.fixture
def ann(database: Database) -> int:
    with database.write() as session:
        return add_user(session, "ann", Role.VIEWER, "correct horse battery").id


def test_everyones_come_first_and_nobody_sees_those_of_another(
    database: Database, ann: int
) -> None:
    with database.write() as session:
        bob = add_user(session, "bob", Role.VIEWER, "correct horse battery").id
        for owner_id, name in ((ann, "a"), (None, "z"), (None, "B"), (bob, "bob's")):
            keep(session, owner_id, name)
        assert [one.name for one in list_layouts(session, ann)] == ["B", "z", "a"]
        assert [one.name for one in list_layouts(session, None)] == ["B", "z"]


def test_the_layout_of_another_does_not_exist(database: Database, ann: int) -> None:
    with database.write() as session:
        layout = keep(session, ann, "doors")
        assert get_layout(session, layout.id, ann) == layout
        for who in (None, ann + 1):
            with pytest.raises(NotFound):
                get_layout(session, layout.id, who)


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_name_is_given_once_among_those_of_one_owner(
    database: Database, ann: int, is_shared: bool
) -> None:
    owner_id = None if is_shared else ann
    with database.write() as session:
        keep(session, owner_id, "doors")
        other = keep(session, owner_id, "gates")
        keep(session, ann if is_shared else None, "doors")
        with pytest.raises(NameTaken):
            keep(session, owner_id, " doors ")
        with pytest.raises(NameTaken):
            change_layout(session, other, "doors", DOORS, SYSTEM)
        with pytest.raises(BadRequest):
            keep(session, owner_id, "")


def test_a_layout_is_changed_and_removed(database: Database, ann: int) -> None:
    with database.write() as session:
        layout = change_layout(session, keep(session, ann, "doors"), "all", WallLayout(), SYSTEM)
        assert (layout.name, layout.layout) == ("all", WallLayout())
        remove_layout(session, layout, SYSTEM)
        assert list_layouts(session, ann) == []


def test_there_may_not_be_endlessly_many(
    database: Database, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_layouts, "LAYOUTS_MAX", 2)
    with database.write() as session:
        keep(session, ann, "a")
        keep(session, ann, "b")
        keep(session, None, "c")
        with pytest.raises(Conflict):
            keep(session, ann, "d")
