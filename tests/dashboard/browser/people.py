"""People for the pages: drawn faces with and without masks, who passed cameras at chosen times."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np

from core.pictures import encode_jpeg
from core.storage.engine import Database
from core.storage.pictures import SightingPicture
from core.storage.recording import FinishedTrack, add_history
from core.timelines import VOTE, Timeline, encode_timeline
from core.types import Image, Label, Verdict

SIZE = 128
_SKINS = ((148, 180, 224), (120, 158, 205), (86, 122, 168), (62, 88, 128), (175, 200, 236))
_HAIRS = ((30, 30, 36), (38, 58, 88), (70, 110, 150), (120, 120, 124), (24, 40, 66))
_WALLS = ((150, 140, 128), (116, 126, 132), (172, 170, 164), (98, 104, 112))
_MASKS = ((214, 190, 148), (236, 232, 226), (44, 44, 48), (196, 160, 110))
_PROBABILITIES = {
    Verdict.MASK: (0.93, 0.04, 0.03),
    Verdict.INCORRECT_MASK: (0.14, 0.78, 0.08),
    Verdict.NO_MASK: (0.03, 0.05, 0.92),
    Verdict.UNSURE: (0.42, 0.21, 0.37),
}


@dataclass(frozen=True)
class Passer:
    """One person before one camera."""

    camera_id: int
    came_at: datetime
    verdict: Verdict
    has_picture: bool = True
    takes_off: bool = False


def write_people(database: Database, people: Sequence[Passer]) -> None:
    """Record people, with a drawn and blurred-for-good face, votes and counts."""
    tracks = [_track(number, one) for number, one in enumerate(people)]
    minutes = {
        (one.camera_id, one.came_at.replace(second=0, microsecond=0) + timedelta(minutes=before))
        for one in people
        for before in range(-10, 11)
    }
    with database.write() as session:
        add_history(session, tracks, minutes)


def draw_face(seed: int, verdict: Verdict) -> Image:
    """Draw a face (SIZE x SIZE BGR) that wears what the verdict says; unsure: seen unclearly."""
    dice = random.Random(seed)  # noqa: S311  # no secrets
    skin, hair, wall, cloth = (dice.choice(one) for one in (_SKINS, _HAIRS, _WALLS, _MASKS))
    big = SIZE * 2
    light = np.linspace(1.08, 0.85, big)[:, None, None]
    image = (np.full((big, big, 3), wall) * light).astype(np.uint8)
    x, y = big // 2 + dice.randint(-10, 10), big // 2 + dice.randint(-4, 8)
    shirt = tuple(dice.randint(40, 170) for _ in range(3))
    cv2.ellipse(image, (x, big + 40), (104, 96), 0, 0, 360, shirt, -1, cv2.LINE_AA)
    cv2.ellipse(image, (x, y - 12), (76, 92), 0, 0, 360, hair, -1, cv2.LINE_AA)
    if dice.random() < 0.4:
        cv2.ellipse(image, (x, y + 40), (74, 84), 0, 0, 360, hair, -1, cv2.LINE_AA)
    dark = tuple(int(part * 0.82) for part in skin)
    cv2.rectangle(image, (x - 26, y + 60), (x + 26, y + 112), dark, -1)
    cv2.ellipse(image, (x, y + 6), (62, 82), 0, 0, 360, skin, -1, cv2.LINE_AA)
    _draw_features(image, x, y, dark, hair)
    if verdict in (Verdict.MASK, Verdict.INCORRECT_MASK):
        _draw_mask(image, x, y + (34 if verdict is Verdict.INCORRECT_MASK else 0), cloth)
    unclear = 5.5 if verdict is Verdict.UNSURE else 1.4
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), unclear), np.uint8)
    noise = np.random.default_rng(seed).normal(0, 4, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(noisy, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _draw_features(
    image: Image, x: int, y: int, dark: tuple[int, ...], hair: tuple[int, int, int]
) -> None:
    for side in (-26, 26):
        cv2.ellipse(image, (x + side, y - 12), (13, 7), 0, 0, 360, (240, 240, 240), -1, cv2.LINE_AA)
        cv2.circle(image, (x + side, y - 12), 6, (50, 40, 30), -1, cv2.LINE_AA)
        cv2.ellipse(image, (x + side, y - 28), (16, 6), 0, 180, 360, hair, 4, cv2.LINE_AA)
    cv2.ellipse(image, (x, y + 20), (9, 7), 0, 0, 180, dark, 3, cv2.LINE_AA)
    cv2.line(image, (x - 4, y - 8), (x - 7, y + 18), dark, 2, cv2.LINE_AA)
    cv2.ellipse(image, (x, y + 46), (22, 8), 0, 0, 360, (96, 96, 176), -1, cv2.LINE_AA)


def _draw_mask(image: Image, x: int, y: int, cloth: tuple[int, int, int]) -> None:
    corners = [(-58, 2), (0, -2), (58, 2), (50, 58), (20, 84), (-20, 84), (-50, 58)]
    outline = np.array([(x + dx, y + dy) for dx, dy in corners], np.int32)
    cv2.fillPoly(image, [outline], cloth, cv2.LINE_AA)
    fold = tuple(int(part * 0.86) for part in cloth)
    for height in (22, 42, 60):
        cv2.line(image, (x - 48, y + height), (x + 48, y + height), fold, 2, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.line(image, (x + 58 * side, y + 4), (x + 66 * side, y - 16), cloth, 3, cv2.LINE_AA)


def _track(number: int, one: Passer) -> FinishedTrack:
    stayed = timedelta(seconds=4 + number % 9)
    picture = None
    if one.has_picture:
        face = encode_jpeg(draw_face(number, one.verdict))
        picture = SightingPicture(one.came_at + timedelta(seconds=1), False, face)
    return FinishedTrack(
        one.camera_id,
        one.came_at,
        one.came_at + stayed,
        one.verdict,
        _PROBABILITIES[one.verdict],
        12 + number % 20,
        False,
        "masks-1",
        changes=int(one.takes_off),
        timeline=encode_timeline(_timeline(one, stayed)),
        picture=picture,
    )


def _timeline(one: Passer, stayed: timedelta) -> Timeline:
    """Let about two clear faces a second vote; half-way the mask may come off."""
    timeline = Timeline(one.came_at)
    for half in range(int(stayed.total_seconds() * 2)):
        at = one.came_at + timedelta(seconds=half / 2)
        is_off = one.takes_off and at - one.came_at > stayed / 2
        worn = Label.MASK if one.takes_off and not is_off else None
        verdict = Verdict(worn.value) if worn else one.verdict
        mask, incorrect, without = (int(share * VOTE) for share in _PROBABILITIES[verdict])
        timeline = timeline.add(at, (mask, incorrect, without))
    return timeline
