"""Take over lists of cameras: those that are new are added, the others changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.camera_lists import ListedCamera, list_cells
from core.errors import BadList, BadRequest, ListFault, NameTaken
from core.secrets import SecretBox
from core.sources import parse_source
from core.storage.audit import SYSTEM, Actor, record_change
from core.storage.cameras import Camera, NewCamera, add_camera, change_camera, list_cameras


class Outcome(StrEnum):
    """What a list made of one of its cameras."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What becomes of one field, in the words of a list; before is None for a new camera.

    Addresses are without their passwords: where only that is new, both are the same.
    """

    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class ImportedCamera:
    place: str
    name: str
    outcome: Outcome
    changes: tuple[FieldChange, ...] = ()


def import_cameras(
    session: Session,
    box: SecretBox,
    media: Path,
    listed: Sequence[ListedCamera],
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> list[ImportedCamera]:
    """Add and change cameras by their names; those that the list leaves out stay as they are.

    Raises BadList with every fault: the caller's transaction must then be rolled back.
    """
    imported, faults = try_cameras(session, box, media, listed, actor, scope)
    if faults:
        raise BadList(faults)
    return imported


def try_cameras(
    session: Session,
    box: SecretBox,
    media: Path,
    listed: Sequence[ListedCamera],
    actor: Actor = SYSTEM,
    scope: CameraScope = EVERYWHERE,
) -> tuple[list[ImportedCamera], list[ListFault]]:
    """Add and change those cameras that can be, and tell every fault of the others."""
    known = {camera.name: camera for camera in list_cameras(session, box, scope)}
    imported: list[ImportedCamera] = []
    faults: list[ListFault] = []
    for one in listed:
        try:
            with session.begin_nested():
                wanted = _wanted(one, known.get(one.name), media)
                imported.append(
                    _import(session, box, one.place, known.get(one.name), wanted, actor, scope)
                )
        except BadRequest as error:
            faults.append(ListFault(one.place, error.field, str(error)))
        except NameTaken as error:  # of a camera that the actor does not see
            faults.append(ListFault(one.place, "name", str(error)))
    return imported, faults


def record_import(session: Session, actor: Actor, imported: Sequence[ImportedCamera]) -> None:
    """Sum a list up in the audit; each camera's change stands there as well."""
    changed = [one for one in imported if one.outcome is not Outcome.UNCHANGED]
    if changed:
        after = {one.name: one.outcome.value for one in changed}
        record_change(session, actor, "camera.import", f"{len(changed)} cameras", after=after)


def _wanted(one: ListedCamera, known: Camera | None, media: Path) -> dict[str, Any]:
    """Name the fields to write; the address as a known camera shows it keeps its password."""
    fields = {name: value for name, value in one.wanted if value is not None}
    url = fields.pop("url", None)
    if known is not None and url in (None, known.redacted_address):
        return fields
    if url is None:
        raise BadRequest("url", "expected an address, for this camera is new")
    address = parse_source(url, media)
    return fields | {"address": address.text, "redacted_address": address.redacted()}


def _import(
    session: Session,
    box: SecretBox,
    place: str,
    known: Camera | None,
    wanted: dict[str, Any],
    actor: Actor,
    scope: CameraScope,
) -> ImportedCamera:
    if known is None:
        after = add_camera(session, box, NewCamera(**wanted), actor, scope)
        return ImportedCamera(place, after.name, Outcome.ADDED, _changes(None, after))
    after = change_camera(session, box, known.id, actor, scope, **wanted)
    if after.version == known.version:
        return ImportedCamera(place, after.name, Outcome.UNCHANGED)
    return ImportedCamera(place, after.name, Outcome.CHANGED, _changes(known, after))


def _changes(before: Camera | None, after: Camera) -> tuple[FieldChange, ...]:
    """Name the fields that differ; of a new camera those that are not as usual."""
    cells = list_cells(after)
    if before is None:
        usual = list_cells(NewCamera("", "", ""))
        told = [(name, cell) for name, cell in cells.items() if cell != usual[name]]
        return tuple(FieldChange(name, None, cell) for name, cell in told)
    old = list_cells(before)
    new_address = {"url"} if before.address != after.address else set()
    names = [name for name in cells if cells[name] != old[name] or name in new_address]
    return tuple(FieldChange(name, old[name], cells[name]) for name in names)
