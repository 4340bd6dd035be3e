"""The members' predictions joined: a finish decides what a run says; ensembles join what it said before."""

from dataclasses import replace

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, corrections, folds
from kit.ensemble import finish
from kit.ensemble.build import blend, ensemble
from kit.json_files import write_json
from kit.learn.join import join
from kit.runs.scores import read_scores


@pytest.fixture
def joined(prepared):
    """joined(metric, seed) -> (competition, data, a run whose three members always think too little of class 0)."""

    def make(metric, seed):
        competition = replace(prepared, metric=metric)
        where = paths.data(prepared.slug)
        data = cache.load(prepared, where)
        fold_of = folds.read(where.folds, data.train.ids)
        prints = corrections.fingerprints(data, fold_of)
        run = runs.create(prepared.slug, "train", Config(folds=3), {}, name=None, fingerprints=prints)
        draw = np.random.default_rng(seed)
        for fold in range(3):
            run.member(fold).mkdir()
            rows = np.flatnonzero(fold_of == fold)
            for name, ids, sure in (
                ("oof.npz", data.train.ids[rows], np.eye(3)[data.train.labels[rows]]),
                ("test.npz", data.test.ids, np.full((len(data.test.ids), 3), 1 / 3)),
            ):
                said = (sure + draw.dirichlet(np.ones(3), len(ids))) * (0.3, 1, 1)
                said /= said.sum(1, keepdims=True)
                predictions.save(run.member(fold) / name, predictions.make(ids, said, competition.target))
            write_json(run.member(fold) / "metrics.json", {"score": 0.5})
        join(run, competition, data, fold_of)
        return competition, data, run

    return make


def test_a_single_run_is_decided_by_its_finish_and_judged_as_submitted(joined):
    competition, data, run = joined("macro_f1", 0)
    scores, oof, test = read_scores(run), predictions.load(run.oof), predictions.load(run.test)
    found = scores["finish"]
    assert found["name"] == "class factors" and found["applied"] and "times its factor" in found["decides"]
    labels = cache.labels_of(data.train, oof.ids)
    assert scores["score"] == metrics.evaluate(competition, labels, oof.values)["score"]
    before = metrics.evaluate(competition, labels, oof.before_finish().values)["score"]
    assert scores["score"] > before and scores["score"] - before == pytest.approx(found["gain"], abs=1e-9)
    decided = finish.apply(competition.target, test.before_finish().values, found)
    assert np.array_equal(test.values, decided) and not np.array_equal(test.values, test.before_finish().values)


def test_an_ensemble_joins_what_its_parts_said_before_their_finish(joined):
    competition, _, first = joined("macro_f1", 0)
    _, _, second = joined("macro_f1", 1)
    whole = ensemble(competition, [first, second])
    record, test = read_scores(whole), predictions.load(whole.test)
    undecided = np.stack([predictions.load(run.test).before_finish().values for run in (first, second)])
    joined_values = blend(competition.target, undecided, record)
    assert np.array_equal(test.before_finish().values, joined_values)
    assert np.array_equal(test.values, finish.apply(competition.target, joined_values, record["finish"]))
    parts = [part["score"] for part in record["parts"]]
    assert parts == [read_scores(run)["score"] for run in (first, second)], "those of the files"


def test_a_metric_that_needs_no_decision_leaves_a_run_as_it_is(joined):
    _, _, run = joined("accuracy", 0)
    assert "finish" not in read_scores(run) and predictions.load(run.oof).unfinished is None
