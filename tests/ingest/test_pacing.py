import itertools
import random

import pytest

from ingest.pacing import Lag, Pacer, Playback, RateMeter, ReconnectPauses


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing is secret here


def _moments(per_second: float, seconds: float, jitter: float = 0.0) -> list[float]:
    """When the frames of a camera come; jitter is a share of the time between them."""
    chance = _chance(3)
    count = int(per_second * seconds)
    return [(n + chance.uniform(-jitter, jitter)) / per_second for n in range(1, count)]


@pytest.mark.parametrize("source_rate", [5, 6, 7, 10, 12, 15, 25, 29.97, 60])
@pytest.mark.parametrize("jitter", [0.0, 0.2])
def test_it_keeps_five_a_second_of_any_faster_stream(source_rate: float, jitter: float) -> None:
    pacer = Pacer(5)

    kept = [now for now in _moments(source_rate, 60, jitter) if pacer.keep(now)]

    assert len(kept) == pytest.approx(300, rel=0.03)


@pytest.mark.parametrize("source_rate", [0.5, 1, 4])
def test_it_keeps_every_frame_of_a_slower_stream(source_rate: float) -> None:
    pacer = Pacer(5)

    assert all(pacer.keep(now) for now in _moments(source_rate, 60, jitter=0.1))


def test_kept_frames_are_evenly_spaced() -> None:
    pacer = Pacer(5)

    kept = [now for now in _moments(25, 10) if pacer.keep(now)]

    gaps = [after - before for before, after in itertools.pairwise(kept[1:])]
    assert min(gaps) == pytest.approx(0.2)
    assert max(gaps) == pytest.approx(0.2)


def test_it_makes_up_for_nothing_after_a_stall() -> None:
    pacer = Pacer(5)
    pacer.keep(0.0)

    burst = [now for now in (10 + n / 100 for n in range(20)) if pacer.keep(now)]

    assert len(burst) <= 2


def test_it_keeps_the_first_frame() -> None:
    assert Pacer(0.1).keep(1234.5)


def test_a_file_plays_at_its_own_pace() -> None:
    playback = Playback(0.04)

    assert playback.pause_s(0.0, now_s=100.0) == 0
    assert playback.pause_s(0.1, now_s=100.03) == pytest.approx(0.07)
    assert playback.pause_s(0.2, now_s=100.2) == pytest.approx(0)


def test_frames_without_times_play_at_the_rate_of_the_file() -> None:
    playback = Playback(0.04)
    playback.pause_s(None, now_s=0.0)

    assert playback.pause_s(None, now_s=0.0) == pytest.approx(0.04)


def test_a_file_that_starts_again_keeps_its_pace() -> None:
    playback = Playback(0.04)
    playback.pause_s(9.96, now_s=0.0)
    playback.start_again()

    assert playback.pause_s(0.0, now_s=0.0) == pytest.approx(0.04)


def test_a_gap_in_a_file_is_not_waited_for() -> None:
    playback = Playback(0.04)
    playback.pause_s(0.0, now_s=0.0)

    assert playback.pause_s(3600.0, now_s=0.0) == pytest.approx(0.04)


def test_a_player_that_lags_goes_on_from_where_it_is() -> None:
    playback = Playback(0.04)
    playback.pause_s(0.0, now_s=0.0)

    assert playback.pause_s(0.04, now_s=30.0) == 0
    assert playback.pause_s(0.08, now_s=30.0) == pytest.approx(0.04)


def test_pauses_grow_to_a_minute_and_stay_there() -> None:
    pauses = ReconnectPauses(_chance(1))

    taken = [pauses.next_s() for _ in range(12)]

    for pause_s, full_s in zip(taken, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60], strict=True):
        assert 0.75 * full_s <= pause_s <= full_s


def test_a_refused_password_is_tried_ever_more_rarely() -> None:
    pauses, taken = ReconnectPauses(_chance(1)), list[float]()
    for _ in range(7):
        pauses.hold_back()
        taken.append(pauses.next_s())

    for pause_s, full_s in zip(taken, [60, 120, 240, 480, 960, 1800, 1800], strict=True):
        assert 0.75 * full_s <= pause_s <= full_s
    pauses.reset()
    assert pauses.next_s() <= 0.5


def test_two_cameras_do_not_come_back_in_step() -> None:
    assert ReconnectPauses(_chance(1)).next_s() != ReconnectPauses(_chance(2)).next_s()


def test_a_stream_that_delivered_is_tried_again_at_once() -> None:
    pauses = ReconnectPauses(_chance(1))
    for _ in range(9):
        pauses.next_s()

    pauses.reset()

    assert pauses.next_s() <= 0.5
    assert pauses.next_s() <= 1.0


def test_the_meter_tells_the_rate_of_the_last_seconds() -> None:
    meter = RateMeter(window_s=2)
    for moment_s in (*range(10), 10.5, 11.0, 11.5, 12.0, 12.5):
        meter.count(moment_s)

    assert meter.per_second() == pytest.approx(2)


@pytest.mark.parametrize("moments_s", [[], [1.0], [1.0, 1.0]])
def test_the_meter_tells_no_rate_of_too_few_frames(moments_s: list[float]) -> None:
    meter = RateMeter()
    for moment_s in moments_s:
        meter.count(moment_s)

    assert meter.per_second() is None


def test_a_stream_in_time_does_not_lag() -> None:
    lag = Lag()

    lags = [lag.update(n / 25, 100 + n / 25 + 0.01 * (n % 3)) for n in range(500)]

    assert max(lags) < 0.1


def test_a_reader_that_falls_behind_lags() -> None:
    lag = Lag()
    lag.update(0.0, 100.0)

    assert lag.update(1.0, 103.0) == pytest.approx(2.0, abs=0.01)


def test_frames_held_back_while_a_stream_opened_are_no_lag_of_those_after() -> None:
    lag = Lag()
    for n in range(10):
        lag.update(n / 25, 100.0)

    assert lag.update(0.4, 100.04) < 0.05


def test_a_camera_whose_clock_is_slow_does_not_lag() -> None:
    """Half a second in a thousand is a bad quartz; an hour of it is 1.8 s."""
    lag = Lag()

    lags = [lag.update(n * 0.9995, 100.0 + n) for n in range(3600)]

    assert max(lags) < 0.1


def test_a_clock_that_jumps_is_followed() -> None:
    lag = Lag()
    lag.update(0.0, 100.0)

    assert lag.update(-5000.0, 100.04) == 0
    assert lag.update(-4999.0, 101.04) == pytest.approx(0, abs=0.01)
