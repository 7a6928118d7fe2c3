"""Which faces count, and when masks are required."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.camera_rules import (
    NO_RULES,
    CameraRules,
    Weekday,
    decode_rules,
    encode_rules,
    is_required,
    parse_rules,
    read_rules,
    select_faces,
)
from core.errors import BadEntry, BadRequest
from core.types import Faces

SIZE_WH = (200, 100)
LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def faces_at(*centres: tuple[float, float], width: float = 20.0, score: float = 0.9) -> Faces:
    """Faces of one size, their centres in pixels."""
    middle = np.array(centres, np.float32).reshape(-1, 2)
    n = len(middle)
    return Faces(
        np.hstack([middle - width / 2, middle + width / 2]),
        np.full(n, score, np.float32),
        np.tile(np.array([1, 0, 0], np.float32), (n, 1)),
        np.full(n, 50, np.float32),
    )


def chosen(faces: Faces, **rules: object) -> list[bool]:
    return [bool(one) for one in select_faces(faces, SIZE_WH, CameraRules.model_validate(rules))]


def test_without_rules_every_face_counts() -> None:
    faces = faces_at((10, 10), (190, 90))
    assert select_faces(faces, SIZE_WH, NO_RULES).tolist() == [True, True]
    assert chosen(faces) == [True, True]


def test_no_faces_give_an_empty_answer() -> None:
    assert chosen(Faces.empty(), include=[LEFT_HALF], face_px_min=20, score_min=0.5) == []


def test_an_include_keeps_the_faces_whose_centre_lies_in_it() -> None:
    # The middle one's box reaches into the left half, its centre does not.
    assert chosen(faces_at((10, 10), (105, 50), (190, 90)), include=[LEFT_HALF]) == [
        True,
        False,
        False,
    ]


def test_an_exclude_wins_over_an_include() -> None:
    corner = ((0, 0), (0.2, 0), (0.2, 0.4), (0, 0.4))
    faces = faces_at((10, 10), (90, 50), (190, 90))
    assert chosen(faces, include=[LEFT_HALF], exclude=[corner]) == [False, True, False]


def test_a_face_counts_in_any_of_several_includes() -> None:
    right = ((0.9, 0), (1, 0), (1, 1), (0.9, 1))
    assert chosen(faces_at((10, 10), (120, 50), (190, 90)), include=[LEFT_HALF, right]) == [
        True,
        False,
        True,
    ]


def test_a_hollow_polygon_keeps_what_lies_in_its_arms() -> None:
    arch = ((0, 0), (1, 0), (1, 1), (0.8, 1), (0.8, 0.4), (0.2, 0.4), (0.2, 1), (0, 1))
    assert chosen(faces_at((10, 90), (100, 90), (100, 20), (190, 90)), include=[arch]) == [
        True,
        False,
        True,
        True,
    ]


def test_what_a_polygon_encloses_twice_is_outside() -> None:
    # A pentagram's middle.
    angles = np.arange(5) * 4 * np.pi / 5
    star = [(0.5 + 0.4 * np.sin(a), 0.5 - 0.4 * np.cos(a)) for a in angles]
    assert chosen(faces_at((100, 50), (100, 20)), include=[star]) == [False, True]


@pytest.mark.parametrize(("width", "counts"), [(19.0, False), (20.0, True), (21.0, True)])
def test_faces_narrower_than_the_least_width_do_not_count(width: float, counts: bool) -> None:
    assert chosen(faces_at((100, 50), width=width), face_px_min=20) == [counts]


@pytest.mark.parametrize(("score", "counts"), [(0.69, False), (0.7, True)])
def test_faces_below_the_least_score_do_not_count(score: float, counts: bool) -> None:
    rounded = float(np.float32(0.7))
    assert chosen(faces_at((100, 50), score=score), score_min=rounded) == [counts]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 100)), min_size=3, max_size=32, unique=True
    ),
    st.integers(0, 2**32 - 1),
)
def test_it_agrees_with_opencv_on_polygons_of_any_shape(
    corners: list[tuple[int, int]], seed: int
) -> None:
    x, y = np.array(corners).T
    if np.linalg.matrix_rank(np.stack([x - x[0], y - y[0]])) < 2:
        return
    contour = np.array(corners, np.float32)
    points = np.random.default_rng(seed).uniform(0, SIZE_WH, (20, 2)).astype(np.float32)
    distances = np.array(
        [cv2.pointPolygonTest(contour, tuple(map(float, p)), True) for p in points]
    )
    clear = abs(distances) > 0.01  # nearer to the border rounding decides
    polygon = tuple((x / SIZE_WH[0], y / SIZE_WH[1]) for x, y in corners)
    answers = np.array(chosen(faces_at(*points), include=[polygon]))
    assert answers[clear].tolist() == (distances[clear] > 0).tolist()


def test_neighbouring_polygons_share_no_face_and_miss_none() -> None:
    middle = faces_at(*[(100, y) for y in range(1, 100)])
    right = tuple((x + 0.5, y) for x, y in LEFT_HALF)
    left = chosen(middle, include=[LEFT_HALF])
    assert [not one for one in left] == chosen(middle, include=[right])


def test_faces_keep_what_a_mask_marks() -> None:
    faces = faces_at((10, 10), (50, 50), (90, 90))
    kept = faces.keep(np.array([True, False, True]))
    assert kept.boxes.tolist() == faces.boxes[[0, 2]].tolist()
    assert len(kept.probabilities) == len(kept.scores) == len(kept.sharpness) == 2
    assert len(Faces.empty().keep(np.zeros(0, np.bool_))) == 0


def required(schedule: list[dict[str, object]], local: str, zone: ZoneInfo = BERLIN) -> bool:
    moment = datetime.fromisoformat(local).replace(tzinfo=zone)
    return is_required(CameraRules.model_validate({"schedule": schedule}), moment, zone)


def test_without_a_schedule_masks_are_always_required() -> None:
    assert is_required(NO_RULES, datetime(2026, 1, 1, tzinfo=UTC), BERLIN)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param("2026-06-05T07:59:59", False, id="friday, a second before"),
        pytest.param("2026-06-05T08:00", True, id="friday, at the start"),
        pytest.param("2026-06-05T17:59:59.999999", True, id="friday, last moment"),
        pytest.param("2026-06-05T18:00", False, id="friday, at the end"),
        pytest.param("2026-06-06T12:00", False, id="saturday"),
        pytest.param("2026-06-08T12:00", True, id="monday"),
    ],
)
def test_a_span_of_the_day_holds_on_its_days(local: str, expected: bool) -> None:
    assert required([{"days": WORKDAYS, "from": "08:00", "to": "18:00"}], local) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param("2026-06-05T05:00", False, id="friday before dawn: thursday has no span"),
        pytest.param("2026-06-05T22:00", True, id="friday, at the start"),
        pytest.param("2026-06-06T00:00", True, id="midnight"),
        pytest.param("2026-06-06T05:59", True, id="saturday before dawn"),
        pytest.param("2026-06-06T06:00", False, id="saturday, at the end"),
        pytest.param("2026-06-06T22:00", False, id="saturday evening"),
    ],
)
def test_a_span_over_midnight_belongs_to_the_day_it_begins_on(local: str, expected: bool) -> None:
    assert required([{"days": ["friday"], "from": "22:00", "to": "06:00"}], local) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-06-06T23:59", False),
        ("2026-06-07T00:00", True),
        ("2026-06-07T23:59", True),
        ("2026-06-08T00:00", False),
    ],
)
def test_from_midnight_to_midnight_is_the_whole_day(local: str, expected: bool) -> None:
    assert required([{"days": ["sunday"], "from": "00:00", "to": "00:00"}], local) is expected


def test_equal_times_make_a_span_of_24_hours() -> None:
    shift: list[dict[str, object]] = [{"days": ["sunday"], "from": "08:00", "to": "08:00"}]
    assert [required(shift, f"2026-06-0{day}T07:59") for day in (7, 8, 9)] == [False, True, False]
    assert [required(shift, f"2026-06-0{day}T08:00") for day in (7, 8, 9)] == [True, False, False]


def test_one_of_several_spans_is_enough() -> None:
    shifts: list[dict[str, object]] = [
        {"days": ["monday"], "from": "08:00", "to": "12:00"},
        {"days": ["monday"], "from": "13:00", "to": "17:00"},
    ]
    answers = [required(shifts, f"2026-06-08T{hour}:30") for hour in ("11", "12", "13")]
    assert answers == [True, False, True]


@pytest.mark.parametrize(
    ("utc", "zone", "span", "expected"),
    [
        # Berlin, 29 March 2026: 01:59 is followed by 03:00, at 01:00 UTC.
        pytest.param("2026-03-29T00:59", BERLIN, "01:30-03:30", True, id="spring, before"),
        pytest.param("2026-03-29T01:00", BERLIN, "01:30-03:30", True, id="spring, after the gap"),
        pytest.param("2026-03-29T01:30", BERLIN, "01:30-03:30", False, id="spring, 03:30"),
        pytest.param("2026-03-29T01:00", BERLIN, "02:00-03:00", False, id="spring, within the gap"),
        # Berlin, 25 October 2026: 02:59 is followed by 02:00, at 01:00 UTC.
        pytest.param("2026-10-25T00:30", BERLIN, "02:00-03:00", True, id="autumn, first 02:30"),
        pytest.param("2026-10-25T01:30", BERLIN, "02:00-03:00", True, id="autumn, second 02:30"),
        pytest.param("2026-10-25T02:00", BERLIN, "02:00-03:00", False, id="autumn, 03:00"),
        pytest.param("2026-10-24T23:59", BERLIN, "02:00-03:00", False, id="autumn, 01:59"),
        # Lord Howe Island, 5 April 2026: 02:00 goes back to 01:30, by half an hour.
        pytest.param("2026-04-04T14:45", LORD_HOWE, "01:30-02:00", True, id="half, first 01:45"),
        pytest.param("2026-04-04T15:15", LORD_HOWE, "01:30-02:00", True, id="half, second 01:45"),
        pytest.param("2026-04-04T15:30", LORD_HOWE, "01:30-02:00", False, id="half, 02:00"),
    ],
)
def test_clocks_decide_where_they_are_changed(
    utc: str, zone: ZoneInfo, span: str, expected: bool
) -> None:
    start, end = span.split("-")
    local = datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(zone)
    rules = CameraRules.model_validate(
        {"schedule": [{"days": list(Weekday), "from": start, "to": end}]}
    )
    assert is_required(rules, local.astimezone(UTC), zone) is expected
    assert is_required(rules, local, zone) is expected


SPANS = st.fixed_dictionaries(
    {
        "days": st.lists(st.sampled_from(list(Weekday)), min_size=1, unique=True),
        "from": st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
        "to": st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    }
)


def minutes_of(span: dict[str, Any]) -> set[tuple[Weekday, str]]:
    """The slow way: list every minute of the week by walking through the span."""
    found = set()
    for day in span["days"]:
        # 5 January 2026 is a Monday.
        minute = datetime.fromisoformat(f"2026-01-05T{span['from']}")
        minute += timedelta(days=list(Weekday).index(day))
        while True:
            found.add((list(Weekday)[minute.weekday()], f"{minute:%H:%M}"))
            minute += timedelta(minutes=1)
            if f"{minute:%H:%M}" == span["to"]:
                break
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=3))
def test_a_schedule_holds_in_the_minutes_that_walking_through_it_meets(
    schedule: list[dict[str, Any]],
) -> None:
    required_minutes = set().union(*map(minutes_of, schedule))
    rules = CameraRules.model_validate({"schedule": schedule})
    week = (
        datetime(2026, 6, 8, 0, 0, 59, tzinfo=BERLIN) + timedelta(minutes=7 * n)
        for n in range(1440)
    )
    for moment in week:
        here = (list(Weekday)[moment.weekday()], f"{moment:%H:%M}")
        assert is_required(rules, moment, BERLIN) is (here in required_minutes), here


def test_rules_survive_being_written_and_read() -> None:
    rules = CameraRules.model_validate(
        {
            "include": [LEFT_HALF],
            "face_px_min": 24,
            "score_min": 0.6,
            "schedule": [{"days": ["sunday", "monday", "sunday"], "from": "22:00", "to": "06:00"}],
        }
    )
    text = encode_rules(rules)
    assert decode_rules(text) == rules
    assert json.loads(text)["schedule"] == [
        {"days": ["monday", "sunday"], "from": "22:00", "to": "06:00"}
    ]
    assert (encode_rules(NO_RULES), decode_rules("{}")) == ("{}", NO_RULES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "the whole", id="empty"),
        pytest.param("[]", "the whole", id="a list"),
        pytest.param('{"includes": []}', "includes", id="a name that is none"),
        pytest.param('{"include": [[[0, 0], [1, 1]]]}', "include.0", id="two points"),
        pytest.param('{"include": [[[0, 0], [1, 1], [0.5, 0.5]]]}', "one line", id="a line"),
        pytest.param('{"include": [[[0, 0], [0, 0], [0, 0]]]}', "one line", id="one point"),
        pytest.param('{"exclude": [[[0, 0], [1, 0], [1, 1.5]]]}', "exclude.0.2.1", id="outside"),
        pytest.param('{"exclude": [[[0, 0], [1, 0], [1, NaN]]]}', "exclude.0.2.1", id="no number"),
        pytest.param('{"exclude": [[[0, 0], [1, 0], [1]]]}', "exclude.0.2", id="no y"),
        pytest.param('{"face_px_min": -1}', "face_px_min", id="negative"),
        pytest.param('{"face_px_min": 1e30}', "face_px_min", id="huge"),
        pytest.param('{"score_min": 60}', "score_min", id="percent"),
        pytest.param('{"schedule": []}', "schedule", id="no span"),
        pytest.param(
            '{"schedule": [{"days": [], "from": "08:00", "to": "18:00"}]}', "days", id="no day"
        ),
        pytest.param(
            '{"schedule": [{"days": ["Monday"], "from": "08:00", "to": "18:00"}]}',
            "schedule.0.days.0",
            id="a capital",
        ),
        pytest.param(
            '{"schedule": [{"days": ["monday"], "start": "08:00", "end": "18:00"}]}',
            "schedule.0",
            id="other names",
        ),
        pytest.param(
            '{"schedule": [{"days": ["monday"], "from": "8:00", "to": "18:00"}]}',
            "schedule.0.from",
            id="one digit",
        ),
        pytest.param(
            '{"schedule": [{"days": ["monday"], "from": "08:00", "to": "24:00"}]}',
            "schedule.0.to",
            id="24:00",
        ),
        pytest.param(
            '{"schedule": [{"days": ["monday"], "from": "08:00\\n", "to": "10:00"}]}',
            "schedule.0.from",
            id="a line break",
        ),
    ],
)
def test_rules_that_cannot_work_are_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as refused:
        parse_rules(text)
    assert refused.value.field == "rules"
    with pytest.raises(BadEntry, match=words):
        decode_rules(text)


def test_broken_rules_of_the_database_rule_nothing_and_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert read_rules("{broken") is NO_RULES
    assert "every face counts there" in caplog.text
    assert read_rules("{}") is NO_RULES
    assert read_rules('{"face_px_min": 24}').face_px_min == 24


def test_polygons_points_and_spans_are_bounded() -> None:
    span = {"days": ["monday"], "from": "08:00", "to": "18:00"}
    for rules in (
        {"include": [LEFT_HALF] * 17},
        {"exclude": [[(np.sin(i) / 2 + 0.5, np.cos(i) / 2 + 0.5) for i in range(33)]]},
        {"schedule": [span] * 33},
    ):
        with pytest.raises(ValidationError, match="at most"):
            CameraRules.model_validate(rules)
