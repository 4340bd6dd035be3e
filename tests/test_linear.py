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
