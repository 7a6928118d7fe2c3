"""Sites and zones in SQL, on both servers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core.access_scopes import CameraScope
from core.errors import BadRequest, Conflict, NameTaken, NotFound
from core.secrets import SecretBox
from core.storage.audit import Actor, ActorKind
from core.storage.cameras import Camera, NewCamera, add_camera, change_camera, remove_camera
from core.storage.engine import Database, utc_now
from core.storage.sites import (
    get_site,
    list_sites,
    list_zones,
    remove_site,
    remove_zone,
    rename_site,
    rename_zone,
)
from core.storage.tables import AuditRow, CameraRow, TokenRow, TokenSiteRow

ANN = Actor("ann", ActorKind.USER)


def hang(database: Database, box: SecretBox, name: str, site: str = "", zone: str = "") -> Camera:
    with database.write() as session:
        return add_camera(session, box, NewCamera(name, "0", "0", site=site, zone=zone))


def names_of(database: Database) -> tuple[list[str], list[str]]:
    """The names of all sites, and of all zones."""
    with database.read() as session:
        return [s.name for s in list_sites(session)], [z.name for z in list_zones(session)]


def test_sites_are_listed_with_their_zones_and_cameras(
    any_database: Database, box: SecretBox
) -> None:
    hang(any_database, box, "a", "North", "Hall")
    hang(any_database, box, "b", "North", "Hall")
    hang(any_database, box, "c", "North", "Gate")
    hang(any_database, box, "d", "East")
    hang(any_database, box, "e", "", "Hall")
    with any_database.read() as session:
        east, north = list_sites(session)
        loose = [zone for zone in list_zones(session) if zone.site_id is None]
    assert (east.name, east.cameras, east.zones) == ("East", 1, ())
    assert (north.name, north.cameras) == ("North", 3)
    assert [(zone.name, zone.cameras) for zone in north.zones] == [("Gate", 1), ("Hall", 2)]
    assert [(zone.name, zone.cameras) for zone in loose] == [("Hall", 1)]


def test_a_scope_hides_other_sites_and_the_zones_of_none(
    database: Database, box: SecretBox
) -> None:
    north = hang(database, box, "a", "North", "Hall")
    hang(database, box, "b", "South", "Hall")
    loose = hang(database, box, "c", "", "Loose")
    scope = CameraScope(frozenset([north.site_id or 0]))
    with database.write() as session:
        assert [site.name for site in list_sites(session, scope)] == ["North"]
        assert [zone.site_id for zone in list_zones(session, scope)] == [north.site_id]
        with pytest.raises(NotFound):
            rename_zone(session, loose.zone_id or 0, "mine", scope=scope)
        with pytest.raises(NotFound):
            get_site(session, 99, scope)


def test_a_place_that_no_camera_names_any_more_is_gone(
    any_database: Database, box: SecretBox
) -> None:
    first = hang(any_database, box, "a", "North", "Hall")
    second = hang(any_database, box, "b", "North", "Gate")
    with any_database.write() as session:
        change_camera(session, box, first.id, zone="Gate")
    assert names_of(any_database) == (["North"], ["Gate"])
    with any_database.write() as session:
        change_camera(session, box, first.id, site="", zone="")
        change_camera(session, box, second.id, site="South")
    assert names_of(any_database) == (["South"], ["Gate"])


def test_a_removed_camera_keeps_its_place_for_its_history(
    database: Database, box: SecretBox
) -> None:
    camera = hang(database, box, "a", "North", "Hall")
    with database.write() as session:
        remove_camera(session, camera.id)
    assert names_of(database) == (["North"], ["Hall"])
    with database.read() as session:
        assert session.get_one(CameraRow, camera.id).site_id == camera.site_id


def test_a_site_stays_while_somebody_is_limited_to_it(database: Database, box: SecretBox) -> None:
    camera = hang(database, box, "a", "North", "Hall")
    with database.write() as session:
        token = TokenRow(name="t", role="viewer", hash="h", is_limited=True, created_at=utc_now())
        session.add(token)
        session.flush()
        session.add(TokenSiteRow(token_id=token.id, site_id=camera.site_id))
    with database.write() as session:
        change_camera(session, box, camera.id, site="", zone="")
    assert names_of(database) == (["North"], [])


def test_places_are_renamed_with_their_cameras(any_database: Database, box: SecretBox) -> None:
    camera = hang(any_database, box, "a", "North", "Hall")
    with any_database.write() as session:
        site = rename_site(session, camera.site_id or 0, " Nord ", ANN)
        zone = rename_zone(session, camera.zone_id or 0, "Halle", ANN)
        lines = [(row.action, row.before, row.after) for row in session.query(AuditRow)][1:]
    assert (site.name, site.cameras, zone.name, zone.cameras) == ("Nord", 1, "Halle", 1)
    assert lines == [
        ("site.rename", '{"name": "North"}', '{"name": "Nord"}'),
        ("zone.rename", '{"name": "Hall"}', '{"name": "Halle"}'),
    ]


@pytest.mark.parametrize("site", ["North", ""])
def test_a_name_is_used_once_among_neighbours(
    any_database: Database, box: SecretBox, site: str
) -> None:
    first = hang(any_database, box, "a", site, "Hall")
    hang(any_database, box, "b", site, "Gate")
    hang(any_database, box, "c", "South", "Yard")
    with pytest.raises(NameTaken), any_database.write() as session:
        rename_zone(session, first.zone_id or 0, "Gate")
    with any_database.write() as session:
        rename_zone(session, first.zone_id or 0, "Yard")
        rename_zone(session, first.zone_id or 0, "Yard")
    if first.site_id:
        with pytest.raises(NameTaken), any_database.write() as session:
            rename_site(session, first.site_id, "South")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "nul\0"])
def test_a_name_that_is_none_is_refused(database: Database, box: SecretBox, name: str) -> None:
    camera = hang(database, box, "a", "North", "Hall")
    with pytest.raises(BadRequest), database.write() as session:
        rename_site(session, camera.site_id or 0, name)
    assert names_of(database) == (["North"], ["Hall"])


def test_only_what_has_no_camera_is_removed(any_database: Database, box: SecretBox) -> None:
    camera = hang(any_database, box, "a", "North", "Hall")
    site_id, zone_id = camera.site_id or 0, camera.zone_id or 0
    with any_database.write() as session:
        with pytest.raises(Conflict, match="still has cameras"):
            remove_site(session, site_id)
        with pytest.raises(Conflict, match='the zone "Hall"'):
            remove_zone(session, zone_id)
        remove_camera(session, camera.id)
        remove_zone(session, zone_id, ANN)
        remove_site(session, site_id, ANN)
    assert names_of(any_database) == ([], [])
    with any_database.write() as session:
        row = session.get_one(CameraRow, camera.id)
        assert (row.site_id, row.zone_id) == (None, None)
        assert {one.action for one in session.query(AuditRow)} > {"site.remove", "zone.remove"}
        with pytest.raises(NotFound):
            remove_site(session, site_id)


def test_a_site_takes_its_empty_zones_along(database: Database, box: SecretBox) -> None:
    camera = hang(database, box, "a", "North", "Hall")
    with database.write() as session:
        remove_camera(session, camera.id)
        remove_site(session, camera.site_id or 0)
    assert names_of(database) == ([], [])


def test_cameras_that_come_and_go_at_once_leave_no_broken_place(
    any_database: Database, box: SecretBox
) -> None:
    cameras = [hang(any_database, box, f"camera {number}") for number in range(4)]
    together = Barrier(len(cameras))

    def move(camera: Camera) -> None:
        together.wait()
        for turn in range(6):
            with any_database.write() as session:
                site, zone = ("North", "Hall") if turn % 2 else ("", "")
                change_camera(session, box, camera.id, site=site, zone=zone)

    with ThreadPoolExecutor(len(cameras)) as pool:
        list(pool.map(move, cameras))
    with any_database.read() as session:
        (north,) = list_sites(session)
    assert (north.cameras, [zone.cameras for zone in north.zones]) == (4, [4])
