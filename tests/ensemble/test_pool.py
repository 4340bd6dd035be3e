import numpy as np

from kit.ensemble import pool
from tests.ensemble.conftest import predictions


def log_loss(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


def test_the_weights_minimise_thelog_loss(labels):
    stack = np.stack([predictions(1, labels, 1.0), predictions(2, labels, 2.0), predictions(3, labels, 0.0)])
    fitted = pool.fit(stack, labels)
    best = log_loss(pool.blend(stack, fitted), labels)
    assert fitted[1] > fitted[0] > fitted[2] >= 0
    for other in np.random.default_rng(4).uniform(0, 2, (300, 3)):
        assert best <= log_loss(pool.blend(stack, other), labels) + 1e-3  # the prior costs next to nothing on 600 rows


def test_a_blend_is_probabilities_and_of_one_run_with_weight_one_the_run_itself(labels):
    stack = np.stack([predictions(1, labels, 1.0), predictions(2, labels, 2.0)])
    blended = pool.blend(stack, np.array([0.3, 0.9]))
    assert blended.min() >= 0 and np.allclose(blended.sum(1), 1, atol=1e-6)
    assert np.allclose(pool.blend(stack, np.array([1.0, 0.0])), stack[0], atol=1e-6)


def test_members_that_are_too_unsure_are_sharpened(labels):
    sure = predictions(1, labels, 3.0)
    unsure = np.sqrt(sure) / np.sqrt(sure).sum(1, keepdims=True)
    fitted = pool.fit(np.stack([unsure, unsure]), labels)
    assert fitted.sum() > 1.4 * pool.fit(np.stack([sure, sure]), labels).sum()  # 2 without the prior
