"""The simulated board against what theory says of it."""

from dataclasses import replace

import numpy as np
import pytest

from kit import metrics
from kit.competition import Metric, Submission
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


@pytest.mark.parametrize("influence", [True, False])
def test_boards_of_metrics_that_are_no_mean_spread_as_their_error_says(stripes, influence):
    """By influence, and by a bootstrap over rows, never within classes: how many there are of each is luck, too."""
    own = metrics.METRICS["macro_f1"] if influence else replace(metrics.METRICS["macro_f1"], influence=None)
    competition = replace(stripes, metric="own", metrics={"own": own})
    labels = np.repeat([0, 1, 2], [240, 45, 15])
    stack = np.stack([sure(wrong(labels, range(0, 300, step))) for step in (10, 5)])
    boards = private_board.simulate_boards(competition, labels, stack, UNKNOWN, 100, 300, draws=400)
    judged = [metrics.evaluate(competition, labels, one) for one in stack]
    assert boards.mean(0) == pytest.approx([one["score"] for one in judged], abs=0.01)
    wider = np.sqrt((1 / 300 + 1 / 300) / (1 / 300))  # what is not known of a run, and the luck of the private rows
    assert boards.std(0) == pytest.approx([wider * one["error"] for one in judged], rel=0.2)


def test_a_board_on_which_the_metric_is_not_defined_moves_nothing(stripes):
    def score(labels, values):
        return np.nan if (labels == 2).sum() == 0 else float((values.argmax(1) == labels).mean())

    competition = replace(stripes, metric="own", metrics={"own": Metric(score, True)})
    labels = np.repeat([0, 1, 2], [30, 29, 1])
    stack = np.stack([sure(wrong(labels, range(rows))) for rows in (6, 12)])
    boards = private_board.simulate_boards(competition, labels, stack, UNKNOWN, 100, 300, draws=60)
    assert np.isfinite(boards).all() and boards.std(0).min() > 0


@pytest.mark.parametrize("influence", [True, False])
def test_rows_of_one_group_rise_and_fall_together(stripes, influence):
    own = metrics.METRICS["accuracy"]
    own = own if influence else replace(own, per_row=None, influence=None)
    competition, labels = replace(stripes, metric="own", metrics={"own": own}), np.arange(100) % 3
    said, groups = np.stack([sure(wrong(labels, range(0, 100, step))) for step in (3, 6)]), np.repeat(np.arange(100), 9)
    alone = private_board.simulate_boards(competition, labels, said, UNKNOWN, 100, 200, 1000)
    nine = private_board.simulate_boards(
        competition, np.repeat(labels, 9), np.repeat(said, 9, axis=1), UNKNOWN, 900, 1800, 1000, groups
    )
    assert nine.std(0) == pytest.approx(alone.std(0), rel=0.1) and nine.mean(0) == pytest.approx(
        alone.mean(0), abs=0.01
    )
