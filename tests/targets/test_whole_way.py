"""Every kind of target goes the whole way: prepare, train, ensemble, a checked submission, a report; scored as the file is."""

import json

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.data import cache
from kit.submission.build import build
from kit.submission.read_back import read_back
from kit.submission.sample import Sample


def test_two_runs_are_joined_and_looked_at(halves, make_run, here):
    first, second = make_run("one", 0.5).id, make_run("other", 1.0).id
    joined = json.loads(here("ensemble", "halves", first, second, "--json").stdout)["run"]
    for name in (first, joined):
        run = runs.find(name)
        oof, scores = predictions.load(run.oof), json.loads(run.metrics.read_text())
        sample = Sample(("id", *halves.submission.target_columns), tuple(oof.ids))
        ids, said = read_back(halves, build(halves, oof, sample))
        truth = cache.labels_of(cache.load(halves, paths.data("halves")).train, ids)
        assert metrics.find(halves).score(truth, said) == pytest.approx(scores["score"], rel=1e-5), "that of the file"
        assert np.isfinite(scores["error"]) and scores["error"] > 0
        here("submit", "halves", name)
    here("report", first, "--quick")
    here("report", joined, "--quick")
    here("report", "halves")
    here("diff", first, second, "--ids", "3", "--sheet", str(paths.runs() / "sheet.png"))
    here("next", "halves", "--offline")
    here("pick", "halves", "--all")
    here("runs", "compare", first, second)
    if halves.target.kind != "votes":
        here("review", "labels", second)
        here("report", second, "--quick")  # with what was found


@pytest.mark.parametrize("halves", ["labels", "numbers", "votes"], indirect=True)
@pytest.mark.parametrize("recipe", ["scratch", "features"])
def test_what_a_training_predicts_are_values_of_the_target(halves, here, recipe):
    words = (
        () if recipe == "scratch" else ("--backbone", "mobilenet_0.25", "--weights", "none", "--set", "image_size=32")
    )
    done = here("train", "halves", "--recipe", recipe, *words, "--folds", "1", "--json")
    run = runs.find(json.loads(done.stdout)["run"])
    for stored in (run.oof, run.test):
        values = predictions.load(stored).values
        assert values.shape[1] == len(halves.target.columns) and not halves.target.find_bad(values).any()
    here("report", run.id)
    page = (run.folder / "report.html").read_text()
    assert "Bright: what raises a prediction" in page and f'alt="{halves.target.columns[0]} seen here"' in page
    here("submit", "halves", run.id)
