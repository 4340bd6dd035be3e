"""The simulated board against what theory says of it."""

from dataclasses import replace

import numpy as np
import pytest

from kit.competition import Submission
from kit.leaderboard import private_board
from tests.compare.conftest import sure, wrong

UNKNOWN = np.array([np.nan, np.nan])


def test_scores_are_believed_by_their_rows_and_an_easier_board_is_no_merit():
    scores, public = np.array([0.80, 0.90, 0.70]), np.array([0.95, 0.85, np.nan])
    centre, rows = private_board.estimate_centers(scores, public, 300, 100)
    # public scores are 0.05 higher on average: 0.90 and 0.80 without that
    assert centre == pytest.approx([0.825, 0.875, 0.70])
    assert rows.tolist() == [400, 400, 300]
    alone, rows = private_board.estimate_centers(scores, np.full(3, np.nan), 300, 100)
    assert alone == pytest.approx(scores) and rows.tolist() == [300, 300, 300]


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_simulated_boards_spread_as_sampling_theory_says(stripes, metric):
    form = stripes.submission if metric == "accuracy" else Submission("Id", stripes.target.columns, "probability")
    competition, labels = replace(stripes, metric=metric, submission=form), np.arange(900) % 3
    said = [wrong(labels, range(90)), wrong(labels, range(30, 210))]
    boards = private_board.simulate_boards(
        competition, labels, np.stack([sure(one) for one in said]), UNKNOWN, 100, 1800, draws=4000
    )
    shares = np.array([0.1, 0.2])
    cost = 1.0 if metric == "accuracy" else np.log(0.8 / 0.1)
    deviation = cost * np.sqrt(shares * (1 - shares) * (1 / 900 + 1 / 1800))
    best = 1 if metric == "accuracy" else np.log(0.8)
    assert boards.mean(0) == pytest.approx(best - cost * shares, abs=4 * deviation.max() / np.sqrt(4000))
    assert boards.std(0) == pytest.approx(deviation, rel=0.05)
    covariance = 60 / 900 - shares.prod()
    expected = covariance / np.sqrt((shares * (1 - shares)).prod())
    assert np.corrcoef(boards.T)[0, 1] == pytest.approx(expected, abs=0.06)


def test_a_public_score_narrows_what_is_simulated_of_its_run(stripes):
    labels = np.arange(900) % 3
    stack = np.stack([sure(wrong(labels, range(90)))] * 2)
    boards = private_board.simulate_boards(stripes, labels, stack, np.array([0.9, np.nan]), 900, 1800)
    ratio = np.sqrt((1 / 1800 + 1 / 1800) / (1 / 900 + 1 / 1800))
    assert boards[:, 0].std() / boards[:, 1].std() == pytest.approx(ratio, rel=1e-6)


def test_metrics_that_are_no_mean_are_resampled(stripes):
    competition, labels = replace(stripes, metric="macro_f1"), np.arange(300) % 3
    stack = np.stack([sure(wrong(labels, range(rows))) for rows in (30, 60)])
    boards = private_board.simulate_boards(competition, labels, stack, UNKNOWN, 100, 300, draws=60)
    assert boards.mean(0) == pytest.approx([0.9, 0.8], abs=0.01)
    assert boards.std(0) == pytest.approx(np.sqrt([0.9 * 0.1 / 150, 0.8 * 0.2 / 150]), rel=0.35)
