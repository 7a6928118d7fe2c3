"""A worker follows the active models while it works, and keeps what runs where a new one fails."""

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from redis import Redis

from core.errors import DatabaseAway, MaskwatchError, WeightsMismatch
from core.frames import FrameQueue
from core.manifests import Task
from core.model_checks import TOPIC, ModelCheck, decode_check, encode_question
from core.processes import Stop
from core.requests import answer_next, ask
from core.results import ResultQueue
from tests.waiting import join
from tests.workers.test_inference import OneFaceEach, push
from workers.batch_sizes import BatchSize
from workers.inference import InferenceLoop, WorkDone
from workers.model_following import ModelFollower
from workers.picture_answers import SharedAnalyser
from workers.run import describe_worker


@dataclass(frozen=True)
class FakeLoaded:
    analyser: OneFaceEach

    @property
    def versions(self) -> tuple[str, ...]:
        return (self.analyser.model_version,)


@dataclass
class FakeRegistry:
    """Versions that load at once, unless a fault is set."""

    active: dict[Task, int] = field(default_factory=dict)
    fault: Exception | None = None
    load_fault: Exception | None = None
    loads: list[dict[Task, int]] = field(default_factory=list)
    loading: threading.Event = field(default_factory=threading.Event)
    may_load: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_load.set()

    def read_active_ids(self) -> dict[Task, int]:
        if self.fault:
            raise self.fault
        return dict(self.active)

    def load(self, ids: Mapping[Task, int]) -> FakeLoaded:
        self.loads.append(dict(ids))
        self.loading.set()
        self.may_load.wait(60)
        if self.load_fault and ids:
            raise self.load_fault
        analyser = OneFaceEach()
        analyser.model_version = f"version {ids.get(Task.CLASSIFIER, 'shipped')}"
        return FakeLoaded(analyser)

    def check(self, version_id: int) -> None:
        if self.load_fault:
            raise self.load_fault


def follow(registry: FakeRegistry) -> ModelFollower:
    return ModelFollower(registry, lambda topic, handler, wait_s: False)


def taken(follower: ModelFollower) -> str | None:
    loaded = follower.take()
    return loaded.versions[0] if loaded else None


def test_it_starts_with_the_active_version() -> None:
    follower = follow(FakeRegistry({Task.CLASSIFIER: 7}))

    assert follower.load_first().versions == ("version 7",)
    assert taken(follower) is None


@pytest.mark.parametrize(
    "registry",
    [
        pytest.param(FakeRegistry(), id="nothing active"),
        pytest.param(FakeRegistry(fault=DatabaseAway("away")), id="no database"),
        pytest.param(
            FakeRegistry({Task.CLASSIFIER: 7}, load_fault=WeightsMismatch("bad")), id="a bad file"
        ),
    ],
)
def test_it_starts_with_the_shipped_version_otherwise(registry: FakeRegistry) -> None:
    assert follow(registry).load_first().versions == ("version shipped",)


def test_a_new_activation_is_loaded_once() -> None:
    registry = FakeRegistry({Task.CLASSIFIER: 1})
    follower = follow(registry)
    follower.load_first()

    registry.active = {Task.CLASSIFIER: 2}
    follower.look()
    follower.look()

    assert taken(follower) == "version 2"
    assert taken(follower) is None
    assert registry.loads == [{Task.CLASSIFIER: 1}, {Task.CLASSIFIER: 2}]


def test_of_two_activations_the_last_is_taken() -> None:
    registry = FakeRegistry({Task.CLASSIFIER: 1})
    follower = follow(registry)
    follower.load_first()
    for version in (2, 3):
        registry.active = {Task.CLASSIFIER: version}
        follower.look()

    assert taken(follower) == "version 3"
    assert taken(follower) is None


def test_networks_that_are_used_no_more_are_freed_beside_the_loop() -> None:
    follower = follow(FakeRegistry())
    analyser = OneFaceEach()
    freed = weakref.ref(analyser)

    follower.let_go(analyser)
    del analyser
    assert freed() is not None

    follower.look()
    assert freed() is None


def test_one_that_fails_is_said_once_and_forgotten_after_a_rollback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = FakeRegistry({Task.CLASSIFIER: 1})
    follower = follow(registry)
    follower.load_first()

    registry.active = {Task.CLASSIFIER: 2}
    registry.load_fault = WeightsMismatch("network.bin is another file")
    for _ in range(3):
        follower.look()
    assert taken(follower) is None
    assert follower.trouble == "network.bin is another file"
    assert caplog.text.count("network.bin is another file") == 1

    registry.active, registry.load_fault = {Task.CLASSIFIER: 1}, None
    follower.look()
    assert (taken(follower), follower.trouble) == ("version 1", "")


@pytest.mark.parametrize("where", ["fault", "load_fault"])
def test_while_the_database_is_away_it_goes_on_and_then_follows(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    registry = FakeRegistry({Task.CLASSIFIER: 1})
    follower = follow(registry)
    follower.load_first()

    registry.active = {Task.CLASSIFIER: 2}
    setattr(registry, where, DatabaseAway("the database does not answer"))
    follower.look()
    assert (taken(follower), follower.trouble) == (None, "")

    setattr(registry, where, None)
    follower.look()
    assert taken(follower) == "version 2"
    assert "the database answers again" in caplog.text


def test_a_database_that_stays_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    follower = follow(FakeRegistry(fault=DatabaseAway("the database does not answer")))
    for _ in range(3):
        follower.look()
    assert caplog.text.count("does not answer") == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (None, ModelCheck(ok=True)),
        (WeightsMismatch("no network"), ModelCheck(ok=False, error="no network")),
        (KeyError("x"), ModelCheck(ok=False, error="it failed; the worker's log says why")),
    ],
)
def test_a_check_is_answered_whatever_comes_of_it(
    fault: Exception | None, expected: ModelCheck
) -> None:
    follower = follow(FakeRegistry(load_fault=fault))
    assert decode_check(follower.answer(encode_question(3))) == expected


def test_a_question_that_cannot_be_read_is_answered() -> None:
    answer = decode_check(follow(FakeRegistry()).answer(b"three"))
    assert (answer.ok, answer.error) == (False, "the question of a model check cannot be read")


@pytest.fixture
def stop() -> Iterator[Stop]:
    stop = Stop()
    yield stop
    stop.set()


def test_checks_are_answered_over_redis_and_faults_do_not_end_the_thread(
    redis: Redis, stop: Stop, caplog: pytest.LogCaptureFixture
) -> None:
    stop.wait = lambda timeout_s: False  # type: ignore[method-assign]  # without its pause
    faults: list[Exception] = [KeyError("unforeseen"), MaskwatchError("unforeseen")]

    def answer_or_fail(topic: str, handler: Callable[[bytes], bytes], wait_s: float) -> bool:
        if faults:
            raise faults.pop()
        return answer_next(redis, topic, handler, 0.2)

    thread = ModelFollower(FakeRegistry(), answer_or_fail).start(stop)

    assert decode_check(ask(redis, TOPIC, encode_question(3), 60)) == ModelCheck(ok=True)
    stop.set()
    join([thread])
    assert caplog.text.count("unforeseen") == 2


def test_frames_go_on_while_the_next_version_loads(redis: Redis, stop: Stop) -> None:
    registry = FakeRegistry({Task.CLASSIFIER: 1})
    follower = follow(registry)
    analyser = SharedAnalyser(follower.load_first().analyser)
    loop = InferenceLoop(FrameQueue(redis), analyser, 0.5, BatchSize(4), 0)
    registry.may_load.clear()
    registry.loading.clear()
    registry.active = {Task.CLASSIFIER: 2}
    loading = threading.Thread(target=follower.look)
    loading.start()
    assert registry.loading.wait(60)

    assert follower.take() is None
    push(redis, 1)
    assert loop.step(0) == 1

    registry.may_load.set()
    join([loading])
    fresh = follower.take()
    assert fresh is not None
    assert analyser.use(fresh.analyser).model_version == "version 1"
    push(redis, 2)
    assert loop.step(0) == 1

    batches = ResultQueue(redis, "me").take({1: "0-0", 2: "0-0"}, 10, 0.1)
    results = [result for batch in batches for result in batch.results]
    versions = {one.camera_id: one.model_version for one in results}
    assert versions == {1: "version 1", 2: "version 2"}


def test_the_heartbeat_names_the_models_in_use_and_what_hinders_the_active_ones() -> None:
    done = WorkDone(frames=3, faces=5)

    assert describe_worker(["a-1"], done, "") == "a-1; 3 frames, 5 faces"
    both = describe_worker(["a-1", "b-2"], done, "no file")
    assert both == "a-1, b-2; 3 frames, 5 faces; not the active model: no file"
    slow = WorkDone(frames=3, faces=5, too_late=2)
    assert describe_worker(["a-1"], slow, "") == "a-1; 3 frames, 5 faces, 2 too late"
