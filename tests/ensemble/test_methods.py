"""Which method is chosen, that what chooses never judges, and what each of them finds on made-up predictions."""

import json

import numpy as np
import pytest

from kit import metrics
from kit.ensemble import choose_method, contribution, methods, mixtures
from kit.ensemble.class_methods import METHODS
from kit.plugins import load
from tests.ensemble.conftest import predictions

NOT_PROBABILITIES = "rank mean"


@pytest.fixture
def competition():
    return load("digit-recognizer")  # for its metric, accuracy


@pytest.fixture
def stack(labels):
    return np.stack([predictions(seed, labels, skill) for seed, skill in ((1, 1.0), (2, 2.0), (3, 0.0))])


@pytest.fixture
def folds(labels):
    return np.arange(len(labels)) % 4


@pytest.mark.parametrize("name", METHODS)
def test_a_method_gives_probabilities_and_parameters_that_survive_json(name, competition, stack, labels):
    method = METHODS[name]
    parameters = method.fit(stack, labels, methods.better(competition, labels))
    said = method.apply(stack, json.loads(json.dumps(parameters)))
    assert said.shape == stack.shape[1:] and said.dtype == np.float32
    assert said.min() >= 0 and np.allclose(said.sum(1), 1, atol=1e-5)
    if name != "single":
        assert metrics.log_loss(labels, METHODS["single"].apply(stack, {"weights": [1, 0, 0]})) > metrics.log_loss(
            labels, said
        ) or (name == NOT_PROBABILITIES)


def test_no_fold_has_a_say_in_how_it_is_judged(competition, stack, labels, folds):
    before = choose_method.choose(competition, stack, labels, folds)
    changed = labels.copy()
    changed[folds == 1] = (changed[folds == 1] + 1) % 3
    after = choose_method.choose(competition, stack, changed, folds)
    assert np.array_equal(before.honest[folds == 1], after.honest[folds == 1])
    assert not np.array_equal(before.honest[folds == 0], after.honest[folds == 0])
    for name in METHODS:
        same = np.array_equal(before.tried[name][folds == 1], after.tried[name][folds == 1])
        assert same, name


def test_choosing_among_many_on_noise_looks_better_than_it_is(competition):
    labels = np.random.default_rng(5).integers(0, 3, 90)
    stack = np.stack([predictions(seed, labels, 0.3) for seed in range(12)])
    chosen = choose_method.choose(competition, stack, labels, np.arange(90) % 5)
    greedy = METHODS["greedy"]
    seen = greedy.apply(stack, greedy.fit(stack, labels, methods.better(competition, labels)))
    assert (
        metrics.evaluate(competition, labels, seen)["score"]
        > metrics.evaluate(competition, labels, chosen.honest)["score"]
    )


def test_one_run_that_nothing_improves_is_kept_alone(competition, labels, folds):
    good = predictions(1, labels, 4.0)
    misled = np.stack([good, *(predictions(seed, (labels + 1) % 3, 3.0) for seed in (2, 3))])
    chosen = choose_method.choose(competition, misled, labels, folds)
    said = METHODS[chosen.method].apply(misled, chosen.parameters)
    assert (said.argmax(1) == good.argmax(1)).mean() > 0.99


def test_a_single_run_is_calibrated(competition, labels, folds):
    sure = predictions(1, labels, 2.0) ** 4
    sure = (sure / sure.sum(1, keepdims=True)).astype(np.float32)
    chosen = choose_method.choose(competition, sure[None], labels, folds)
    assert chosen.method in ("pool", "stacking")
    assert metrics.log_loss(labels, chosen.honest) < 0.8 * metrics.log_loss(labels, sure)
    assert (chosen.honest.argmax(1) == sure.argmax(1)).mean() > 0.98


def test_the_likely_mixture_is_the_best_of_all_mixtures(stack, labels):
    best = metrics.log_loss(labels, mixtures.mean(stack, mixtures.fit_mixture(stack, labels)))
    for other in np.random.default_rng(4).dirichlet(np.ones(3), 300):
        assert best <= metrics.log_loss(labels, mixtures.mean(stack, other)) + 1e-4


def test_greedy_selection_finds_what_no_weight_by_likelihood_cares_for(competition, labels):
    stack = np.stack([predictions(seed, labels, 0.8) for seed in range(6)])
    better = methods.better(competition, labels)
    found = mixtures.select_greedily(stack, better)
    assert found.sum() == pytest.approx(1) and found.min() >= 0
    assert better(mixtures.mean(stack, found)) > max(better(member) for member in stack)


def test_of_methods_within_the_noise_the_one_of_least_log_loss(competition, labels):
    sure = np.eye(3)[labels] * 0.9 + 0.1 / 3
    unsure = sure * 0.3 + 0.7 / 3
    for said, wrong in ((sure, [0, 1]), (unsure, [2])):
        said[wrong] = np.roll(said[wrong], 1, axis=1)
    run, tried = np.roll(sure, 1, axis=1)[None], {"unsure": unsure, "sure": sure}
    assert choose_method.best(competition, run, labels, tried) == ("sure", None)  # one row behind is noise
    assert choose_method.best(competition, unsure[None], labels, tried) == (
        "unsure",
        "sure",
    )  # but not below a run alone
    sure[::2] = np.roll(sure[::2], 1, axis=1)
    assert choose_method.best(competition, run, labels, tried) == ("unsure", None)


def test_a_method_that_scores_below_the_best_run_is_given_up_for_it(competition, labels, folds):
    unsure = np.eye(3)[labels] * 0.2 + 0.8 / 3  # right but for one row
    sure = np.eye(3)[labels] * 0.9 + 0.1 / 3  # of less log loss, but wrong in four rows
    unsure[0], sure[:4] = np.roll(unsure[0], 1), np.roll(sure[:4], 1, axis=1)
    stack = np.stack([unsure, sure]).astype(np.float32)
    for split in (folds, folds % 2):  # two folds decide it, too
        chosen = choose_method.choose(competition, stack, labels, split)
        assert chosen.given_up not in (None, "single") and chosen.method == "single"
        assert chosen.parameters == {"weights": [1.0, 0.0]} and np.allclose(chosen.tried["single"], unsure)
        assert (chosen.honest.argmax(1) != labels).sum() < 4


def test_the_member_table_says_what_is_lost_without_each(competition, stack, labels, folds):
    chosen = choose_method.choose(competition, stack, labels, folds)
    rows = contribution.table(competition, ["weak", "strong", "noise"], stack, stack, labels, folds, chosen)
    lost = [row["loss_lost_without"] for row in rows]
    assert lost[1] > lost[0] > lost[2] and abs(lost[2]) < 0.01
    assert rows[1]["score"] > rows[0]["score"] > rows[2]["score"]
    assert rows[2]["temperature"] > 3 > rows[0]["temperature"]  # the one that knows nothing should be sure of nothing
    twice = stack[[1, 1]]
    copied = contribution.table(
        competition, ["a", "copy"], twice, twice, labels, folds, choose_method.choose(competition, twice, labels, folds)
    )
    assert copied[0]["correlation"] == pytest.approx(1) and abs(copied[0]["score_lost_without"]) < 0.02


def test_two_folds_leave_none_to_fit_on_so_no_weight_is_fitted(competition, labels):
    stack, halves = np.stack([predictions(seed, labels, 1.0) for seed in (1, 2, 3)]), np.arange(len(labels)) % 2
    chosen = choose_method.choose(competition, stack, labels, halves)
    assert chosen.method == "geometric mean" and np.array_equal(chosen.honest, chosen.tried["geometric mean"])
    good = np.stack([predictions(1, labels, 4.0), predictions(2, labels, 0.0)])
    assert choose_method.choose(competition, good, labels, halves).method == "single"


def test_stacking_is_left_out_where_its_classes_are_too_many(competition, stack, labels, folds, monkeypatch, capsys):
    monkeypatch.setattr(choose_method, "MAX_PRODUCTS", 3 * 600 * 3**2 - 1)
    assert set(METHODS) - set(choose_method.choose(competition, stack, labels, folds).tried) == {"stacking"}
    assert "stacking is left out: of 3 classes" in capsys.readouterr().err
