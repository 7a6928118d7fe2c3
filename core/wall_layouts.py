"""How a wall is arranged: which cameras it shows, in which order, and how large."""

import logging
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

logger = logging.getLogger(__name__)

TILES_MAX = 200
SIZE_MAX = 4
"""Places of a grid, across and down, that the largest tile takes."""
_ID_MAX = 2**31 - 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TilePlace(_Part):
    """One camera of a wall. size: how many places of the grid it takes, across and down."""

    camera_id: Annotated[int, Field(ge=1, le=_ID_MAX)]
    size: Annotated[int, Field(ge=1, le=SIZE_MAX)] = 1


def _each_once(tiles: tuple[TilePlace, ...]) -> tuple[TilePlace, ...]:
    """Keep the first place of a camera that is named twice."""
    first: dict[int, TilePlace] = {}
    for tile in tiles:
        first.setdefault(tile.camera_id, tile)
    return tuple(first.values())


Tiles: TypeAlias = Annotated[
    tuple[TilePlace, ...], Field(max_length=TILES_MAX), AfterValidator(_each_once)
]


class WallLayout(_Part):
    """An arrangement that fits any screen: it names no columns and no pixels."""

    tiles: Tiles = Field(default=(), description="In the order of reading.")
    shows_others: bool = Field(
        default=True, description="Cameras that tiles does not name follow, by name."
    )

    def limited_to(self, camera_ids: frozenset[int]) -> "WallLayout":
        """Leave out cameras that are not among these: not there any more, or not to be seen."""
        tiles = tuple(tile for tile in self.tiles if tile.camera_id in camera_ids)
        return self.model_copy(update={"tiles": tiles})

    def keeping(self, before: "WallLayout", visible: frozenset[int]) -> "WallLayout":
        """Put what an arrangement had before, and who changed it cannot see, behind the rest."""
        hidden = tuple(tile for tile in before.tiles if tile.camera_id not in visible)
        return self.model_copy(update={"tiles": (self.tiles + hidden)[:TILES_MAX]})


def encode_layout(layout: WallLayout) -> str:
    return layout.model_dump_json()


def read_layout(text: str) -> WallLayout:
    """Read a layout as it was kept; one that cannot be read shows all cameras."""
    try:
        return WallLayout.model_validate_json(text)
    except ValidationError as error:
        logger.warning("a wall's layout cannot be read: %s faults", error.error_count())
        return WallLayout()
