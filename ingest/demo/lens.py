"""The demo camera's optics: where a point of the floor's world lands in the picture."""

from dataclasses import dataclass

SIZE_WH = (960, 540)
"""Every demo camera's picture size."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole camera that looks level; its sensor is shifted to look down.

    World: x metres to the right, y metres above the floor, z metres away.
    """

    focal_px: float
    height_m: float
    horizon_y: float

    def scale_at(self, z_m: float) -> float:
        """Give the pixels per metre at a distance."""
        return self.focal_px / z_m

    def project(self, x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
        scale = self.scale_at(z_m)
        return SIZE_WH[0] / 2 + x_m * scale, self.horizon_y + (self.height_m - y_m) * scale

    def edge_at(self, z_m: float) -> float:
        """Give the x in metres, at a distance, where the picture ends on the right."""
        return SIZE_WH[0] / 2 / self.scale_at(z_m)
