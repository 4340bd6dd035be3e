"""Logistic regression as a linear layer: what scikit-learn finds, and no chance for a class that was never seen."""

import numpy as np
import pytest

from kit import linear
from kit.targets.links import softmax


@pytest.mark.parametrize("classes", [2, 3])
def test_the_head_gives_the_solver_s_probabilities(classes):
    from sklearn.linear_model import LogisticRegression

    draw = np.random.default_rng(0)
    labels = draw.integers(0, classes, 200)
    x = draw.normal(size=(200, 5)) + np.eye(classes, 5)[labels]
    kernel, bias = linear.fit_classes(x, labels, classes, 1.0)
    expected = LogisticRegression(C=1.0, max_iter=2000).fit(x, labels).predict_proba(x)
    assert np.allclose(softmax(x @ kernel + bias), expected, atol=1e-6)


def test_a_class_that_was_never_seen_gets_no_chance():
    kernel, bias = linear.fit_classes(np.array([[0.0], [1.0], [2.0]]), np.array([0, 2, 2]), 3, 1.0)
    assert softmax(np.array([[1.0]]) @ kernel + bias)[0, 1] < 1e-9


def _solve(kind, inputs, labels, weights):
    how = {} if kind == "numbers" else {"rounds": 5000, "tolerance": 1e-8}
    solve = {"votes": linear.fit_votes, "labels": linear.fit_labels, "numbers": linear.fit_numbers}.get(kind)
    given = (inputs, labels, 0.5) if solve else (inputs, labels, 3, 0.5)
    return (solve or linear.fit_classes)(*given, weights=weights, **how)


@pytest.mark.parametrize("kind", ["classes", "votes", "labels", "numbers"])
def test_a_row_of_weight_three_is_one_that_comes_three_times(kind):
    draw = np.random.default_rng(0)
    inputs, weights = draw.normal(size=(60, 4)), np.array([1.0, 3.0, 0.0] * 20)
    labels = {
        "classes": draw.integers(0, 3, 60),
        "votes": draw.dirichlet(np.ones(3), 60),
        "labels": draw.integers(0, 2, (60, 2)),
        "numbers": draw.normal(size=(60, 2)),
    }[kind]
    kernel, bias = _solve(kind, inputs, labels, weights)
    often = np.repeat(np.arange(60), weights.astype(int))
    expected_kernel, expected_bias = _solve(kind, inputs[often], labels[often], None)
    assert np.allclose(kernel, expected_kernel, atol=1e-4) and np.allclose(bias, expected_bias, atol=1e-4)
    assert not np.allclose(kernel, _solve(kind, inputs, labels, None)[0], atol=1e-2)
