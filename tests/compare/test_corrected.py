"""What deciding verbs judge runs on, once the team has found labels to be wrong."""

import json
import shutil

import pytest

from kit import paths
from kit.files import write_csv
from kit.leaderboard import overview
from tests.compare.conftest import wrong


def test_no_verb_judges_an_image_that_was_corrected(cli, field):
    """Both runs are of before the corrections, and were judged on all rows."""
    a = field.make("a", wrong(field.labels, range(10)), field.test)
    b = field.make("b", wrong(field.labels, range(5, 12)), wrong(field.test, [1]))
    ids, other = field.data.train.ids, field.competition.target.columns[(field.labels[9] + 1) % 3]
    found = [(ids[row], "drop", "") for row in range(9)] + [(ids[9], "relabel", other), (ids[10], "keep", "")]
    write_csv(paths.data("tiny-stripes").corrections, ("id", "action", "label"), found)

    def told(*words: str):
        return json.loads(cli(*words, "--json").stdout)

    judged = told("diff", a.id, b.id)["out_of_fold"]
    assert (judged["rows"], judged["only_a_right"], judged["only_b_right"]) == (80, 2, 0)
    compared = told("runs", "compare", a.id, b.id)["gains"][0]
    assert (compared["rows"], compared["gain"]) == (80, pytest.approx(-2 / 80))
    picked = told("pick", "tiny-stripes", "--all")
    assert picked["out_of_fold_rows"] == 80
    assert {row["run"]: row["score"] for row in picked["runs"]} == {a.id: 1.0, b.id: pytest.approx(78 / 80)}
    two = overview.best_two(field.competition)
    assert (two["runs"], two["rows"], two["gain"]) == ([b.id, a.id], 80, pytest.approx(-2 / 80))
    field.submit(a, "0.8")
    rated = told("next", "tiny-stripes", "--offline")["candidates"][0]
    assert (rated["shared_rows"], rated["gain"]) == (80, pytest.approx(-2 / 80))


def test_without_the_data_the_best_two_are_not_compared(field):
    for name in ("a", "b"):
        field.make(name, field.labels, field.test)
    assert overview.best_two(field.competition)["rows"] == 90
    shutil.rmtree(paths.data("tiny-stripes").cache)
    assert "is not prepared" in overview.best_two(field.competition)["missing"]


def test_two_equal_runs_differ_by_noise(field):
    for name in ("a", "b"):
        field.make(name, wrong(field.labels, [3]), field.test)
    two = overview.best_two(field.competition)
    assert (two["gain"], two["error"], two["noise"]) == (0, 0, True)
