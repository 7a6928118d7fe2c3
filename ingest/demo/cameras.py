"""The demo's cameras: what they are called, where they hang, what they look at."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import SourceRefused
from core.types import Image
from ingest.demo.lens import Lens
from ingest.demo.passages import Traffic
from ingest.demo.places import checkout, corridor, entrance, platform
from ingest.demo.shapes import Plane


@dataclass(frozen=True, slots=True)
class Screen:
    """Something that people pass behind: whoever is farther than z or farther out than x.

    paint_cover gives (h, w) from 0, clear, to 1, hidden.
    """

    paint_cover: Callable[[], Plane]
    beyond_z: float
    beyond_x: float = float("inf")


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """One demo camera. slug: the NAME of its address demo:NAME."""

    slug: str
    name: str
    site: str
    zone: str
    lens: Lens
    traffic: Traffic
    paint_background: Callable[[], Image]
    screen: Screen | None = None

    @property
    def address(self) -> str:
        return f"demo:{self.slug}"


DEMO_CAMERAS: tuple[DemoCamera, ...] = (
    DemoCamera(
        slug="entrance",
        name="North entrance",
        site="Main building",
        zone="Entrances",
        lens=entrance.LENS,
        traffic=Traffic(
            slot_s=7.2,
            pair_share=0.15,
            lanes=(3.3, 2.15, 2.7, 1.85),
            pause_share=0.4,
            pause_s=(1.5, 4.0),
            door=((-0.3, 5.8), (0.0, 4.4)),
            door_share=0.6,
        ),
        paint_background=entrance.paint_entrance,
        screen=Screen(entrance.glass_cover, beyond_z=entrance.BOX.depth),
    ),
    DemoCamera(
        slug="corridor",
        name="Main corridor",
        site="Main building",
        zone="Offices",
        lens=corridor.LENS,
        traffic=Traffic(
            slot_s=8.0,
            pair_share=0.25,
            lanes=(3.1, 1.9, 2.5),
            pause_share=0.5,
            pause_s=(2.0, 4.0),
            door=((-2.3, 4.2), (-0.9, 4.0)),
            door_share=0.65,
        ),
        paint_background=corridor.paint_corridor,
        screen=Screen(
            corridor.near_wall_cover, beyond_z=corridor.BOX.depth, beyond_x=-corridor.BOX.left
        ),
    ),
    DemoCamera(
        slug="checkout",
        name="Shop checkout",
        site="Shop",
        zone="Checkouts",
        lens=checkout.LENS,
        traffic=Traffic(
            slot_s=7.5,
            pair_share=0.15,
            lanes=(2.5, 3.4, 2.9),
            pause_share=0.85,
            pause_s=(3.0, 6.0),
            door=None,
            door_share=0.0,
        ),
        paint_background=checkout.paint_checkout,
        screen=Screen(checkout.counter_cover, beyond_z=checkout.COUNTER_Z),
    ),
    DemoCamera(
        slug="platform",
        name="Platform 2",
        site="Station",
        zone="Platforms",
        lens=platform.LENS,
        traffic=Traffic(
            slot_s=7.6,
            pair_share=0.2,
            lanes=(3.4, 2.2, 2.8, 1.85),
            pause_share=0.6,
            pause_s=(2.5, 5.0),
            door=None,
            door_share=0.0,
        ),
        paint_background=platform.paint_platform,
    ),
)


def find_camera(slug: str) -> DemoCamera:
    """Find a demo camera by its slug. Raises SourceRefused naming those that there are."""
    for camera in DEMO_CAMERAS:
        if camera.slug == slug:
            return camera
    known = ", ".join(camera.slug for camera in DEMO_CAMERAS)
    raise SourceRefused(f'there is no demo camera "{slug}"; there are {known}')
