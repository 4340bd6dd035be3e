"""Each metric against scikit-learn or SciPy, and against values worked out by hand where these have none."""

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics as reference

from kit import metrics
from kit.metrics.f_scores import macro_f, micro_f, row_f
from kit.metrics.ranking import midranks, partial_auc
from tests.metrics.conftest import make

GRADES = np.array([0, 1, 2, 2, 1, 0, 2, 1])
GRADED = np.random.default_rng(0).dirichlet(np.ones(3), 8)
LABELS, TAGGED = make(row_f(1)).labels, make(row_f(1)).ours
NUMBERS, GUESSED = make(metrics.METRICS["rmse"]).labels, make(metrics.METRICS["rmse"]).ours
ODDS = make(metrics.METRICS["column_log_loss"]).ours
DECIDED = GRADED.argmax(1)
SCORES = {
    "accuracy": reference.accuracy_score(GRADES, DECIDED),
    "balanced_accuracy": reference.balanced_accuracy_score(GRADES, DECIDED),
    "auc": reference.roc_auc_score(GRADES, GRADED, multi_class="ovr"),
    "macro_f1": reference.f1_score(GRADES, DECIDED, average="macro"),
    "macro_f2": reference.fbeta_score(GRADES, DECIDED, beta=2, average="macro"),
    "micro_f1": reference.f1_score(GRADES, DECIDED, average="micro"),
    "quadratic_kappa": reference.cohen_kappa_score(GRADES, DECIDED, weights="quadratic"),
    "log_loss": reference.log_loss(GRADES, GRADED),
    "kl_divergence": reference.log_loss(GRADES, GRADED),
    "rmse": reference.root_mean_squared_error(GRADES, GRADED @ np.arange(3)),
    "mae": reference.mean_absolute_error(GRADES, GRADED @ np.arange(3)),
    "map@3": reference.label_ranking_average_precision_score(np.eye(3)[GRADES], GRADED),
}


@pytest.mark.parametrize("name", SCORES)
def test_a_metric_of_classes_is_what_scikit_learn_says(name):
    metric = metrics.metric(name)
    assert metric.score(GRADES, GRADED) == pytest.approx(SCORES[name])
    assert metric.low <= metric.score(GRADES, GRADED) <= metric.high


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("auc", ODDS, reference.roc_auc_score(LABELS, ODDS, average="macro")),
        ("column_log_loss", ODDS, np.mean([reference.log_loss(LABELS[:, n], ODDS[:, n]) for n in range(4)])),
        ("row_f1", TAGGED, reference.f1_score(LABELS, TAGGED, average="samples", zero_division=1)),
        ("row_f2", TAGGED, reference.fbeta_score(LABELS, TAGGED, beta=2, average="samples", zero_division=1)),
        ("macro_f1", TAGGED, reference.f1_score(LABELS, TAGGED, average="macro")),
        ("micro_f2", TAGGED, reference.fbeta_score(LABELS, TAGGED, beta=2, average="micro")),
        ("pf1", TAGGED, reference.f1_score(LABELS, TAGGED, average="macro")),
    ],
)
def test_a_metric_of_labels_is_what_scikit_learn_says(name, values, expected):
    assert metrics.metric(name).score(LABELS, values) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("beta", [0.5, 3])
def test_f_beta_is_made_for_any_beta(beta):
    for average, metric in (("macro", macro_f), ("micro", micro_f), ("samples", row_f)):
        expected = reference.fbeta_score(LABELS, TAGGED, beta=beta, average=average, zero_division=1)
        assert metric(beta).score(LABELS, TAGGED) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("rmse", reference.root_mean_squared_error),
        ("mae", reference.mean_absolute_error),
        ("rmsle", reference.root_mean_squared_log_error),
        ("r2", reference.r2_score),
    ],
)
def test_a_metric_of_numbers_is_what_scikit_learn_says(name, function):
    assert metrics.metric(name).score(NUMBERS, GUESSED) == pytest.approx(function(NUMBERS, GUESSED), rel=1e-5)


def test_the_partial_auc_is_an_area_and_not_standardized():
    truth, said = LABELS[:, :1], ODDS[:, :1].round(2)  # with ties
    for metric, high, (true, order) in (
        (partial_auc(max_fpr=0.3), 0.3, (truth, said)),
        (partial_auc(min_tpr=0.8), 0.2, (1 - truth, -said)),
    ):
        standardized = reference.roc_auc_score(true, order, max_fpr=high)
        area = high**2 / 2 + (2 * standardized - 1) * (high - high**2 / 2)  # McClish 1989, solved for the area
        assert metric.score(truth, said) == pytest.approx(area) and metric.high == pytest.approx(high)
    with pytest.raises(ValueError, match="either max_fpr below 1 or min_tpr above 0"):
        partial_auc()


def test_the_probabilistic_f1_of_two_classes_is_that_of_the_second():
    said = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    assert metrics.metric("pf1").score(np.array([0, 0, 1]), said) == pytest.approx(2 * 0.8 / (1 + 1.5))


def test_the_divergence_of_votes_is_scipys():
    votes, said = np.array([[0.5, 0.5, 0], [0.2, 0.2, 0.6]]), GRADED[:2]
    expected = [scipy.stats.entropy(true, guess) for true, guess in zip(votes, said, strict=True)]
    assert metrics.metric("kl_divergence").per_row(votes, said) == pytest.approx(expected)


def test_a_class_that_a_ranking_does_not_list_scores_nothing():
    assert metrics.metric("map@5").per_row(np.array([0, 1, 2]), np.array([[0, 1, 0.5, 0]] * 3)).tolist() == [0, 1, 0.5]


def test_columns_of_one_kind_are_left_out_of_the_mean_auc():
    truth = np.column_stack([LABELS[:, 0], np.zeros(len(LABELS), np.uint8)])
    expected = reference.roc_auc_score(truth[:, 0], ODDS[:, 0])
    assert metrics.metric("auc").score(truth, ODDS[:, :2]) == pytest.approx(expected)


def test_midranks_are_scipys():
    values = np.random.default_rng(0).integers(0, 9, 50)
    assert midranks(values).tolist() == scipy.stats.rankdata(values).tolist()


def test_what_is_right_scores_best(metric):
    rows = make(metric)
    best = rows.labels if rows.labels.ndim == 2 else np.eye(4)[rows.labels]
    end = metric.high if metric.greater_is_better else metric.low
    assert metric.score(rows.labels, best) == pytest.approx(end, abs=2e-6)
    assert metric.low <= metric.score(rows.labels, rows.ours) <= metric.high
