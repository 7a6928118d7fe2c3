"""The measurement of verdicts: crowds are followed, added up, and told."""

import json
from dataclasses import replace

from click.testing import CliRunner

from benchmarks.crowd_faces import RenderedFaces, SimulatedFaces
from benchmarks.crowds import Conditions
from benchmarks.verdict_scores import Tally
from benchmarks.verdicts import (
    BASE,
    Cell,
    other_cells,
    report,
    run_cell,
    run_cells,
    target_cells,
)
from cli import main
from core.preferences import VerdictRule
from models.analysis import load_analyser

RULE = VerdictRule()
EASY = Cell(Conditions(speed_m_s=1.0, people=2, face_px=48, stopping=0.0, changing=0.0))


def test_people_who_pass_are_counted_and_judged() -> None:
    tally = run_cell(EASY, 40, 3, SimulatedFaces(3), RULE)
    assert tally.people >= 38
    assert abs(tally.count_error) <= 0.05
    assert abs(tally.rate_error) <= 5
    assert tally.accuracy > 0.9


def test_the_real_networks_can_look_too() -> None:
    tally = run_cell(EASY, 4, 3, RenderedFaces(load_analyser(1)), RULE)
    assert (tally.people, tally.missed) == (4, 0)
    assert tally.right + tally.wrong + tally.unsure == 4


def test_the_target_is_met() -> None:
    """Over all its crowds; the eight people of one crowd are too few to tell 3 %."""
    done = [
        (cell, run_cell(cell, 8, seed, SimulatedFaces(seed), RULE))
        for seed, cell in enumerate(target_cells())
    ]
    (row,) = (row for row in report(done) if row.name == "all of these")
    assert row.tally.people > 250
    assert row.is_met, row


def test_the_target_is_what_the_crowds_say() -> None:
    within = [cell.conditions for cell in target_cells()]
    assert {one.frames_per_second for one in within} == {5}
    assert max(one.people for one in within) == 8
    assert max(one.speed_m_s for one in within) == 1.5
    assert min(one.face_px for one in within) == 24
    assert not any(cell.is_target for cell in other_cells())


def test_crowds_are_added_up_by_speed_number_and_size() -> None:
    slow = Cell(replace(BASE, speed_m_s=0.5, people=1, face_px=24))
    fast = Cell(replace(BASE, speed_m_s=1.5, people=1, face_px=24))
    beyond = Cell(replace(BASE, speed_m_s=2.5), "2.5 m/s")
    tallies = [Tally(people=10, counted=10), Tally(people=30, counted=33), Tally(people=7)]
    rows = report(list(zip([slow, fast, beyond], tallies, strict=True)))
    assert [(row.name, row.tally.people, row.is_met) for row in rows] == [
        ("0.5 m/s", 10, True),
        ("1.5 m/s", 30, False),
        ("1 people", 40, False),
        ("faces of 24 px", 40, False),
        ("all of these", 40, False),
        ("2.5 m/s", 7, False),
    ]


def test_no_further_crowd_is_begun_when_the_time_is_over() -> None:
    done = run_cells([EASY] * 5, 2, 1, SimulatedFaces, lambda index: index < 2)
    assert len(done) == 2


def test_the_command_tells_all_as_json() -> None:
    answer = CliRunner().invoke(main, ["bench", "verdicts", "--people", "2", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert found["crowds_left_out"] == 0
    names = [row["crowd"] for row in found["rows"]]
    assert {"1.5 m/s", "8 people", "faces of 24 px", "all of these", "1 frames/s"} <= set(names)
    assert {"count_error", "rate_error_points", "missed", "doubled"} <= set(found["rows"][0])


def test_the_command_says_what_it_had_no_time_for() -> None:
    answer = CliRunner().invoke(main, ["bench", "verdicts", "--people", "1", "--minutes", "0.01"])
    assert answer.exit_code == 0
    assert "were left out" in answer.stdout
