"""Made-up predictions of a chosen skill."""

import numpy as np
import pytest


def predictions(seed: int, labels: np.ndarray, skill: float) -> np.ndarray:
    """(N, 3) probabilities that favour the truth the more the skill."""
    noise = np.random.default_rng(seed).normal(size=(len(labels), 3))
    values = np.exp(noise + skill * np.eye(3)[labels])
    return (values / values.sum(1, keepdims=True)).astype(np.float32)


@pytest.fixture
def labels():
    return np.random.default_rng(0).integers(0, 3, 600)
