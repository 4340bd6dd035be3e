"""Noise bars, and what lies off the line: against formulas written otherwise, and against scores drawn with known noise."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from kit.leaderboard.agreement import Pair, fit, spearman
from kit.metrics import METRICS
from kit.metrics.standard_errors import standard_error
from kit.stats import noise


def test_rank_correlation_is_scipys_with_ties():
    draw = np.random.default_rng(0)
    for _ in range(20):
        a, b = draw.integers(0, 6, 15), draw.normal(size=15).round(1)
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)


@pytest.mark.parametrize("cvs", [[], [0.9], [0.9, 0.91], [0.9, 0.9, 0.9]])
def test_too_few_different_pairs_have_no_line(cvs):
    assert fit([Pair(n, cv, 0.9 + n / 100, 0.01, 0.01) for n, cv in enumerate(cvs)]) is None


def test_a_planted_surprise_is_found_and_noise_is_none():
    draw = np.random.default_rng(1)
    cv = np.linspace(0.90, 0.95, 40)
    public = 0.02 + 0.97 * cv + draw.normal(0, 0.002, 40)
    public[17] -= 0.02
    found = fit([Pair(n, c, p, 0.001, 0.002) for n, (c, p) in enumerate(zip(cv, public, strict=True))])
    assert found.slope == pytest.approx(0.97, abs=0.05)
    assert max(range(40), key=lambda place: abs(found.off[place])) == 17 and found.off[17] < -5
    assert sum(abs(off) > 2 for place, off in enumerate(found.off) if place != 17) <= 4  # 5 % of 39, and some luck


def test_without_an_error_nothing_is_called_a_surprise():
    pairs = [Pair(1, 0.90, 0.9, 0.01, None), Pair(2, 0.91, 0.5, None, 0.01), Pair(3, 0.92, 0.9, 0.01, 0.01)]
    off = fit(pairs).off
    assert off[:2] == (None, None) and off[2] is not None


def test_the_error_of_a_public_accuracy_is_how_it_scatters():
    draw = np.random.default_rng(2)
    assert noise.public_error(METRICS["accuracy"], 1.0, 399, None) == 1 / 400  # not 0
    scores = draw.binomial(500, 0.9, 4000) / 500
    assert noise.public_error(METRICS["accuracy"], 0.9, 500, None) == pytest.approx(scores.std(), rel=0.05)


def test_the_error_of_a_public_loss_comes_from_how_rows_differ_out_of_fold():
    draw = np.random.default_rng(3)
    rows = draw.gamma(0.3, 0.5, 20_000)
    metrics = {"score": rows.mean(), "error": rows.std() / np.sqrt(len(rows)), "rows": len(rows)}
    loss = METRICS["log_loss"]
    scores = [draw.choice(rows, 400).mean() for _ in range(2000)]
    deviation = noise.row_deviation(loss, metrics)
    assert noise.public_error(loss, rows.mean(), 400, deviation) == pytest.approx(np.std(scores), rel=0.06)
    assert noise.public_error(loss, 0.15, None, 1.0) is None and noise.public_error(loss, 0.15, 400, None) is None
    assert noise.median_row_deviation(loss, []) is None
    assert noise.median_row_deviation(loss, [metrics]) == pytest.approx(rows.std() / rows.mean())
    undefined = {"score": None, "error": None, "rows": 9}
    assert noise.public_error(loss, 0.15, 400, noise.row_deviation(loss, undefined)) is None


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "map@3", "log_loss", "auc", "rmse", "mae", "r2"])
def test_the_error_of_an_average_is_its_own_and_not_that_of_its_members(name):
    """Five members averaged on the test rows, each alone out of fold: nearer to the error of the rows that were sent."""
    draw, metric = np.random.default_rng(4), METRICS[name]
    if metric.forms[0] == "value":
        labels = draw.normal(size=(8000, 1))
        one, mean = (labels + 0.2 * draw.normal(size=(many, 8000, 1)).mean(0) for many in (1, 5))
    else:
        labels, common = draw.choice(4, 8000), 0.7 * draw.normal(size=(8000, 4))
        logits = 2 * np.eye(4)[labels] + common + draw.normal(size=(6, 8000, 4))
        said = np.exp(logits) / np.exp(logits).sum(2, keepdims=True)
        one, mean = said[0], said[1:].mean(0)
    members, sent = (
        {"score": metric.score(labels, values), "error": standard_error(metric, labels, values), "rows": 8000}
        for values in (one, mean)
    )
    found = noise.public_error(metric, sent["score"], 8000, noise.row_deviation(metric, members))
    assert abs(found - sent["error"]) < 0.7 * abs(members["error"] - sent["error"])


def test_the_error_over_folds_takes_the_mean_of_a_folds_seeds():
    members = [
        {"fold": 0, "score": 0.8},
        {"fold": 0, "score": 0.9},
        {"fold": 1, "score": 0.95},
        {"fold": 2, "score": 0.9},
    ]
    expected = np.std([0.85, 0.95, 0.9], ddof=1) / np.sqrt(3)
    assert noise.error_over_folds({"members": members}) == pytest.approx(expected)
    assert noise.error_over_folds({"members": members[:2]}) is None and noise.error_over_folds({}) is None
    undefined = [{"fold": 3, "score": None}, {"fold": 4, "score": float("nan")}]  # AUC without a positive
    assert noise.error_over_folds({"members": members + undefined}) == pytest.approx(expected)
