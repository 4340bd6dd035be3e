import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from kit import discriminant
from kit.targets.links import softmax


@pytest.fixture
def rows():
    """(inputs float32 (300, 6), labels) of five classes, whose inputs vary together."""
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 5, 300)
    inputs = draw.normal(size=(5, 6))[labels] + draw.normal(size=(300, 6)) @ draw.normal(size=(6, 6))
    return inputs.astype(np.float32), labels


def test_without_regularization_it_is_scikit_learn_s(rows):
    inputs, labels = rows
    moments = discriminant.measure([(inputs[:100], labels[:100], None), (inputs[100:], labels[100:], None)], 5, 6)
    kernel, bias = discriminant.solve(moments, 1e9)
    expected = LinearDiscriminantAnalysis(solver="lsqr").fit(inputs, labels).predict_proba(inputs)
    assert softmax(inputs @ kernel + bias) == pytest.approx(expected, abs=1e-3)


def test_moments_of_two_halves_add_up(rows):
    inputs, labels = rows
    halves = [discriminant.measure([(inputs[half], labels[half], None)], 5, 6) for half in (slice(90), slice(90, None))]
    added, whole = discriminant.add(*halves), discriminant.measure([(*rows, None)], 5, 6)
    for name in ("counts", "sums", "products"):
        assert getattr(added, name) == pytest.approx(getattr(whole, name), rel=1e-4, abs=1e-2)


def test_a_row_of_weight_two_counts_as_two_rows(rows):
    inputs, labels = rows
    weights = np.where(np.arange(300) < 90, 2, 1).astype(np.float32)
    twice = np.concatenate([np.arange(300), np.arange(90)])
    weighted = discriminant.solve(discriminant.measure([(inputs, labels, weights)], 5, 6), 10.0)
    repeated = discriminant.solve(discriminant.measure([(inputs[twice], labels[twice], None)], 5, 6), 10.0)
    for one, other in zip(weighted, repeated, strict=True):
        assert one == pytest.approx(other, rel=1e-3, abs=1e-3)


def test_a_class_without_a_row_is_never_predicted(rows):
    inputs, _ = rows
    kernel, bias = discriminant.solve(discriminant.measure([(*rows, None)], 7, 6), 1.0)
    assert softmax(0.01 * (inputs @ kernel + bias))[:, 5:].max() == 0
    strength, _ = discriminant.choose(discriminant.measure([(*rows, None)], 7, 6), (inputs[:9], np.full(9, 6)))
    assert strength == discriminant.STRENGTHS[0]


def test_noise_is_made_less_sure_than_what_tells(rows):
    inputs, labels = rows
    learn, judge = (inputs[:200], labels[:200]), (inputs[200:], labels[200:])
    _, of_rows = discriminant.choose(discriminant.measure([(*learn, None)], 5, 6), judge)
    shuffled = (inputs[:200], np.random.default_rng(1).permutation(labels[:200]))
    _, of_noise = discriminant.choose(discriminant.measure([(*shuffled, None)], 5, 6), judge)
    assert of_noise < of_rows
