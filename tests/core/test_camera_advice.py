import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.camera_advice import (
    AdviceLevel,
    AdviceTopic,
    CameraLook,
    Light,
    advise,
    measure_picture,
    metres_to,
)

GOOD = CameraLook(
    size_wh=(1920, 1080),
    long_side=960,
    frames_per_second=25.0,
    picture=Light(brightness=120.0, sharpness=200.0),
    face_widths_px=(60.0,),
    faces=(Light(brightness=110.0, sharpness=90.0),),
)


def _say(look: CameraLook, topic: AdviceTopic) -> tuple[AdviceLevel, str]:
    [advice] = [one for one in advise(look) if one.topic is topic]
    return advice.level, advice.text


def test_a_good_camera_is_told_so_in_every_topic() -> None:
    advice = advise(GOOD)

    assert [one.topic for one in advice] == [
        AdviceTopic.FACES,
        AdviceTopic.DISTANCE,
        AdviceTopic.LIGHT,
        AdviceTopic.SHARPNESS,
        AdviceTopic.RATE,
    ]
    assert {one.level for one in advice} == {AdviceLevel.GOOD}


def test_of_a_stream_that_showed_nothing_nothing_is_said() -> None:
    assert advise(CameraLook(size_wh=(0, 0), long_side=960)) == ()


@pytest.mark.parametrize(
    ("widths", "level", "words"),
    [
        pytest.param((18.0,), AdviceLevel.POOR, "18 px wide; 24 px are needed", id="too small"),
        pytest.param((24.0,), AdviceLevel.FAIR, "24 px wide: enough", id="just enough"),
        pytest.param((39.4,), AdviceLevel.FAIR, "39 px wide: enough", id="nearly good"),
        pytest.param((40.0,), AdviceLevel.GOOD, "40 px wide: large enough", id="good"),
        pytest.param((18.0, 60.0, 50.0), AdviceLevel.GOOD, "50 px", id="the median counts"),
        pytest.param((), AdviceLevel.FAIR, "No face is in the picture", id="nobody there"),
    ],
)
def test_faces_are_judged_by_their_width(
    widths: tuple[float, ...], level: AdviceLevel, words: str
) -> None:
    said, text = _say(replace(GOOD, face_widths_px=widths), AdviceTopic.FACES)

    assert said is level
    assert words in text


def test_where_nobody_looked_for_faces_nothing_is_said_of_them() -> None:
    look = replace(GOOD, face_widths_px=None, faces=())

    assert AdviceTopic.FACES not in {one.topic for one in advise(look)}


def test_larger_pictures_are_advised_only_where_the_camera_has_them() -> None:
    small = replace(GOOD, face_widths_px=(18.0,))

    assert "long side up to 1920 px" in _say(small, AdviceTopic.FACES)[1]
    assert "a longer lens" in _say(replace(small, long_side=1920), AdviceTopic.FACES)[1]


@pytest.mark.parametrize(
    ("size_wh", "long_side", "level", "metres"),
    [
        pytest.param((1920, 1080), 960, AdviceLevel.GOOD, 3, id="shrunk for analysis"),
        pytest.param((1920, 1080), 1920, AdviceLevel.GOOD, 6, id="whole"),
        pytest.param((640, 360), 960, AdviceLevel.FAIR, 2, id="never enlarged"),
        pytest.param((1080, 1920), 960, AdviceLevel.FAIR, 2, id="upright"),
        pytest.param((320, 240), 960, AdviceLevel.POOR, 1, id="tiny"),
    ],
)
def test_how_far_away_masks_can_be_judged_follows_from_the_analysed_width(
    size_wh: tuple[int, int], long_side: int, level: AdviceLevel, metres: int
) -> None:
    look = replace(GOOD, size_wh=size_wh, long_side=long_side, face_widths_px=())
    said, text = _say(look, AdviceTopic.DISTANCE)

    assert said is level
    assert re.search(rf"(up to|beyond) {metres} m", text)


@pytest.mark.parametrize(
    ("width", "level", "words"),
    [
        pytest.param(24.0, AdviceLevel.FAIR, "less than twice", id="just enough"),
        pytest.param(40.0, AdviceLevel.GOOD, "less than twice", id="a full vote"),
        pytest.param(48.0, AdviceLevel.GOOD, "up to 2 times", id="twice"),
        pytest.param(119.0, AdviceLevel.GOOD, "up to 4 times", id="rounded down"),
    ],
)
def test_a_face_that_is_seen_tells_the_distance_without_a_guess_at_the_lens(
    width: float, level: AdviceLevel, words: str
) -> None:
    said, text = _say(replace(GOOD, face_widths_px=(width,)), AdviceTopic.DISTANCE)

    assert said is level
    assert words in text
    assert "lens" not in text


def test_where_faces_are_too_small_no_distance_is_promised() -> None:
    look = replace(GOOD, face_widths_px=(18.0,))

    assert AdviceTopic.DISTANCE not in {one.topic for one in advise(look)}


def test_distance_is_that_of_a_pinhole_camera() -> None:
    # 90 degrees: the picture is as wide as twice the distance. 1 m of 2 m at 960 px is 480 px.
    assert metres_to(face_px=480 * 0.15 / 4, width_px=960) == 4


@pytest.mark.parametrize(
    ("picture", "face", "level", "words"),
    [
        pytest.param(120, 110, AdviceLevel.GOOD, "light is right", id="good"),
        pytest.param(160, 60, AdviceLevel.POOR, "bright background", id="backlit"),
        pytest.param(30, 28, AdviceLevel.POOR, "dark", id="dark"),
        pytest.param(225, 220, AdviceLevel.FAIR, "overexposed", id="bright"),
        pytest.param(225, 110, AdviceLevel.GOOD, "light is right", id="bright, but not the face"),
    ],
)
def test_light_is_judged_by_the_faces(
    picture: float, face: float, level: AdviceLevel, words: str
) -> None:
    look = replace(GOOD, picture=Light(picture, 200.0), faces=(Light(face, 90.0),))
    said, text = _say(look, AdviceTopic.LIGHT)

    assert said is level
    assert words in text


@pytest.mark.parametrize(
    ("sharpness", "level"),
    [(90.0, AdviceLevel.GOOD), (20.0, AdviceLevel.FAIR), (3.0, AdviceLevel.POOR)],
)
def test_sharpness_is_that_of_the_faces(sharpness: float, level: AdviceLevel) -> None:
    look = replace(GOOD, faces=(Light(110.0, sharpness),))

    assert _say(look, AdviceTopic.SHARPNESS)[0] is level


def test_without_faces_only_a_blurred_picture_is_worth_a_word() -> None:
    empty = replace(GOOD, face_widths_px=(), faces=())
    blurred = replace(empty, picture=Light(120.0, 2.0))

    assert AdviceTopic.SHARPNESS not in {one.topic for one in advise(empty)}
    assert _say(blurred, AdviceTopic.SHARPNESS)[0] is AdviceLevel.POOR


@pytest.mark.parametrize(
    ("rate", "level"),
    [
        pytest.param(25.0, AdviceLevel.GOOD, id="usual"),
        pytest.param(4.9, AdviceLevel.GOOD, id="a frame off"),
        pytest.param(3.0, AdviceLevel.FAIR, id="few"),
        pytest.param(1.0, AdviceLevel.POOR, id="too few"),
    ],
)
def test_the_rate_is_judged_by_what_following_needs(rate: float, level: AdviceLevel) -> None:
    assert _say(replace(GOOD, frames_per_second=rate), AdviceTopic.RATE)[0] is level


def test_measuring_tells_bright_from_dark_and_sharp_from_blurred() -> None:
    image = np.full((120, 200, 3), 200, np.uint8)
    noise = np.random.default_rng(1).integers(0, 100, (40, 40, 1), np.uint8)
    image[20:60, 20:60] = noise
    image[20:60, 120:160] = cv2.GaussianBlur(np.repeat(noise, 3, 2), (0, 0), 8)

    whole, (sharp, soft) = measure_picture(image, [(20, 20, 40, 40), (120, 20, 40, 40)])

    assert 150 < whole.brightness < 200
    assert sharp.brightness == pytest.approx(50, abs=5)
    assert sharp.sharpness > 40 > soft.sharpness


@pytest.mark.parametrize(
    "box",
    [(-50.0, 0.0, 20.0, 20.0), (190.0, 0.0, 30.0, 20.0), (0.0, 0.0, 0.0, 5.0)],
    ids=["outside", "at the edge", "empty"],
)
def test_a_box_at_the_edge_is_measured_as_far_as_it_is_there(
    box: tuple[float, float, float, float],
) -> None:
    _, faces = measure_picture(np.full((120, 200, 3), 90, np.uint8), [box])

    assert all(one.brightness == 90 for one in faces)
