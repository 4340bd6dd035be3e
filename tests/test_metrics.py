from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics

from kit import metrics
from kit.errors import DataError
from kit.plugins import load

LABELS = np.array([0, 1, 1, 0])
SAID = np.array([[0.9, 0.1], [0.4, 0.6], [1.0, 0.0], [0.8, 0.2]])


def test_accuracy_and_its_standard_error(plugins):
    judged = metrics.evaluate(load("dogs-vs-cats"), LABELS, SAID)
    assert judged["score"] == 0.75 and judged["rows"] == 4
    assert judged["error"] == pytest.approx(np.sqrt(0.75 * 0.25 / 4))


def test_log_loss_is_clipped_as_the_submission_is():
    redux = load("dogs-vs-cats-redux-kernels-edition")
    clip = redux.submission.clip
    expected = -np.log([0.9, 0.6, clip, 0.8]).mean()
    assert metrics.evaluate(redux, LABELS, SAID)["score"] == pytest.approx(expected)


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(DataError, match="did you mean 'log_loss'"):
        metrics.metric("logloss")


GRADES = np.array([0, 1, 2, 2, 1, 0, 2, 1])
GRADED = np.random.default_rng(0).dirichlet(np.ones(3), 8)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("auc", lambda: sklearn.metrics.roc_auc_score(GRADES, GRADED, multi_class="ovr")),
        ("macro_f1", lambda: sklearn.metrics.f1_score(GRADES, GRADED.argmax(1), average="macro")),
        ("quadratic_kappa", lambda: sklearn.metrics.cohen_kappa_score(GRADES, GRADED.argmax(1), weights="quadratic")),
        ("rmse", lambda: sklearn.metrics.mean_squared_error(GRADES, GRADED @ np.arange(3)) ** 0.5),
        ("map@3", lambda: sklearn.metrics.label_ranking_average_precision_score(np.eye(3)[GRADES], GRADED)),
    ],
)
def test_a_metric_is_what_scikit_learn_says(name, reference):
    metric = metrics.metric(name)
    assert (
        metric.score(GRADES, GRADED) == pytest.approx(reference())
        and metric.low <= metric.score(GRADES, GRADED) <= metric.high
    )
    perfect, worst = np.eye(3)[GRADES], np.eye(3)[(GRADES + 1) % 3]
    sign = 1 if metric.greater_is_better else -1
    assert sign * metric.score(GRADES, perfect) > sign * metric.score(GRADES, worst)


def test_the_bootstrap_error_agrees_with_the_exact_one_for_a_mean_over_rows(plugins):
    competition = load("dogs-vs-cats")
    labels = np.random.default_rng(1).integers(0, 2, 500)
    said = np.random.default_rng(2).dirichlet(np.ones(2), 500)
    drawn = replace(metrics.METRICS["accuracy"], per_row=None)
    exact = metrics.evaluate(competition, labels, said)["error"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(metrics.METRICS, "accuracy", drawn)
        assert metrics.evaluate(competition, labels, said)["error"] == pytest.approx(exact, rel=0.2)


def test_a_gain_is_paired_and_positive_for_better_in_either_direction(plugins):
    redux = load("dogs-vs-cats-redux-kernels-edition")
    labels = np.random.default_rng(1).integers(0, 2, 400)
    theirs = np.clip(np.random.default_rng(2).dirichlet(np.ones(2), 400), 0.05, 0.95)
    ours = 0.98 * theirs + 0.02 * np.eye(2)[labels]
    gain, error = metrics.gain(redux, labels, ours, theirs)
    assert gain > 5 * error > 0  # though each score alone is uncertain by far more
    assert metrics.evaluate(redux, labels, ours)["error"] > 3 * error
    assert metrics.gain(redux, labels, theirs, ours)[0] == pytest.approx(-gain)


def test_auc_of_many_classes_stands_clipping_and_a_class_that_does_not_occur(plugins):
    labels = np.random.default_rng(1).integers(0, 11, 300)  # of 12 classes
    said = np.random.default_rng(2).dirichlet(np.ones(12) / 4, 300)
    competition = replace(load("dogs-vs-cats-redux-kernels-edition"), metric="auc")
    assert 0.3 < metrics.evaluate(competition, labels, said)["score"] < 0.7


def test_auc_without_one_of_the_classes_says_so():
    with pytest.raises(DataError, match="auc wants rows of two classes or more; received rows of 1"):
        metrics.metric("auc").score(np.zeros(3, int), GRADED[:3, :2])
