from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

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
    with pytest.raises(DataError, match="did you mean 'map@"):
        metrics.metric("map@0")


def test_map_at_any_k_is_known():
    labels, said = np.array([4, 0]), np.array([[0.3, 0.25, 0.2, 0.15, 0.1]] * 2)
    assert metrics.find(replace(load("dogs-vs-cats"), metric="map@7")).score(labels, said) == 0.6
    assert metrics.metric("map@4").score(labels, said) == 0.5


def test_a_metric_says_which_targets_and_forms_it_can_judge():
    for name, metric in metrics.METRICS.items():
        assert metric.targets and set(metric.targets) <= {"classes", "labels", "numbers", "grades", "votes"}, name
        assert metric.forms and set(metric.forms) <= {"label", "labels", "probability", "ranking", "value"}, name


def test_auc_without_one_of_the_classes_is_nan_and_ends_nothing():
    competition = replace(load("dogs-vs-cats-redux-kernels-edition"), metric="auc")
    judged = metrics.evaluate(competition, np.zeros(4, int), SAID)
    assert np.isnan(judged["score"]) and np.isnan(judged["error"]) and judged["rows"] == 4


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


def test_auc_is_judged_on_probabilities_as_they_are():
    competition = load("dogs-vs-cats-redux-kernels-edition")
    bare = replace(competition, metric="auc", submission=replace(competition.submission, clip=None))
    small = np.array([1e-9, 3e-8, 2e-8, 4e-7])  # a clip to 1e-6 would tie all of them
    assert metrics.evaluate(bare, np.array([0, 1, 0, 1]), np.column_stack([1 - small, small]))["score"] == 1.0
    assert metrics.find_clip(bare) == 0 and metrics.find_clip(replace(bare, metric="log_loss")) == 1e-6
    assert metrics.find_clip(competition) == 0.005


def test_the_docs_list_every_metric():
    page = (Path(__file__).parents[2] / "docs" / "competition.md").read_text()
    assert [name for name in metrics.METRICS if f"`{name}`" not in page] == []
