"""Which of a track's faces is kept, and what the transaction is told to write."""

from dataclasses import dataclass, replace

import pytest

from core.preferences import EvidenceMode
from core.storage.pictures import OpenPicture, SightingPicture
from core.types import FaceCrop, Result
from tests.workers.scenes import Box, analysed, at, box
from workers.picture_keeping import PictureKeeper


@dataclass(frozen=True)
class Track:
    id: int


def seen(seconds: float, *widths: float, is_sharp: bool = False, camera_id: int = 1) -> Result:
    """A frame with a face of each width and its crop; the crop says when and which."""
    boxes: list[Box] = [box(200.0 * n, width=width) for n, width in enumerate(widths)]
    crops = tuple(
        FaceCrop(face, f"{seconds}/{face}".encode(), is_sharp) for face in range(len(boxes))
    )
    return replace(analysed(seconds, boxes, camera_id=camera_id), crops=crops)


def tracks(*ids: int) -> list[Track]:
    return [Track(one) for one in ids]


def kept(content: bytes, *, is_sharp: bool = False) -> OpenPicture:
    return OpenPicture(at(0), 0.3, is_sharp, content)


def test_the_first_crop_of_a_track_is_kept() -> None:
    keeper = PictureKeeper()
    keeper.consider(seen(0, 40, 20), tracks(7, 8))

    changes = keeper.take_changes()

    assert {key: picture and picture.content for key, picture in changes.items()} == {
        (1, 7): b"0/0",
        (1, 8): b"0/1",
    }
    assert keeper.take_changes() == {}


@pytest.mark.parametrize(
    ("width", "is_replaced"),
    [
        pytest.param(39, False, id="smaller"),
        pytest.param(47, False, id="a bit larger"),
        pytest.param(49, True, id="a fifth larger"),
    ],
)
def test_a_picture_is_replaced_only_by_one_that_is_clearly_better(
    width: float, is_replaced: bool
) -> None:
    keeper = PictureKeeper()
    keeper.consider(seen(0, 40), tracks(7))
    keeper.take_changes()

    keeper.consider(seen(1, width), tracks(7))

    assert bool(keeper.take_changes()) is is_replaced
    picture = keeper.end(1, 7)
    assert picture is not None
    assert picture.taken_at == at(1 if is_replaced else 0)


def test_small_gains_add_up() -> None:
    keeper = PictureKeeper()
    for second, width in enumerate(range(40, 81)):
        keeper.consider(seen(second, width), tracks(7))
    picture = keeper.end(1, 7)
    assert picture is not None
    assert picture.taken_at > at(25)


def test_someone_who_walks_up_is_written_about_ten_times() -> None:
    keeper = PictureKeeper()
    writes = 0
    for step in range(50):  # from 16 to 100 px in 10 s
        keeper.consider(seen(step / 5, 16 + step * 84 / 49), tracks(7))
        writes += len(keeper.take_changes())
    assert 8 <= writes <= 12


def test_the_end_of_a_track_gives_its_picture_once_and_removes_the_open_one() -> None:
    keeper = PictureKeeper({(1, 7): kept(b"before the restart")})

    assert keeper.end(1, 7) == SightingPicture(at(0), False, b"before the restart")
    assert keeper.take_changes() == {(1, 7): None}
    assert keeper.end(1, 7) is None
    assert keeper.take_changes() == {}


def test_a_track_that_began_and_ended_within_one_transaction_leaves_no_open_picture() -> None:
    keeper = PictureKeeper()
    keeper.consider(seen(0, 40), tracks(7))
    assert keeper.end(1, 7) is not None
    assert keeper.take_changes() == {(1, 7): None}


def test_a_continuation_begins_with_a_new_picture() -> None:
    keeper = PictureKeeper()
    keeper.consider(seen(0, 90), tracks(7))
    keeper.end(1, 7)
    keeper.consider(seen(600, 20), tracks(7))

    picture = keeper.end(1, 7)

    assert picture is not None
    assert picture.taken_at == at(600)


def test_tracks_of_the_same_number_on_two_cameras_are_apart() -> None:
    keeper = PictureKeeper()
    keeper.consider(seen(0, 40, camera_id=1), tracks(7))
    keeper.consider(seen(1, 40, camera_id=33), tracks(7))
    first, second = keeper.end(1, 7), keeper.end(33, 7)
    assert first is not None
    assert second is not None
    assert (first.taken_at, second.taken_at) == (at(0), at(1))


def test_faces_without_a_crop_and_stale_results_change_nothing() -> None:
    keeper = PictureKeeper()
    keeper.consider(analysed(0, [box(10)]), tracks(7))
    keeper.consider(seen(1, 40), [])
    assert keeper.take_changes() == {}


@pytest.mark.parametrize(
    ("mode", "is_sharp", "is_kept"),
    [
        pytest.param(EvidenceMode.NUMBERS, False, False, id="no picture at all"),
        pytest.param(EvidenceMode.NUMBERS, True, False, id="no picture at all, sharp"),
        pytest.param(EvidenceMode.BLURRED, False, True, id="blurred"),
        pytest.param(EvidenceMode.BLURRED, True, False, id="too sharp"),
        pytest.param(EvidenceMode.SHARP, True, True, id="sharp"),
        pytest.param(EvidenceMode.SHARP, False, True, id="blurred where sharp ones may be"),
    ],
)
def test_nothing_is_kept_that_the_mode_does_not_allow(
    mode: EvidenceMode, is_sharp: bool, is_kept: bool
) -> None:
    """A worker may hear of a change a few seconds late; the recorder holds the line."""
    keeper = PictureKeeper(mode=mode)
    keeper.consider(seen(0, 40, is_sharp=is_sharp), tracks(7))
    assert bool(keeper.take_changes()) is is_kept


@pytest.mark.parametrize("mode", [EvidenceMode.NUMBERS, EvidenceMode.BLURRED])
def test_a_sharp_picture_of_an_open_track_is_let_go_when_the_mode_changes(
    mode: EvidenceMode,
) -> None:
    keeper = PictureKeeper({(1, 7): kept(b"sharp", is_sharp=True)}, EvidenceMode.SHARP)
    keeper.mode = mode
    assert keeper.end(1, 7) is None
    assert keeper.take_changes() == {(1, 7): None}


def test_a_sharp_crop_replaces_a_blurred_one_even_if_it_is_smaller() -> None:
    keeper = PictureKeeper({(1, 7): kept(b"blurred")}, EvidenceMode.SHARP)
    keeper.consider(seen(1, 14, is_sharp=True), tracks(7))
    keeper.consider(seen(2, 90, is_sharp=False), tracks(7))
    picture = keeper.end(1, 7)
    assert picture is not None
    assert (picture.is_sharp, picture.taken_at) == (True, at(1))


def test_a_blurred_crop_replaces_a_sharp_one_once_sharp_ones_may_not_be_kept() -> None:
    keeper = PictureKeeper({(1, 7): kept(b"sharp", is_sharp=True)}, EvidenceMode.BLURRED)
    keeper.consider(seen(1, 14), tracks(7))
    picture = keeper.end(1, 7)
    assert picture is not None
    assert not picture.is_sharp


def test_pictures_without_an_open_track_are_dropped() -> None:
    keeper = PictureKeeper({(1, 7): kept(b"a"), (1, 8): kept(b"b"), (33, 8): kept(b"c")})
    keeper.drop_unknown(1, [7])
    assert keeper.take_changes() == {(1, 8): None}
    assert keeper.end(1, 8) is None
    assert keeper.end(33, 8) is not None
