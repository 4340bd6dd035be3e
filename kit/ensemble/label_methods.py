"""Ways to join probabilities of several labels: those of classes, since N rows of L labels are N * L rows of yes or no."""

import numpy as np

from kit.ensemble import class_methods
from kit.ensemble.method import Method, Parameters, fit_equal, rank
from kit.ensemble.mixtures import Better


def unfold(stack: np.ndarray) -> np.ndarray:
    """(..., N, L), probabilities of labels -> (..., N * L, 2), of no and yes."""
    flat = stack.reshape(*stack.shape[:-2], -1)
    return np.stack([1 - flat, flat], axis=-1)


def fold(pairs: np.ndarray, labels: int) -> np.ndarray:
    """float32 (N, L), of what `unfold` made."""
    return np.asarray(pairs[:, 1].reshape(-1, labels), np.float32)


def _by_pairs(method: Method) -> Method:
    def fit(stack: np.ndarray, labels: np.ndarray, better: Better) -> Parameters:
        count = stack.shape[2]
        return method.fit(unfold(stack), labels.ravel().astype(np.int64), lambda pairs: better(fold(pairs, count)))

    def apply(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
        return fold(method.apply(unfold(stack), parameters), stack.shape[2])

    return Method(fit, apply)


def _ranks(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Each label's places among the rows, averaged."""
    return np.tensordot(np.array(parameters["weights"]), rank(stack), axes=1).astype(np.float32)


METHODS = {name: _by_pairs(method) for name, method in class_methods.METHODS.items()} | {
    "rank mean": Method(fit_equal, _ranks)
}
