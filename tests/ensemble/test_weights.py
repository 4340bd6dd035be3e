import numpy as np
import pytest

from kit.ensemble import weights


def _predictions(seed: int, labels: np.ndarray, skill: float) -> np.ndarray:
    """(N, 3) probabilities that favour the truth the more the skill."""
    noise = np.random.default_rng(seed).normal(size=(len(labels), 3))
    values = np.exp(noise + skill * np.eye(3)[labels])
    return (values / values.sum(1, keepdims=True)).astype(np.float32)


@pytest.fixture
def labels():
    return np.random.default_rng(0).integers(0, 3, 600)


def _log_loss(probabilities, labels):
    return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


def test_the_weights_minimise_the_log_loss(labels):
    stack = np.stack([_predictions(1, labels, 1.0), _predictions(2, labels, 2.0), _predictions(3, labels, 0.0)])
    fitted = weights.fit(stack, labels)
    best = _log_loss(weights.blend(stack, fitted), labels)
    assert fitted[1] > fitted[0] > fitted[2] >= 0
    for other in np.random.default_rng(4).uniform(0, 2, (300, 3)):
        assert (
            best <= _log_loss(weights.blend(stack, other), labels) + 1e-3
        )  # the prior costs next to nothing on 600 rows


def test_a_blend_is_probabilities_and_of_one_run_with_weight_one_the_run_itself(labels):
    stack = np.stack([_predictions(1, labels, 1.0), _predictions(2, labels, 2.0)])
    blended = weights.blend(stack, np.array([0.3, 0.9]))
    assert blended.min() >= 0 and np.allclose(blended.sum(1), 1, atol=1e-6)
    assert np.allclose(weights.blend(stack, np.array([1.0, 0.0])), stack[0], atol=1e-6)


def test_members_that_are_too_unsure_are_sharpened(labels):
    sure = _predictions(1, labels, 3.0)
    unsure = np.sqrt(sure) / np.sqrt(sure).sum(1, keepdims=True)
    fitted = weights.fit(np.stack([unsure, unsure]), labels)
    assert fitted.sum() > 1.4 * weights.fit(np.stack([sure, sure]), labels).sum()  # 2 without the prior


def test_no_row_is_judged_by_weights_that_saw_it(labels):
    stack = np.stack([_predictions(1, labels, 1.0), _predictions(2, labels, 1.0)])
    folds = np.arange(len(labels)) % 3
    honest = weights.cross_fitted(stack, labels, folds)
    changed = labels.copy()
    changed[folds == 1] = (changed[folds == 1] + 1) % 3  # other labels in fold 1 must not move fold 1's own blend
    again = weights.cross_fitted(stack, changed, folds)
    assert np.array_equal(honest[folds == 1], again[folds == 1])
    assert not np.array_equal(honest[folds == 0], again[folds == 0])


def test_fitting_on_noise_looks_better_than_it_is():
    labels = np.random.default_rng(5).integers(0, 3, 60)
    stack = np.stack([_predictions(seed, labels, 0.3) for seed in range(12)])
    optimistic = _log_loss(weights.blend(stack, weights.fit(stack, labels)), labels)
    honest = _log_loss(weights.cross_fitted(stack, labels, np.arange(60) % 5), labels)
    assert optimistic < honest
