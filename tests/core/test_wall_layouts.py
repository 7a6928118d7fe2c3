"""Layouts of a wall: each camera once, what is not there left out, broken ones harmless."""

import pytest
from pydantic import ValidationError

from core.wall_layouts import TilePlace, WallLayout, encode_layout, read_layout

LAYOUT = WallLayout(
    tiles=(TilePlace(camera_id=3, size=2), TilePlace(camera_id=1)), shows_others=False
)


def test_a_layout_survives_being_kept() -> None:
    assert read_layout(encode_layout(LAYOUT)) == LAYOUT


@pytest.mark.parametrize("text", ["", "[]", '{"tiles": [{"camera_id": 0}]}', '{"columns": 3}'])
def test_a_broken_layout_shows_all_cameras(text: str) -> None:
    assert read_layout(text) == WallLayout()


def test_a_camera_that_is_named_twice_keeps_its_first_place() -> None:
    named = [{"camera_id": 1, "size": 2}, {"camera_id": 2}, {"camera_id": 1}]
    layout = WallLayout.model_validate({"tiles": named})
    assert [(tile.camera_id, tile.size) for tile in layout.tiles] == [(1, 2), (2, 1)]


@pytest.mark.parametrize("size", [0, 5])
def test_a_tile_is_one_to_four_places_large(size: int) -> None:
    with pytest.raises(ValidationError):
        TilePlace(camera_id=1, size=size)


def test_cameras_that_are_not_to_be_seen_are_left_out() -> None:
    assert [tile.camera_id for tile in LAYOUT.limited_to(frozenset({1, 2})).tiles] == [1]


def test_who_sees_a_part_changes_that_part_alone() -> None:
    changed = WallLayout(tiles=(TilePlace(camera_id=2),)).keeping(LAYOUT, frozenset({1, 2}))
    assert [(tile.camera_id, tile.size) for tile in changed.tiles] == [(2, 1), (3, 2)]
