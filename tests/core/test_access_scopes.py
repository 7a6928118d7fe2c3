"""Who sees which cameras."""

import pytest

from core.access_scopes import EVERYWHERE, CameraScope


@pytest.mark.parametrize(
    ("scope", "site_id", "is_seen"),
    [
        pytest.param(EVERYWHERE, 1, True, id="no limit"),
        pytest.param(EVERYWHERE, None, True, id="no limit, a camera of no site"),
        pytest.param(CameraScope(frozenset({1, 2})), 2, True, id="their site"),
        pytest.param(CameraScope(frozenset({1, 2})), 3, False, id="another site"),
        pytest.param(CameraScope(frozenset({1, 2})), None, False, id="a camera of no site"),
        pytest.param(CameraScope(frozenset()), 1, False, id="limited to nothing"),
    ],
)
def test_a_limited_one_sees_the_cameras_of_their_sites_only(
    scope: CameraScope, site_id: int | None, is_seen: bool
) -> None:
    assert scope.sees(site_id) is is_seen


def test_only_who_has_a_list_of_sites_is_limited() -> None:
    assert not EVERYWHERE.is_limited
    assert CameraScope(frozenset()).is_limited
