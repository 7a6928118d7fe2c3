"""What is to be erased is said in words, and an empty range is refused."""

from datetime import UTC, datetime

import pytest

from core.erasure import Erased, ErasureParameters

START, END = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param(ErasureParameters(), "all cameras", id="all"),
        pytest.param(ErasureParameters(camera_id=3), "camera 3", id="camera"),
        pytest.param(
            ErasureParameters(camera_id=3, start=START, end=END),
            "camera 3 from 2026-03-01T08:00+00:00 to 2026-03-01T09:00+00:00",
            id="range",
        ),
        pytest.param(
            ErasureParameters(start=START), "all cameras since 2026-03-01T08:00+00:00", id="since"
        ),
        pytest.param(
            ErasureParameters(end=END), "all cameras until 2026-03-01T09:00+00:00", id="until"
        ),
    ],
)
def test_an_erasure_is_said_in_words(asked: ErasureParameters, words: str) -> None:
    assert asked.describe() == words


@pytest.mark.parametrize("end", [START, datetime(2026, 2, 1, tzinfo=UTC)])
def test_an_empty_range_is_refused(end: datetime) -> None:
    with pytest.raises(ValueError, match="`from` must be before `to`"):
        ErasureParameters(start=START, end=end)


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        ErasureParameters.model_validate({"start": "2026-03-01T08:00:00"})


def test_what_went_is_summed() -> None:
    total = Erased(sightings=2, minutes=60) + Erased(sightings=1, pictures=1)

    assert total == Erased(sightings=3, pictures=1, minutes=60)
    assert total.describe().startswith("3 sightings, 1 pictures, 60 minutes")
