"""The ways to make one prediction of several, in one table, from the simplest to the most flexible.

A method is `fit`, from out-of-fold probabilities to parameters that go into JSON, and `apply`. stack: float (R, N, C), the
probabilities of R runs on the same N rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.ensemble import mixtures, pool, stacking

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """fit(stack, labels, better) -> parameters; better(probabilities): by metric, then by log loss, the larger the better."""

    fit: Callable[[np.ndarray, np.ndarray, mixtures.Better], Parameters]
    apply: Callable[[np.ndarray, Parameters], np.ndarray]


def _weighted(weights: np.ndarray) -> Parameters:
    return {"weights": [float(weight) for weight in weights]}


def _single(stack: np.ndarray, labels: np.ndarray, better: mixtures.Better) -> Parameters:
    return _weighted(np.arange(len(stack)) == best_member(stack, better))


def best_member(stack: np.ndarray, better: mixtures.Better) -> int:
    return max(range(len(stack)), key=lambda member: better(stack[member]))


def _equal(stack: np.ndarray, labels: np.ndarray, better: mixtures.Better) -> Parameters:
    return _weighted(np.full(len(stack), 1 / len(stack)))


def _mean(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return mixtures.mean(stack, np.array(parameters["weights"]))


def _pool(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return pool.blend(stack, np.array(parameters["weights"]))


def _ranks(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Each class's places among the rows, from 0 to 1, averaged: members need only agree on the order."""
    places = stack.argsort(1, kind="stable").argsort(1, kind="stable") / max(1, stack.shape[1] - 1)
    return mixtures.mean(places + 1e-6, np.array(parameters["weights"]))


METHODS = {
    "single": Method(_single, _mean),  # the best run alone
    "mean": Method(_equal, _mean),
    "geometric mean": Method(_equal, _pool),
    "rank mean": Method(_equal, _ranks),
    "pool": Method(lambda stack, labels, better: _weighted(pool.fit(stack, labels)), _pool),
    "mixture": Method(lambda stack, labels, better: _weighted(mixtures.likely(stack, labels)), _mean),
    "greedy": Method(lambda stack, labels, better: _weighted(mixtures.greedy(stack, better)), _mean),
    "stacking": Method(lambda stack, labels, better: stacking.fit(stack, labels), stacking.apply),
}


def better(competition: Competition, labels: np.ndarray) -> mixtures.Better:
    """A function of probabilities (N, C) for these labels: by the metric, then by log loss, the larger the better."""
    chosen = metrics.of(competition)
    sign = 1 if chosen.greater_is_better else -1

    def value(probabilities: np.ndarray) -> tuple[float, float]:
        said = metrics.submitted(competition, probabilities)
        return sign * chosen.score(labels, said), -metrics.log_loss(labels, probabilities)

    return value
