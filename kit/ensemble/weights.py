"""Blending weights learned on out-of-fold predictions, and an estimate of the blend that those weights did not see."""

import numpy as np


def convex(stack: np.ndarray, labels: np.ndarray, rounds: int = 2000, tolerance: float = 1e-9) -> np.ndarray:
    """Weights (R,), not negative, summing to 1, that minimise the log loss of the weighted mean of probabilities.

    stack: float (R, N, C), the predictions of R runs on the same rows. labels: int (N,).
    The log likelihood of a mixture is concave in its weights, and expectation-maximisation climbs it without a step size
    (Dempster, Laird, Rubin 1977): each round gives a run the share of the likelihood that it explains.
    """
    likelihood = np.clip(stack[:, np.arange(len(labels)), labels].astype(np.float64), 1e-12, None)
    weights = np.full(len(stack), 1 / len(stack))
    for _ in range(rounds):
        explained = weights[:, None] * likelihood
        updated = (explained / explained.sum(0)).mean(1)
        if np.abs(updated - weights).max() < tolerance:
            break
        weights = updated
    return weights / weights.sum()


def blend(stack: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float32 (N, C): the weighted mean over runs of stack (R, N, C)."""
    return np.tensordot(weights, stack, axes=1).astype(np.float32)


def cross_fitted(stack: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """float32 (N, C): each fold blended with weights fitted on the other folds, so that no row judges weights it taught."""
    out = np.empty(stack.shape[1:], dtype=np.float32)
    for fold in np.unique(folds):
        judged = folds == fold
        out[judged] = blend(stack[:, judged], convex(stack[:, ~judged], labels[~judged]))
    return out
