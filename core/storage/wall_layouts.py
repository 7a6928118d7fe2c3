"""Questions about saved arrangements of the wall: a person's own, and those for everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.names import check_name
from core.storage.audit import Actor, record_change
from core.storage.engine import utc_now
from core.storage.tables import WallLayoutRow
from core.storage.taken_names import flush_named, name_taken
from core.wall_layouts import WallLayout, encode_layout, read_layout

LAYOUTS_MAX = 100
"""Of one person, and as many for everyone."""


@dataclass(frozen=True, slots=True)
class SavedLayout:
    """An arrangement with a name. user_id: whose it is; None: it is offered to everyone."""

    id: int
    user_id: int | None
    name: str
    layout: WallLayout
    changed_at: datetime

    @property
    def is_shared(self) -> bool:
        return self.user_id is None


def list_layouts(session: Session, user_id: int | None) -> Sequence[SavedLayout]:
    """List everyone's layouts by name, then this person's own; None: a program has none."""
    offered = or_(WallLayoutRow.user_id.is_(None), WallLayoutRow.user_id == user_id)
    rows = session.scalars(select(WallLayoutRow).where(offered)).all()
    return sorted(map(_read, rows), key=lambda one: (not one.is_shared, one.name.casefold()))


def get_layout(session: Session, layout_id: int, user_id: int | None) -> SavedLayout:
    """Read a layout of everyone's or of this person. Raises NotFound."""
    return _read(_row(session, layout_id, user_id))


def add_layout(
    session: Session, owner_id: int | None, name: str, layout: WallLayout, actor: Actor
) -> SavedLayout:
    """Keep a new layout. owner_id: None for everyone's.

    Raises BadRequest, NameTaken, and Conflict where there are too many.
    """
    _check_name(session, owner_id, name)
    owned = select(func.count()).where(WallLayoutRow.user_id.is_not_distinct_from(owner_id))
    if (session.scalar(owned) or 0) >= LAYOUTS_MAX:
        raise Conflict(f"{LAYOUTS_MAX} layouts are kept at most; delete one that is not used")
    row = WallLayoutRow(
        user_id=owner_id, name=name.strip(), content=encode_layout(layout), changed_at=utc_now()
    )
    session.add(row)
    flush_named(session, row.name)
    made = _read(row)
    record_change(session, actor, "layout.add", _subject(made), None, _facts(made))
    return made


def change_layout(
    session: Session,
    before: SavedLayout,
    name: str,
    layout: WallLayout,
    actor: Actor,
) -> SavedLayout:
    """Give a layout that was read in this transaction another name and arrangement.

    Raises BadRequest, NameTaken.
    """
    row = _row(session, before.id, before.user_id)
    if name.strip() != before.name:
        _check_name(session, before.user_id, name)
    row.name, row.content, row.changed_at = name.strip(), encode_layout(layout), utc_now()
    flush_named(session, row.name)
    after = _read(row)
    record_change(session, actor, "layout.change", _subject(before), _facts(before), _facts(after))
    return after


def remove_layout(session: Session, layout: SavedLayout, actor: Actor) -> None:
    """Forget a layout that was read in this transaction."""
    session.delete(_row(session, layout.id, layout.user_id))
    record_change(session, actor, "layout.remove", _subject(layout), _facts(layout))


def _row(session: Session, layout_id: int, user_id: int | None) -> WallLayoutRow:
    row = session.get(WallLayoutRow, layout_id)
    if row is None or row.user_id not in (None, user_id):
        raise NotFound(f"there is no layout {layout_id}")
    return row


def _check_name(session: Session, owner_id: int | None, name: str) -> None:
    """The table's own rule does not hold for everyone's: no owner equals another there."""
    check_name("name", name.strip())
    taken = select(WallLayoutRow.id).where(
        WallLayoutRow.user_id.is_not_distinct_from(owner_id), WallLayoutRow.name == name.strip()
    )
    if session.scalar(taken) is not None:
        raise name_taken(name.strip())


def _subject(layout: SavedLayout) -> str:
    return f'layout {layout.id} "{layout.name}"'


def _facts(layout: SavedLayout) -> dict[str, Any]:
    """Spell a layout out, for the audit."""
    return {
        "name": layout.name,
        "is_shared": layout.is_shared,
        "shows_others": layout.layout.shows_others,
        "tiles": [f"camera {one.camera_id}, size {one.size}" for one in layout.layout.tiles],
    }


def _read(row: WallLayoutRow) -> SavedLayout:
    return SavedLayout(row.id, row.user_id, row.name, read_layout(row.content), row.changed_at)
