"""What a way to make one prediction of several is. stack: float (R, N, K), the values by R runs of the same N rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit.ensemble.mixtures import Better

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """fit(stack, labels, better) -> parameters that go into JSON; better(values): by metric, then by loss, the larger the
    better. apply(stack, parameters) -> float32 (N, K).
    """

    fit: Callable[[np.ndarray, np.ndarray, Better], Parameters]
    apply: Callable[[np.ndarray, Parameters], np.ndarray]


def record_weights(weights: np.ndarray) -> Parameters:
    return {"weights": [float(weight) for weight in weights]}


def best_member(stack: np.ndarray, better: Better) -> int:
    return max(range(len(stack)), key=lambda member: better(stack[member]))


def fit_single(stack: np.ndarray, labels: np.ndarray, better: Better) -> Parameters:
    return record_weights(np.arange(len(stack)) == best_member(stack, better))


def fit_equal(stack: np.ndarray, labels: np.ndarray, better: Better) -> Parameters:
    return record_weights(np.full(len(stack), 1 / len(stack)))


def rank(stack: np.ndarray) -> np.ndarray:
    """float64 (R, N, K): the place of each value among the rows, from 0 to 1."""
    return stack.argsort(1, kind="stable").argsort(1, kind="stable") / max(1, stack.shape[1] - 1)
