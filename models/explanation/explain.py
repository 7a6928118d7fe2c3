"""Explain what the classifier says of a face: which pixels spoke for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.types import LABELS, Image, Label, Probabilities
from models.explanation.heat import (
    Cells,
    Heat,
    Method,
    concentrate,
    enlarge,
    fuse,
    grad_cam,
    grad_cam_pp,
    hires_cam,
    layer_cam,
    to_unit,
)
from models.explanation.network import Look, OpenedNetwork
from models.explanation.regions import Points, fill, outline_lower_face, standard_landmarks
from models.explanation.views import PLAIN, SEVERAL
from models.preprocess import to_input

FUSED_LAYERS = 3
"""The coarsest ones; the next finer one sees edges of everything."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where on a crop a label comes from.

    heat: (h, w) of the crop, 0 to 1; label: the one that is explained;
    probability: its own, and probabilities (3,) all of them; outline: (8, 2)
    of nose, mouth and chin in pixels of the crop; share_on_lower_face: of all
    heat; lower_face_area: of all pixels, the share that spread-out heat has.
    """

    heat: Heat
    label: Label
    probability: float
    probabilities: Probabilities
    outline: Points
    share_on_lower_face: float
    lower_face_area: float


def explain_face(
    crop: Image,
    network: OpenedNetwork,
    label: Label | None = None,
    landmarks: Points | None = None,
    method: Method = Method.FUSED,
) -> Explanation:
    """Explain a label, or the likeliest one, of a BGR crop as serving cuts it.

    landmarks: (5, 2) in pixels of the crop; None takes the usual places. The
    gradients are those of the label's logit, which no temperature changes.
    """
    size_wh = (crop.shape[1], crop.shape[0])
    [pixels] = to_input([crop], network.side)
    explained = label or LABELS[network.look(pixels[None], None).labels[0]]
    views = SEVERAL if method is Method.FUSED else PLAIN
    look = network.look(np.stack([view.of(pixels) for view in views]), explained)
    maps = [view.back(_heat_of(look, row, method, network.side)) for row, view in enumerate(views)]
    heat = enlarge(to_unit(np.mean(maps, axis=0)), size_wh)
    outline = outline_lower_face(standard_landmarks(size_wh) if landmarks is None else landmarks)
    region = fill(outline, size_wh)
    # The first view is the crop itself.
    return Explanation(
        heat=heat,
        label=explained,
        probability=float(look.probabilities[0, LABELS.index(explained)]),
        probabilities=look.probabilities[0],
        outline=outline,
        share_on_lower_face=concentrate(heat, region),
        lower_face_area=float(region.mean()),
    )


def _heat_of(look: Look, row: int, method: Method, side: int) -> Heat:
    """Make one view's map, of the network's input size."""

    def of_layer(layer: int, make: Callable[[Cells, Cells], Heat]) -> Heat:
        chosen = min(layer, len(look.activations) - 1)
        cells = make(look.activations[chosen][row], look.gradients[chosen][row])
        return enlarge(cells, (side, side))

    if method is Method.FUSED:
        layers = range(min(FUSED_LAYERS, len(look.activations)))
        return fuse([of_layer(layer, hires_cam) for layer in layers])
    # The first two are made for the last layer; the others can use the finer one before it.
    layer, make = {
        Method.GRAD_CAM: (0, grad_cam),
        Method.GRAD_CAM_PP: (0, grad_cam_pp),
        Method.HIRES_CAM: (1, hires_cam),
        Method.LAYER_CAM: (1, layer_cam),
    }[method]
    return of_layer(layer, make)
