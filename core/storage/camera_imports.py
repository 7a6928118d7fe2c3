"""Take over lists of cameras: those that are new are added, the others changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.camera_lists import ListedCamera
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
class ImportedCamera:
    place: str
    name: str
    outcome: Outcome


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
    known = {camera.name: camera for camera in list_cameras(session, box, scope)}
    imported: list[ImportedCamera] = []
    faults: list[ListFault] = []
    for one in listed:
        try:
            with session.begin_nested():
                wanted = _wanted(one, known.get(one.name), media)
                outcome = _import(session, box, known.get(one.name), wanted, actor, scope)
            imported.append(ImportedCamera(one.place, one.name, outcome))
        except BadRequest as error:
            faults.append(ListFault(one.place, error.field, str(error)))
        except NameTaken as error:  # of a camera that the actor does not see
            faults.append(ListFault(one.place, "name", str(error)))
    if faults:
        raise BadList(faults)
    return imported


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
    known: Camera | None,
    wanted: dict[str, Any],
    actor: Actor,
    scope: CameraScope,
) -> Outcome:
    if known is None:
        add_camera(session, box, NewCamera(**wanted), actor, scope)
        return Outcome.ADDED
    after = change_camera(session, box, known.id, actor, scope, **wanted)
    return Outcome.UNCHANGED if after.version == known.version else Outcome.CHANGED
