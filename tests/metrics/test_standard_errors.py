"""Standard errors: by influence as a long bootstrap has them, never within classes, never 0 by luck."""

import time
from dataclasses import replace

import numpy as np
import pytest

from kit import metrics
from kit.competition import Metric
from kit.metrics import standard_errors
from kit.metrics.standard_errors import paired_gain, standard_error
from kit.plugins import load
from tests.metrics.conftest import make


def test_the_error_by_influence_is_that_of_a_bootstrap_and_so_is_that_of_a_gain(metric, monkeypatch):
    if metric.per_row or metric.influence:  # else there is nothing but resamples on either side
        monkeypatch.setattr(standard_errors, "RESAMPLES", 1000)  # known within 2.3 %
    rows, drawn = make(metric), replace(metric, per_row=None, influence=None)
    exact = standard_error(metric, rows.labels, rows.ours)
    assert exact == pytest.approx(standard_error(drawn, rows.labels, rows.ours), rel=0.08)
    gain, error = paired_gain(metric, rows.labels, rows.ours, rows.theirs)
    drawn_gain, drawn_error = paired_gain(drawn, rows.labels, rows.ours, rows.theirs)
    assert gain == pytest.approx(drawn_gain) and error == pytest.approx(drawn_error, rel=0.08)


def test_only_the_partial_auc_is_resampled():
    drawn = [name for name, one in metrics.METRICS.items() if not (one.per_row or one.influence)]
    assert drawn == ["auc_above_tpr_0.8"]


def test_resamples_are_not_drawn_class_by_class():
    """Where the error of a grade depends on the grade, how often grades come is most of the noise."""
    labels = np.repeat(np.arange(101), 4)
    said = np.eye(101)[np.where(labels < 50, labels, 50)]
    drawn = replace(metrics.METRICS["rmse"], influence=None)
    scores = [
        metrics.METRICS["rmse"].score(labels[rows], said[rows])
        for rows in np.random.default_rng(1).integers(0, len(labels), (500, len(labels)))
    ]
    assert standard_error(drawn, labels, said) == pytest.approx(np.std(scores), rel=0.2)
    assert standard_error(metrics.METRICS["rmse"], labels, said) == pytest.approx(np.std(scores), rel=0.1)


def _share_of_ones(labels: np.ndarray, values: np.ndarray) -> float:
    if labels.sum() < 2:
        raise ValueError("not defined")
    return float((values.argmax(1) * labels).sum() / labels.sum())


def test_resamples_without_a_score_are_drawn_again():
    metric, said = Metric(_share_of_ones, greater_is_better=True), np.eye(2)[np.arange(40) % 2]
    few = (np.arange(40) < 4).astype(int)
    draw = np.random.default_rng(2)
    samples = [rows for rows in draw.integers(0, 40, (4000, 40)) if few[rows].sum() > 1]
    expected = np.std([_share_of_ones(few[rows], said[rows]) for rows in samples])
    assert standard_error(metric, few, said) == pytest.approx(expected, rel=0.15)
    assert np.isnan(standard_error(metric, (np.arange(40) < 1).astype(int), said))  # most are not defined


def test_an_error_is_never_0_because_all_rows_are_right(metric):
    rows = make(metric, 400)
    best = rows.labels if rows.labels.ndim == 2 else np.eye(4)[rows.labels]
    least = (metric.high - metric.low) / 401 if np.isfinite(metric.high - metric.low) else 1e-9
    if (
        metric.targets[0] != "labels" or metric.per_row is None
    ):  # whose rows differ, by rows without a label and by the clip
        assert standard_error(metric, rows.labels, best) >= 0.999 * least
    assert paired_gain(metric, rows.labels, rows.ours, rows.ours) == (0, 0)


@pytest.mark.parametrize("name", ["quadratic_kappa", "log_loss"])
def test_no_error_is_that_of_rounding(name):
    """All rows get the same values: what differs from sample to sample is the last digit of a sum."""
    metric, labels = metrics.METRICS[name], np.random.default_rng(0).integers(0, 5, 37)
    values = np.eye(5)[np.zeros(37, int)]
    if name == "log_loss":
        labels, values = np.zeros(37, int), np.tile([0.3, 0.1, 0.2, 0.3, 0.1], (37, 1))
    assert standard_error(metric, labels, values) > 1e-3
    assert paired_gain(metric, labels, values, values * (1 + 1e-16)) == (0, 0)


def test_accuracy_1_of_400_rows_has_the_error_of_one_more_row(plugins):
    labels = np.arange(400) % 2
    judged = metrics.evaluate(load("dogs-vs-cats"), labels, np.eye(2)[labels])
    assert f"{judged['score']:.5f} ±{judged['error']:.4f}" == "1.00000 ±0.0025"


def test_the_error_of_a_perfect_order_follows_from_the_rarer_kind():
    """Three positives of a thousand, all of them in front: a fourth one may be the last."""
    labels = (np.arange(1000) < 3).astype(int)
    values = np.stack([1 - labels, labels], 1) + np.linspace(0, 0.1, 1000)[:, None] * (-1, 1)
    assert metrics.METRICS["auc"].score(labels, values) == 1
    assert 0.1 < standard_error(metrics.METRICS["auc"], labels, values) < 0.3


@pytest.mark.parametrize("name", ["accuracy", "log_loss", "map@3", "macro_f1", "quadratic_kappa", "mae"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_of_very_few_rows_no_error_is_0(name, count):
    metric, labels, said = metrics.METRICS[name], np.arange(count) % 2, np.eye(4)
    if name == "mae":
        labels, said = labels[:, None].astype(float), np.arange(4.0)[:, None]
    for values in (said[np.arange(count) % 2], said[(np.arange(count) + 1) % 2]):
        assert not standard_error(metric, labels, values) <= 0  # nan where nothing is known: one number, or one grade
    gain, error = paired_gain(metric, labels, said[np.arange(count) % 2], said[np.full(count, 3)])
    assert gain == 0 or not error <= 0


def test_three_runs_of_33_000_rows_are_judged_by_auc_in_no_time(plugins):
    draw, count = np.random.default_rng(0), 33_000
    labels = (draw.random(count) < 0.018).astype(int)
    odds = np.exp(draw.normal(size=(3, count)) + 1.2 * labels)
    stack = np.stack([1 / (1 + odds), odds / (1 + odds)], 2).astype(np.float32)
    competition = replace(load("dogs-vs-cats-redux-kernels-edition"), metric="auc")
    began = time.process_time()
    for one in range(3):
        assert 0.005 < metrics.evaluate(competition, labels, stack[one])["error"] < 0.02
        assert 0.005 < metrics.gain(competition, labels, stack[one], stack[one - 1])[1] < 0.02
    assert time.process_time() - began < 5


def test_copies_of_a_row_in_one_group_add_nothing_to_what_is_known(metric, monkeypatch):
    """Four copies of each row, known to belong together, are as noisy as one, but for few groups: a factor of G / (G - 1)."""
    rows = make(metric, 200)
    four = [np.repeat(one, 4, axis=0) for one in (rows.labels, rows.ours, rows.theirs)]
    groups, wider = np.repeat(np.arange(200), 4)[::-1], np.sqrt(200 / 199)
    drawn = metric.per_row is None and metric.influence is None
    near = {"rel": 0.2 if drawn else 1e-3}  # the sums of float32 differ
    alone = standard_error(metric, rows.labels, rows.ours)
    assert standard_error(metric, *four[:2], groups) == pytest.approx(alone * (1 if drawn else wider), **near)
    assert standard_error(metric, *four[:2]) < 0.7 * alone
    gain, error = paired_gain(metric, *four, groups)
    alone_gain, alone_error = paired_gain(metric, rows.labels, rows.ours, rows.theirs)
    assert gain == pytest.approx(alone_gain, rel=1e-3, abs=1e-6)
    assert error == pytest.approx(alone_error * (1 if drawn else wider), **near)


def test_the_error_over_groups_is_the_spread_over_samples_of_groups():
    """Patients who are all right or all wrong more often than by luck, of one to nine rows each."""
    draw, metric = np.random.default_rng(0), metrics.METRICS["accuracy"]
    found, scores = [], []
    for _ in range(300):
        patients = np.repeat(np.arange(60), draw.integers(1, 10, 60))
        right = draw.random(len(patients)) < draw.beta(1, 0.5, 60)[patients]
        labels = np.zeros(len(patients), np.int64)
        values = np.eye(2)[1 - right.astype(int)]
        scores.append(metric.score(labels, values))
        found.append((standard_error(metric, labels, values, patients), standard_error(metric, labels, values)))
    assert np.mean(found, 0)[0] == pytest.approx(np.std(scores), rel=0.1)
    assert np.mean(found, 0)[1] < 0.7 * np.std(scores)
    drawn = replace(metric, per_row=None, influence=None)
    assert standard_error(drawn, labels, values, patients) == pytest.approx(found[-1][0], rel=0.2)


def test_rows_that_are_groups_of_their_own_and_rows_of_a_single_group_count_as_independent(metric):
    rows = make(metric, 100)
    alone = standard_error(metric, rows.labels, rows.ours), paired_gain(metric, rows.labels, rows.ours, rows.theirs)
    for groups in (np.arange(100)[::-1], np.zeros(100)):
        assert standard_error(metric, rows.labels, rows.ours, groups) == alone[0]
        assert paired_gain(metric, rows.labels, rows.ours, rows.theirs, groups) == alone[1]
