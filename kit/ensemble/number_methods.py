"""Ways to join predicted numbers, under the names of what they are for classes; errors are squared."""

from typing import Any

import numpy as np
from scipy.optimize import nnls

from kit import linear
from kit.ensemble import mixtures
from kit.ensemble.method import Method, Parameters, fit_equal, fit_single, rank, record_weights
from kit.ensemble.mixtures import Better

STRENGTH = 0.01  # inverse regularisation: members say much the same
SUM_TO_ONE = 1e3  # how much more than the largest error it costs weights of a mean not to sum to 1


def _mean(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return np.tensordot(np.array(parameters["weights"]), stack.astype(np.float64), axes=1).astype(np.float32)


def _geometric(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Where all are above 0; else there is none, and the mean stands for it."""
    if (stack <= 0).any():
        return _mean(stack, parameters)
    return np.exp(np.tensordot(np.array(parameters["weights"]), np.log(stack.astype(np.float64)), axes=1)).astype(
        np.float32
    )


def _ranks(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """The mean places among the rows, as the numbers that stand there in the mean of the members."""
    weights = np.array(parameters["weights"])
    places = np.tensordot(weights, rank(stack), axes=1)
    ordered = np.sort(np.tensordot(weights, stack.astype(np.float64), axes=1), axis=0)
    grid = np.linspace(0, 1, len(ordered))
    joined = [np.interp(places[:, column], grid, ordered[:, column]) for column in range(stack.shape[2])]
    return np.stack(joined, axis=1).astype(np.float32)


def _standardize(stack: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """((N * K, R) of the members, (N * K,) of the labels) in units of each number's deviation from its mean."""
    mean, scale = labels.mean(0, dtype=np.float64), np.maximum(labels.std(0, dtype=np.float64), 1e-12)
    return ((stack - mean) / scale).reshape(len(stack), -1).T, ((labels - mean) / scale).ravel()


def _pool(stack: np.ndarray, labels: np.ndarray, better: Better) -> Parameters:
    """Weights of least squares, not negative, that need not sum to 1: what is missing is the mean of the labels."""
    weights, _ = nnls(*_standardize(stack, labels))
    rest = (1 - weights.sum()) * labels.mean(0, dtype=np.float64)
    return record_weights(weights) | {"offset": rest.tolist()}


def _apply_pool(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return np.asarray(_mean(stack, parameters) + np.array(parameters["offset"]), np.float32)


def _mixture(stack: np.ndarray, labels: np.ndarray, better: Better) -> Parameters:
    """Weights of least squares, not negative, that sum to 1."""
    inputs, outputs = _standardize(stack, labels)
    heavy = SUM_TO_ONE * np.sqrt(len(outputs))
    weights, _ = nnls(np.vstack([inputs, np.full(len(stack), heavy)]), np.append(outputs, heavy))
    return record_weights(weights / weights.sum())


def _stacking(stack: np.ndarray, labels: np.ndarray, better: Better) -> dict[str, Any]:
    kernel, bias = linear.fit_numbers(_inputs(stack), labels, STRENGTH)
    return {"kernel": kernel.tolist(), "bias": bias.tolist()}


def _apply_stacking(stack: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    return np.asarray(_inputs(stack) @ np.array(layer["kernel"]) + np.array(layer["bias"]), np.float32)


def _inputs(stack: np.ndarray) -> np.ndarray:
    """(N, R * K)"""
    return np.concatenate(list(stack.astype(np.float64)), axis=1)


METHODS = {
    "single": Method(fit_single, _mean),
    "mean": Method(fit_equal, _mean),
    "geometric mean": Method(fit_equal, _geometric),
    "rank mean": Method(fit_equal, _ranks),
    "pool": Method(_pool, _apply_pool),
    "mixture": Method(_mixture, _mean),
    "greedy": Method(lambda stack, labels, better: record_weights(mixtures.select_greedily(stack, better)), _mean),
    "stacking": Method(_stacking, _apply_stacking),
}
