"""Covariances of noisy rows: nearer to the truth than those of the sample, and left alone where rows say enough."""

import numpy as np
import pytest

from kit.stats.shrinkage import shrink_covariance


def draw_losses(draw: np.random.Generator, runs: int, rows: int) -> np.ndarray:
    """(R, N): most rows cost next to nothing, a few much, as of log loss; of equal variances, correlations 1/2."""
    common, own = draw.normal(size=(1, rows)), draw.normal(size=(runs, rows))
    losses = np.exp(1.5 * np.sqrt(0.5) * (common + own))
    return losses - losses.mean(1, keepdims=True)


def test_of_few_rows_runs_are_drawn_together():
    draw = np.random.default_rng(0)
    truth = np.cov(draw_losses(draw, 8, 400_000), bias=True)
    off = []
    for _ in range(60):
        rows = draw_losses(draw, 8, 100)
        sample = rows @ rows.T / 100
        off.append(
            [
                np.log(np.linalg.eigvalsh(one)[0] / np.linalg.eigvalsh(truth)[0])
                for one in (sample, shrink_covariance(rows))
            ]
        )
    sample, shrunk = np.sqrt((np.array(off) ** 2).mean(0))
    assert shrunk < 0.7 * sample, "the least eigenvalue, by which a posterior weighs most"


def test_where_rows_are_many_all_stays():
    draw = np.random.default_rng(1)
    rows = np.diag([1, 2, 3]) @ (draw.normal(size=(3, 100_000)) + [[1], [2], [0]] * draw.normal(size=(1, 100_000)))
    rows -= rows.mean(1, keepdims=True)
    assert shrink_covariance(rows) == pytest.approx(rows @ rows.T / 100_000, rel=0.02, abs=0.05)


def test_what_is_known_whatever_the_rows_is_kept():
    """Runs that say the same stay so; one whose rows do not differ has 0; no eigenvalue is below 0."""
    rows = draw_losses(np.random.default_rng(2), 5, 30)
    found = shrink_covariance(np.vstack([rows, rows[:1], np.zeros((1, 30))]))
    assert found[0, 5] == pytest.approx(found[0, 0]) == pytest.approx(found[5, 5])
    assert (found[6] == 0).all() and np.linalg.eigvalsh(found)[0] > -1e-9
    assert found == pytest.approx(found.T)
    one = shrink_covariance(rows[:1])
    assert one.shape == (1, 1) and one[0, 0] == pytest.approx((rows[0] ** 2).mean())
