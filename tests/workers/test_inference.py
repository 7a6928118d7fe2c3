"""The inference loop by its step, with a real queue and a simple analyser."""

import itertools
import time
from collections.abc import Sequence

import numpy as np
from redis import Redis

from core.accounts import FrameAccount, read_accounts
from core.evidence import EvidencePolicy
from core.frames import FrameQueue
from core.pictures import encode_jpeg
from core.preferences import EvidenceMode
from core.results import ResultQueue
from core.types import Faces, Frame, Image
from tests.workers.scenes import at, box, faces
from workers.batch_sizes import BatchSize
from workers.inference import InferenceLoop


class OneFaceEach:
    """Finds one face in every image, and remembers how many came together."""

    model_version = "fake-1"

    def __init__(self, pause_s: float = 0.0) -> None:
        self.batches: list[int] = []
        self.pause_s = pause_s

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        self.batches.append(len(images))
        time.sleep(self.pause_s)
        return [faces([box(5)]) for _ in images]


def loop(redis: Redis, analyser: OneFaceEach, wait_s: float = 0.0) -> InferenceLoop:
    return InferenceLoop(FrameQueue(redis), analyser, 0.5, BatchSize(4), wait_s)


def push(redis: Redis, camera_id: int, jpeg: bytes | None = None) -> None:
    picture = encode_jpeg(np.zeros((48, 64, 3), np.uint8)) if jpeg is None else jpeg
    FrameQueue(redis).push(Frame(camera_id, at(0), (64, 48), picture))


def test_frames_of_several_cameras_are_analysed_together(redis: Redis) -> None:
    for camera_id in (1, 2, 3):
        push(redis, camera_id)
    analyser = OneFaceEach()

    assert loop(redis, analyser).step(0) == 3

    assert analyser.batches == [3]
    (batch, *_) = ResultQueue(redis, "me").take({1: "0-0"}, 10, 0.1)
    (result,) = batch.results
    assert (result.camera_id, result.captured_at, result.size_wh) == (1, at(0), (64, 48))
    assert (len(result.faces), result.model_version) == (1, "fake-1")


def test_a_batch_is_no_larger_than_allowed(redis: Redis) -> None:
    for camera_id in range(6):
        push(redis, camera_id)
    analyser = OneFaceEach()
    one_loop = loop(redis, analyser, wait_s=0.02)

    assert [one_loop.step(0), one_loop.step(0)] == [4, 2]


def test_a_worker_that_is_slow_takes_fewer_frames_at_once(redis: Redis) -> None:
    for camera_id in range(6):
        push(redis, camera_id)
    analyser, ticks = OneFaceEach(), itertools.count(step=5.0)
    one_loop = InferenceLoop(
        FrameQueue(redis), analyser, 0.5, BatchSize(4), 0, clock=lambda: next(ticks)
    )

    assert [one_loop.step(0), one_loop.step(0), one_loop.step(0)] == [4, 1, 1]


def test_a_frame_that_is_no_picture_is_failed_and_the_others_go_on(redis: Redis) -> None:
    push(redis, 1, b"no picture")
    push(redis, 2)
    one_loop = loop(redis, OneFaceEach())

    assert one_loop.step(0) == 1

    accounts = read_accounts(redis, [1, 2])
    assert accounts[1] == FrameAccount(captured=1, failed=1)
    assert accounts[2] == FrameAccount(captured=1, analysed=1)
    assert (one_loop.done.frames, one_loop.done.faces, one_loop.done.failed) == (1, 1, 1)


def test_without_frames_nothing_is_analysed(redis: Redis) -> None:
    analyser = OneFaceEach()
    assert loop(redis, analyser).step(0) == 0
    assert analyser.batches == []


def test_a_result_after_its_lease_is_dropped_and_counted(redis: Redis) -> None:
    push(redis, 1)
    analyser = OneFaceEach(pause_s=0.01)  # the lease is the server's time
    one_loop = InferenceLoop(FrameQueue(redis, lease_ms=1), analyser, 0.5, BatchSize(4), 0)

    assert one_loop.step(0) == 0
    assert one_loop.done.too_late == 1


def test_what_may_be_kept_of_faces_is_asked_at_every_batch(redis: Redis) -> None:
    policy = EvidencePolicy(EvidenceMode.BLURRED)
    one_loop = InferenceLoop(FrameQueue(redis), OneFaceEach(), 0.5, BatchSize(4), 0, lambda: policy)
    push(redis, 1)
    one_loop.step(0)
    policy = EvidencePolicy(EvidenceMode.NUMBERS)
    push(redis, 33)
    one_loop.step(0)

    [batch] = ResultQueue(redis, "me").take({1: "0-0"}, 10, 0.1)

    crops = {result.camera_id: result.crops for result in batch.results}
    assert [(crop.face, crop.is_sharp) for crop in crops[1]] == [(0, False)]
    assert crops[33] == ()


def test_unless_told_otherwise_nothing_of_a_face_is_kept(redis: Redis) -> None:
    push(redis, 1)
    loop(redis, OneFaceEach()).step(0)
    [batch] = ResultQueue(redis, "me").take({1: "0-0"}, 10, 0.1)
    assert [result.crops for result in batch.results] == [()]
