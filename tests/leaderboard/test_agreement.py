"""Noise bars, and what lies off the line: against formulas written otherwise, and against scores drawn with known noise."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from kit.leaderboard.agreement import Pair, fit, spearman
from kit.metrics import METRICS
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
    metrics = {"error": rows.std() / np.sqrt(len(rows)), "rows": len(rows)}
    scores = [draw.choice(rows, 400).mean() for _ in range(2000)]
    assert noise.public_error(METRICS["log_loss"], 0.15, 400, noise.row_deviation(metrics)) == pytest.approx(
        np.std(scores), rel=0.06
    )
    assert (
        noise.public_error(METRICS["log_loss"], 0.15, None, 1.0) is None
        and noise.public_error(METRICS["log_loss"], 0.15, 400, None) is None
    )
    assert noise.median_row_deviation([]) is None and noise.median_row_deviation([metrics]) == pytest.approx(rows.std())


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
