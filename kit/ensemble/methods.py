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


def _record_weights(weights: np.ndarray) -> Parameters:
    return {"weights": [float(weight) for weight in weights]}


def _single(stack: np.ndarray, labels: np.ndarray, better: mixtures.Better) -> Parameters:
    return _record_weights(np.arange(len(stack)) == best_member(stack, better))


def best_member(stack: np.ndarray, better: mixtures.Better) -> int:
    return max(range(len(stack)), key=lambda member: better(stack[member]))


def _equal(stack: np.ndarray, labels: np.ndarray, better: mixtures.Better) -> Parameters:
    return _record_weights(np.full(len(stack), 1 / len(stack)))


def _mean(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return mixtures.mean(stack, np.array(parameters["weights"]))


def _pool(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return pool.blend(stack, np.array(parameters["weights"]))


def _ranks(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Each class's places among the rows, from 0 to 1, averaged: members need only agree on the order."""
    ranks = stack.argsort(1, kind="stable").argsort(1, kind="stable") / max(1, stack.shape[1] - 1)
    return mixtures.mean(ranks + 1e-6, np.array(parameters["weights"]))


METHODS = {
    "single": Method(_single, _mean),  # the best run alone
    "mean": Method(_equal, _mean),
    "geometric mean": Method(_equal, _pool),
    "rank mean": Method(_equal, _ranks),
    "pool": Method(lambda stack, labels, better: _record_weights(pool.fit(stack, labels)), _pool),
    "mixture": Method(lambda stack, labels, better: _record_weights(mixtures.fit_mixture(stack, labels)), _mean),
    "greedy": Method(lambda stack, labels, better: _record_weights(mixtures.select_greedily(stack, better)), _mean),
    "stacking": Method(lambda stack, labels, better: stacking.fit(stack, labels), stacking.apply),
}


def better(competition: Competition, labels: np.ndarray) -> mixtures.Better:
    """A function of probabilities (N, C) for these labels: by the metric, then by log loss, the larger the better."""
    chosen = metrics.find(competition)
    sign = chosen.sign

    def value(probabilities: np.ndarray) -> tuple[float, float]:
        submitted = metrics.prepare_for_scoring(competition, probabilities)
        return sign * chosen.score(labels, submitted), -metrics.log_loss(labels, probabilities)

    return value
