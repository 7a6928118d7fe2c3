"""Run a one-pass detector on pictures fitted into its inputs of fixed size."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import openvino as ov

from core.types import Detections, Image
from models.detectors.boxes import FacePoints, SizeWh, best_input, letterbox, map_back
from models.runtimes.openvino import CompiledNetwork, Tensor

SIZES_WH = ((640, 384), (384, 640), (640, 480), (480, 640), (640, 640))
"""Input sizes for wide, narrow and square pictures; multiples of 32."""

Decode: TypeAlias = Callable[[tuple[Tensor, ...], SizeWh], FacePoints]
"""Reads the faces out of a network's outputs, in pixels of its input of that size, best first."""

Compile: TypeAlias = Callable[[SizeWh], CompiledNetwork]
"""Makes the network for an input size: it takes (1, height, width, 3) uint8 BGR."""


class LetterboxedDetector:
    """A FaceDetector.

    The first input size is compiled at once, which proves the network; each other one when
    the first picture of its shape comes: most installations need one or two.
    """

    def __init__(self, compile_for: Compile, sizes_wh: Sequence[SizeWh], decode: Decode) -> None:
        self._compile_for = compile_for
        self._sizes_wh = sizes_wh
        self._decode = decode
        self._networks = {sizes_wh[0]: compile_for(sizes_wh[0])}

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the faces of each image; boxes in pixels of that image."""
        return [points.found for points in self.detect_points(images)]

    def detect_points(self, images: Sequence[Image]) -> list[FacePoints]:
        """Find faces and landmarks; images of one shape run as one batch."""
        results: dict[int, FacePoints] = {}
        sizes_wh = [best_input(image, self._sizes_wh) for image in images]
        for size_wh in dict.fromkeys(sizes_wh):
            chosen = [i for i, each in enumerate(sizes_wh) if each == size_wh]
            canvases = [letterbox(images[i], size_wh) for i in chosen]
            outputs = self._network(size_wh).run([canvas.pixels[None] for canvas in canvases])
            for i, canvas, grids in zip(chosen, canvases, outputs, strict=True):
                results[i] = map_back(self._decode(grids, size_wh), canvas.scale, images[i])
        return [results[i] for i in range(len(images))]

    def _network(self, size_wh: SizeWh) -> CompiledNetwork:
        if size_wh not in self._networks:
            self._networks[size_wh] = self._compile_for(size_wh)
        return self._networks[size_wh]


def take_pixels(network: ov.Model, as_rgb: bool) -> ov.Model:
    """Let a float NCHW network take (1, h, w, 3) BGR bytes as OpenCV has them.

    as_rgb: whether it was trained on RGB. Its input has its size already.
    """
    steps = ov.preprocess.PrePostProcessor(network)
    taken = steps.input()
    taken.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    taken.tensor().set_color_format(ov.preprocess.ColorFormat.BGR)
    taken.model().set_layout(ov.Layout("NCHW"))
    steps_of_input = taken.preprocess().convert_element_type(ov.Type.f32)
    if as_rgb:
        steps_of_input.convert_color(ov.preprocess.ColorFormat.RGB)
    return steps.build()
