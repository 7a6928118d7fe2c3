"""Gather what administrators chose, and take it over from a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.camera_lists import COLUMNS, read_listed
from core.configurations import FORMAT, Configuration, ConfiguredGroup, ConfiguredSite, merge
from core.errors import BadList, ListFault, NotFound
from core.preferences import Preferences
from core.secrets import SecretBox
from core.storage.audit import Actor, record_change
from core.storage.camera_imports import import_cameras
from core.storage.cameras import Camera, list_cameras
from core.storage.groups import GroupChanges, add_group, change_group, list_groups
from core.storage.limits import find_ids, read_names
from core.storage.preferences import read_preferences, write_preferences
from core.storage.sites import list_sites, list_zones, settle_site, settle_zone
from core.storage.tables import AuditRow


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a configuration changes. before, after: JSON; None where nothing stood."""

    action: str
    subject: str
    before: str | None
    after: str | None


def read_configuration(session: Session, box: SecretBox, *, with_secrets: bool) -> Configuration:
    """Gather everything. with_secrets: addresses of cameras with their passwords."""
    zones = list_zones(session)
    return Configuration(
        format=FORMAT,
        preferences=read_preferences(session).model_dump(mode="json"),
        sites=tuple(
            ConfiguredSite(name=site.name, zones=tuple(zone.name for zone in site.zones))
            for site in list_sites(session)
        ),
        zones=tuple(zone.name for zone in zones if zone.site_id is None),
        cameras=tuple(_write_camera(one, with_secrets) for one in list_cameras(session, box)),
        groups=tuple(
            ConfiguredGroup(
                name=group.name,
                sites=tuple(read_names(session, "site", group.site_ids)),
                users=tuple(read_names(session, "user", group.user_ids)),
            )
            for group in list_groups(session)
        ),
    )


def apply_configuration(
    session: Session, box: SecretBox, media: Path, wanted: Configuration, actor: Actor
) -> list[Change]:
    """Make things as a configuration wants them; what it does not name stays.

    Returns what was changed; nothing where all is so already. Raises BadList: the
    caller's transaction must then be rolled back.
    """
    with _changes(session) as changes:
        _apply_preferences(session, wanted.preferences, actor)
        _apply_cameras(session, box, media, wanted.cameras, actor)
        _apply_places(session, wanted, actor)
        for group in wanted.groups:
            _apply_group(session, group, actor)
        session.flush()
    return changes


def _write_camera(camera: Camera, with_secrets: bool) -> dict[str, Any]:
    written = {column: getattr(camera, column, None) for column in COLUMNS}
    written["url"] = camera.address if with_secrets else camera.redacted_address
    written["rules"] = camera.rules.model_dump(mode="json", exclude_defaults=True)
    if written["url"] != camera.address:
        written["password_left_out"] = True
    return written


@contextmanager
def _changes(session: Session) -> Iterator[list[Change]]:
    """Listen to the audit: whatever is written there is a change."""
    changes: list[Change] = []

    def note(session: Session, *_: object) -> None:
        rows = [row for row in session.new if isinstance(row, AuditRow)]
        changes.extend(Change(row.action, row.subject, row.before, row.after) for row in rows)

    event.listen(session, "before_flush", note)
    try:
        yield changes
    finally:
        event.remove(session, "before_flush", note)


def _apply_preferences(session: Session, given: dict[str, Any], actor: Actor) -> None:
    before = read_preferences(session)
    try:
        after = Preferences.model_validate(merge(before.model_dump(mode="json"), given))
    except ValidationError as error:
        raise BadList(
            [
                ListFault("preferences", ".".join(map(str, fault["loc"])), fault["msg"])
                for fault in error.errors(include_url=False)
            ]
        ) from error
    if after != before:
        write_preferences(session, after)
        values = (before.model_dump(mode="json"), after.model_dump(mode="json"))
        record_change(session, actor, "preferences.change", "preferences", *values)


def _apply_cameras(
    session: Session,
    box: SecretBox,
    media: Path,
    entries: tuple[dict[str, Any], ...],
    actor: Actor,
) -> None:
    """Add and change the cameras. One that is new needs its whole address."""
    known = {camera.name for camera in list_cameras(session, box)}
    _refuse_half_addresses(entries, known)
    plain = [{n: v for n, v in one.items() if n != "password_left_out"} for one in entries]
    listed = read_listed((f"cameras.{number}", one) for number, one in enumerate(plain))
    import_cameras(session, box, media, listed, actor)


def _refuse_half_addresses(entries: tuple[dict[str, Any], ...], known: set[str]) -> None:
    faults = [
        ListFault(
            f"cameras.{number}",
            "url",
            f'"{entry.get("name")}" is new here, and its password was left out: write its whole '
            "address and take password_left_out away, or export it with --with-secrets",
        )
        for number, entry in enumerate(entries)
        if entry.get("password_left_out") and entry.get("name") not in known
    ]
    if faults:
        raise BadList(faults)


def _apply_places(session: Session, wanted: Configuration, actor: Actor) -> None:
    """Make sites and zones that no camera has brought along."""
    known = {site.name: {zone.name for zone in site.zones} for site in list_sites(session)}
    loose = {zone.name for zone in list_zones(session) if zone.site_id is None}
    for site in wanted.sites:
        site_id = settle_site(session, site.name)
        if site.name not in known:
            record_change(session, actor, "site.add", f'site {site_id} "{site.name}"')
        _make_zones(session, site_id, set(site.zones) - known.get(site.name, set()), actor)
    _make_zones(session, None, set(wanted.zones) - loose, actor)


def _make_zones(session: Session, site_id: int | None, names: set[str], actor: Actor) -> None:
    for name in sorted(names):
        zone_id = settle_zone(session, site_id, name)
        after = {"site_id": site_id}
        record_change(session, actor, "zone.add", f'zone {zone_id} "{name}"', after=after)


def _apply_group(session: Session, wanted: ConfiguredGroup, actor: Actor) -> None:
    """Make a group or change it; its sites and users are those that are named."""
    site_ids, user_ids = _ids(session, wanted, "site"), _ids(session, wanted, "user")
    known = {group.name: group for group in list_groups(session)}.get(wanted.name)
    after = {"name": wanted.name, "sites": sorted(wanted.sites), "users": sorted(wanted.users)}
    subject = f'group "{wanted.name}"'
    if known is None:
        add_group(session, wanted.name, site_ids, user_ids)
        record_change(session, actor, "group.add", subject, None, after)
    elif (known.site_ids, known.user_ids) != (site_ids, user_ids):
        before = {
            "name": known.name,
            "sites": read_names(session, "site", known.site_ids),
            "users": read_names(session, "user", known.user_ids),
        }
        change_group(session, known.id, GroupChanges(None, site_ids, user_ids))
        record_change(session, actor, "group.change", subject, before, after)


def _ids(session: Session, group: ConfiguredGroup, what: str) -> frozenset[int]:
    try:
        return find_ids(session, what, group.sites if what == "site" else group.users)
    except NotFound as error:
        raise BadList([ListFault(f'group "{group.name}"', f"{what}s", str(error))]) from error
