"""The two public-domain portraits that demo people are cut from, with their landmarks.

All points are (x, y) in pixels of the picture as its package ships it, read off by hand.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from core.assets import asset_path
from core.errors import BadPicture
from core.types import Image

Point: TypeAlias = tuple[float, float]
Outline: TypeAlias = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Where a mask sits on a face.

    left and right are the picture's. cheek: the face's edge at the height of the
    nose tip; jaw: its edge at the height of the mouth; loop: where an ear loop
    vanishes behind the ear.
    """

    eyes_y: float
    middle_x: float
    bridge: Point
    nose_tip: Point
    mouth: Point
    chin: Point
    cheek_left: Point
    cheek_right: Point
    jaw_left: Point
    jaw_right: Point
    loop_left: Point
    loop_right: Point


@dataclass(frozen=True, slots=True)
class Portrait:
    """One picture and how a head is cut out of it.

    head: outline of what is kept; skin: outline of the bare face within it;
    face_box: xyxy as a face detector boxes this face; cheek_patch: xyxy of plain
    skin, the neck's colour; saturation: factor that brings the two prints' colours
    together.
    """

    file: str
    head: Outline
    skin: Outline
    landmarks: Landmarks
    face_box: tuple[float, float, float, float]
    cheek_patch: tuple[int, int, int, int]
    has_own_hair: bool
    saturation: float


ASTRONAUT = Portrait(
    file="astronaut.png",  # NASA, in the scikit-image package
    head=(
        (228, 17), (245, 18), (262, 26), (277, 35), (287, 45), (293, 57), (297, 71), (299, 85),
        (297, 97), (293, 107), (285, 116), (278, 123), (276, 130), (270, 135), (266, 137),
        (264, 147), (258, 158), (251, 167), (241, 175), (228, 179), (214, 177), (203, 171),
        (193, 162), (187, 152), (183, 141), (182, 130), (177, 127), (173, 119), (166, 111),
        (158, 100), (155, 86), (154, 72), (157, 60), (166, 50), (180, 43), (191, 35), (201, 27),
        (214, 20),
    ),
    skin=(
        (187, 76), (202, 81), (220, 82), (240, 84), (258, 89), (267, 95), (269, 112), (269, 124),
        (279, 123), (276, 131), (268, 138), (264, 147), (258, 158), (251, 167), (241, 175),
        (228, 180), (214, 178), (203, 172), (193, 163), (187, 153), (183, 141), (181, 132),
        (173, 124), (171, 117), (181, 116), (182, 100), (184, 86),
    ),
    landmarks=Landmarks(
        eyes_y=102, middle_x=225, bridge=(225, 108), nose_tip=(224, 127), mouth=(225, 147),
        chin=(228, 178), cheek_left=(183, 124), cheek_right=(267, 127), jaw_left=(187, 150),
        jaw_right=(261, 152), loop_left=(177, 112), loop_right=(272, 116),
    ),
    face_box=(178, 64, 272, 178),
    cheek_patch=(192, 118, 206, 130),
    has_own_hair=True,
    saturation=1.0,
)  # fmt: skip

HOPPER = Portrait(
    file="grace_hopper.jpg",  # US Navy, in the matplotlib package
    head=(
        (176, 152), (192, 143), (215, 137), (240, 134), (262, 133), (290, 134), (312, 138),
        (332, 146), (348, 158), (358, 172), (366, 184), (373, 192), (373, 205), (367, 225),
        (361, 245), (351, 263), (341, 267), (335, 274), (330, 290), (322, 305), (311, 317),
        (297, 325), (280, 330), (262, 331), (245, 329), (228, 323), (214, 314), (205, 303),
        (199, 289), (194, 274), (184, 268), (173, 262), (166, 243), (160, 222), (157, 203),
        (157, 192), (162, 180), (168, 166),
    ),
    skin=(
        (185, 150), (215, 137), (262, 133), (312, 138), (340, 152), (350, 175), (352, 190),
        (366, 184), (373, 192), (373, 205), (367, 225), (361, 245), (351, 263), (341, 267),
        (335, 274), (330, 290), (322, 305), (311, 317), (297, 325), (280, 330), (262, 331),
        (245, 329), (228, 323), (214, 314), (205, 303), (199, 289), (194, 274), (184, 268),
        (173, 262), (166, 243), (160, 222), (157, 203), (157, 192), (172, 188), (176, 170),
    ),
    landmarks=Landmarks(
        eyes_y=187, middle_x=262, bridge=(262, 206), nose_tip=(264, 240), mouth=(265, 281),
        chin=(262, 329), cheek_left=(189, 236), cheek_right=(343, 236), jaw_left=(198, 284),
        jaw_right=(330, 284), loop_left=(170, 205), loop_right=(362, 205),
    ),
    face_box=(172, 123, 355, 328),
    cheek_patch=(197, 236, 216, 252),
    has_own_hair=False,  # the cap is left away and hair is drawn
    saturation=0.66,
)  # fmt: skip

PORTRAITS = (ASTRONAUT, HOPPER)


def read_portrait(portrait: Portrait) -> Image:
    """Read a portrait's picture, BGR. Raises BadPicture if it is missing or broken."""
    path = asset_path(portrait.file)
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise BadPicture(f"{path}: the portrait cannot be read; run `maskwatch` set-up again")
    return np.asarray(image, np.uint8)
