"""The evaluation's page stands alone, says what was measured and shows nothing unasked."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from core.types import LABELS, Label
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.training.evaluate import Evaluation, Mistake
from models.training.figures import trace_curve
from models.training.intervals import Interval
from models.training.report import charts
from models.training.report.page import between, lay_out_confusion, percent, render, write_page
from models.training.report.words import tell, to_json
from models.training.slices import Judged, find_worst, part

VOID = {"meta", "img", "br", "rect", "line", "circle", "polyline", "path", "use"}


class Outline(HTMLParser):
    """Remembers tags and attributes, and that every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def evaluation(said: list[int], truth: list[int], path: str = "faces/{}.jpg") -> Evaluation:
    count = len(truth)
    rng = np.random.default_rng(1)
    probabilities = np.full((count, 3), 0.1, np.float32)
    probabilities[np.arange(count), said] = 0.8
    judged = Judged(
        paths=tuple(Path(path.format(number)) for number in range(count)),
        sources=np.full(count, "door"),
        groups=np.arange(count).astype(str),
        truth=np.asarray(truth, np.int64),
        probabilities=probabilities,
        face_px=rng.uniform(10, 200, count).astype(np.float32),
        sharpness=rng.uniform(0, 900, count).astype(np.float32),
        brightness=rng.uniform(0, 255, count).astype(np.float32),
    )
    picture = np.full((40, 30, 3), 90, np.uint8)
    return Evaluation(
        manifest=read_manifest(SHIPPED_CLASSIFIER),
        judged=judged,
        slicings=part(judged),
        mistakes=tuple(Mistake(int(place), picture) for place in find_worst(judged, 2)),
        choice="All of them.",
        notes=("Beware.",),
    )


SOME = evaluation([0, 0, 1, 2, 2, 0, 0], [0, 0, 1, 2, 2, 2, 1])


def test_the_page_asks_no_host_and_runs_no_script() -> None:
    outline = Outline(render(SOME))

    assert outline.open == []
    assert "script" not in outline.tags
    assert "link" not in outline.tags
    addresses = [value for name, value in outline.attributes if name in ("src", "href", "action")]
    assert {re.split("[:#]", address)[0] for address in addresses} == {"data", ""}
    assert not [name for name, _ in outline.attributes if name == "style" or name.startswith("on")]


def test_its_policy_allows_its_own_style_and_its_pictures_alone() -> None:
    page = render(SOME)
    style = page.split("<style>")[1].split("</style>")[0]
    checksum = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; img-src data:; style-src 'sha256-{checksum}'" in page
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_tells_figures_notes_and_the_model() -> None:
    page = render(SOME)

    assert "5 of 7 faces were told rightly" in page
    assert "71.4 %" in page
    assert "Beware." in page
    assert SOME.manifest.model_version in page
    assert SOME.manifest.files[0].sha256 in page
    assert page.count("<img") == 2


def test_without_pictures_the_page_counts_the_mistakes_alone() -> None:
    page = render(replace(SOME, mistakes=()))

    assert "data:image" not in page
    assert "made without their pictures" in page


def test_a_name_cannot_break_out_of_the_page() -> None:
    page = render(evaluation([0], [2], path="<script>alert({})</script>.jpg"))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("said", "truth"),
    [
        pytest.param([0], [0], id="one face, told rightly"),
        pytest.param([2], [0], id="one face, told wrongly"),
        pytest.param([1, 1], [1, 1], id="incorrect masks alone"),
    ],
)
def test_little_makes_a_page_too(said: list[int], truth: list[int], tmp_path: Path) -> None:
    write_page(evaluation(said, truth), tmp_path / "page.html")

    assert Outline((tmp_path / "page.html").read_text()).open == []


def test_the_confusion_is_shaded_by_the_share_of_its_row() -> None:
    rows = lay_out_confusion(SOME.judged.figures())

    assert [cell.count for cell in rows[2]] == [1, 0, 2]
    assert [cell.depth for cell in rows[2]] == [3, 0, 7]
    assert (rows[0][0].truth, rows[0][0].said) == (Label.MASK, Label.MASK)


def test_a_curve_begins_at_no_recall_and_ends_at_all() -> None:
    curve = trace_curve(Label.MASK, np.asarray([0.9, 0.5], np.float32), np.asarray([True, True]))

    [line] = charts.draw_curves([curve])

    assert line.points == "44.0,12.0 202.0,12.0 360.0,12.0"


def test_a_long_curve_is_thinned_without_flattery() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(5000).astype(np.float32)
    curve = trace_curve(Label.MASK, scores, rng.random(5000) < scores)

    [line] = charts.draw_curves([curve])
    points = [tuple(map(float, point.split(","))) for point in line.points.split()]

    assert len(points) <= charts.POINTS_MAX + 2
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[-1][0] == charts.SQUARE.x(1)
    lowest = charts.SQUARE.y(float(curve.precision.min()))
    assert max(y for _, y in points) == pytest.approx(lowest, abs=0.1)


def test_strips_begin_at_the_tenth_below_every_interval() -> None:
    assert charts.choose_lowest([Interval(0.9, 0.83, 0.95), Interval(0.97, None, None)]) == 0.8
    assert charts.choose_lowest([Interval(1.0, 1.0, 1.0)]) == 0.9
    assert charts.choose_lowest([]) == 0.9


def test_an_interval_is_placed_between_the_strips_ends() -> None:
    strip = charts.STRIP

    whisker = charts.draw_whisker(Interval(0.9, 0.8, 1.0), lowest=0.8)
    point = charts.draw_whisker(Interval(0.9, None, None), lowest=0.8)

    assert (whisker.left, whisker.right) == (strip.x(0), strip.x(1))
    assert point.left == point.right == point.at == whisker.at == strip.x(0.5)


@pytest.mark.parametrize(
    ("share", "words"), [(None, "\u2013"), (0.0, "0.0 %"), (0.97349, "97.3 %"), (1.0, "100.0 %")]
)
def test_shares_read_as_percent(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_an_interval_of_one_group_says_so() -> None:
    assert between(Interval(0.9, 0.8512, 1.0)) == "85.1 to 100.0 %"
    assert between(Interval(0.9, None, None)) == "one group: no interval"
    assert between(None) == ""


def test_the_terminal_is_told_the_report_the_slices_and_the_notes() -> None:
    told = tell(SOME)

    assert "7 faces, accuracy 0.714" in told
    assert "average precision: mask" in told
    assert re.search(r"^door +7 +7  0\.714 \(", told, re.M)
    assert told.endswith("note: Beware.")


def test_json_holds_figures_intervals_slices_and_mistakes() -> None:
    found = to_json(SOME)

    assert found["figures"]["accuracy"] == pytest.approx(5 / 7)
    assert found["intervals"]["recalls"]["mask"]["value"] == 1
    assert found["slices"]["Source"]["door"]["count"] == 7
    assert {mistake["truth"] for mistake in found["mistakes"]} == {"no_mask", "incorrect_mask"}
    assert list(found["mistakes"][0]["probabilities"]) == list(LABELS)
