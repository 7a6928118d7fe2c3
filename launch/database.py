"""Prepare the database for a start, and the link that lets the first person in."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import tzlocal

from core.model_folders import ModelFolder
from core.preferences import EvidenceMode
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.audit import SYSTEM, record_change
from core.storage.cameras import NewCamera, add_camera, list_cameras
from core.storage.engine import Database
from core.storage.evidence_policy import publish_face_seal
from core.storage.installation import check_key, find_time_zone
from core.storage.links import create_sign_in_link
from core.storage.model_activations import register_shipped
from core.storage.preferences import is_anything_chosen, read_preferences, write_preferences
from core.storage.rollups import settle_time_zone
from core.storage.users import Role, User, UserChanges, change_user, find_or_add_user, has_users
from launch.data_folder import make_data_folder

_LINK_LIFETIME = timedelta(days=1)
_DEMO_USER = "demo"


@dataclass(frozen=True, slots=True)
class Greeting:
    """A link to print once everything serves: what it does, and its path."""

    label: str
    path: str


def prepare_database(
    url: str,
    box: SecretBox,
    demo_cameras: Sequence[NewCamera] | None,
    models: Sequence[ModelFolder] = (),
    time_zone: str = "",
) -> Greeting | None:
    """Migrate, check the secret key against the data, add the demo cameras if given.

    models: the versions of this release. Returns the link to print; None where people
    sign in with their passwords. Raises BadSettings.
    """
    migrate_database(url, box, models, time_zone)
    with closing(Database(url)) as database:
        if demo_cameras is not None:
            return _add_demo(database, box, demo_cameras)
        return _invite_first_user(database)


def migrate_database(
    url: str, box: SecretBox, models: Sequence[ModelFolder] = (), time_zone: str = ""
) -> None:
    """Bring the tables to this version; make sure that the key fits what they hold.

    models: the versions of this release, which become known. time_zone: the zone that
    the history's days are cut by; left as it is where empty, and at the first start
    that of this machine. Raises BadSettings.
    """
    # Imported here: alembic is needed by nothing else of `up`.
    from migrations import upgrade

    with closing(Database(url)) as database:
        database.check()
        upgrade(url)
        with database.write() as session:
            check_key(session, box)
            publish_face_seal(session, box)
            register_shipped(session, models)
            if time_zone or find_time_zone(session) is None:
                settle_time_zone(session, ZoneInfo(time_zone or _machine_zone()))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the database for a command of the administrator.

    The embedded one is made, or migrated, if need be; a server's is `migrate`'s
    business. Raises BadSettings.
    """
    make_data_folder(settings.data)
    with closing(Database(settings.database)) as database:
        database.check()
        if not settings.database_url:
            from migrations import upgrade

            upgrade(settings.database)
        yield database


def open_key(settings: Settings) -> SecretBox:
    """Open the secret key; the default one is made where there is none. Raises BadSettings."""
    return SecretBox.open(settings.key_file, create=settings.secret_key_file is None)


def _machine_zone() -> str:
    try:
        return tzlocal.get_localzone_name()
    except LookupError:
        return "UTC"


def _add_demo(database: Database, box: SecretBox, cameras: Sequence[NewCamera]) -> Greeting:
    with database.write() as session:
        known = {camera.name for camera in list_cameras(session, box)}
        for camera in cameras:
            if camera.name not in known:
                add_camera(session, box, camera)
        user = find_or_add_user(session, _DEMO_USER, Role.ADMIN)
        link = create_sign_in_link(session, user, _LINK_LIFETIME)
        is_new = not known and not is_anything_chosen(session)
    if is_new:
        _show_faces(database, user)
    return Greeting("sign in", f"/sign-in/{link}")


def _show_faces(database: Database, user: User) -> None:
    """Keep pictures sharp in a new demo: its faces are portraits in the public domain.

    Never where there are cameras already, or where somebody has chosen: those are
    real people's faces.
    """
    with database.write() as session:
        before = read_preferences(session)
        after = before.model_copy(update={"evidence": EvidenceMode.SHARP})
        write_preferences(session, after)
        values = (before.model_dump(mode="json"), after.model_dump(mode="json"))
        record_change(session, SYSTEM, "preferences.change", "preferences", *values)
        change_user(session, user.id, UserChanges(may_see_faces=True))


def _invite_first_user(database: Database) -> Greeting | None:
    with database.write() as session:
        if has_users(session):
            return None
        return Greeting("set up", f"/set-up/{create_sign_in_link(session, None, _LINK_LIFETIME)}")
