"""What confidence in the wrong costs, row by row, in nats: losses of targets and, as their means, metrics."""

import numpy as np

LEAST = 1e-6  # probabilities count as at least that and at most 1 - LEAST


def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """float64 (N,): -log of the true class's probability; of soft labels (N, C), their cross-entropy."""
    if labels.ndim == 2:
        return np.asarray(-(labels * np.log(_keep(probabilities))).sum(1))
    return np.asarray(-np.log(_keep(probabilities[np.arange(len(labels)), labels])))


def divergence(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """float64 (N,): Kullback and Leibler 1951, from the labels' shares (N, C), or labels (N,), to the probabilities (N, C)."""
    shares = labels if labels.ndim == 2 else np.eye(probabilities.shape[1])[labels]
    own = (shares * np.log(np.where(shares > 0, shares, 1))).sum(1)
    return np.asarray(own + cross_entropy(labels, probabilities))


def binary_cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """float64 (N,): the mean over columns. labels: 0 to 1 (N, L)."""
    kept, truth = _keep(probabilities), labels.astype(np.float64)
    return np.asarray(-(truth * np.log(kept) + (1 - truth) * np.log(1 - kept)).mean(1))


def _keep(probabilities: np.ndarray) -> np.ndarray:
    return np.clip(probabilities.astype(np.float64), LEAST, 1 - LEAST)
