"""Questions limited to the cameras that someone may see."""

import pytest
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import NotFound
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.scopes import camera_ids_in, check_camera
from core.storage.sites import settle_site


def make_cameras(session: Session, box: SecretBox) -> dict[str, int]:
    """Register a camera at each of two sites and one at none; returns their ids by site."""
    return {
        site: add_camera(session, box, NewCamera(f"at {site}", "0", "0", site=site)).id
        for site in ("north", "south", "")
    }


def scope_of(session: Session, site: str) -> CameraScope:
    return CameraScope(frozenset({settle_site(session, site) or 0}))


def test_a_question_finds_the_cameras_in_scope_only(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        ids = make_cameras(session, box)
        assert session.scalars(camera_ids_in(scope_of(session, "north"))).all() == [ids["north"]]
        assert set(session.scalars(camera_ids_in(EVERYWHERE))) == set(ids.values())
        assert session.scalars(camera_ids_in(CameraScope(frozenset()))).all() == []


def test_a_camera_out_of_scope_does_not_exist(database: Database, box: SecretBox) -> None:
    with database.write() as session:
        ids = make_cameras(session, box)
        north = scope_of(session, "north")
        check_camera(session, ids["north"], north)
        for hidden in (ids["south"], ids[""], 999):
            with pytest.raises(NotFound, match=f"there is no camera {hidden}"):
                check_camera(session, hidden, north)
