"""How many frames a worker takes at once."""

import pytest

from workers.batch_sizes import BATCH_S, BatchSize


def slowed(frame_s: float, most: int = 8, least: int = 1, batches: int = 30) -> BatchSize:
    size = BatchSize(most, least)
    for _ in range(batches):
        size.note(size.frames, size.frames * frame_s)
    return size


def test_at_first_a_batch_is_as_large_as_allowed() -> None:
    assert BatchSize(8).frames == 8


@pytest.mark.parametrize(
    ("frame_s", "least", "frames"),
    [
        pytest.param(0.01, 1, 8, id="quick"),
        pytest.param(BATCH_S / 4, 1, 4, id="slow"),
        pytest.param(3 * BATCH_S, 1, 1, id="very slow"),
        pytest.param(3 * BATCH_S, 2, 2, id="two side by side"),
        pytest.param(3 * BATCH_S, 16, 8, id="more cores than frames"),
    ],
)
def test_a_batch_is_what_is_finished_soon(frame_s: float, least: int, frames: int) -> None:
    assert slowed(frame_s, least=least).frames == frames


def test_one_batch_that_was_held_up_does_not_make_all_others_small() -> None:
    size = slowed(0.01)

    size.note(8, 8 * 0.1)

    assert size.frames == 8


def test_it_grows_again_once_the_worker_is_quick() -> None:
    size = slowed(3 * BATCH_S)

    for _ in range(30):
        size.note(size.frames, size.frames * 0.01)

    assert size.frames == 8
