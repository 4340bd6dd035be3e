"""Ways to join probabilities of classes that exclude each other, from the simplest to the most flexible."""

import numpy as np

from kit import top_k
from kit.ensemble import mixtures, pool, stacking
from kit.ensemble.method import Method, Parameters, fit_equal, fit_single, rank, record_weights


def _mean(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return mixtures.mean(stack, np.array(parameters["weights"]))


def _pool(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return pool.blend(stack, np.array(parameters["weights"]))


def _ranks(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Each class's places among the rows, averaged: members need only agree on the order."""
    return mixtures.mean(rank(stack) + 1e-6, np.array(parameters["weights"]))


def _top_k_mean(stack: np.ndarray, parameters: Parameters) -> np.ndarray:
    return top_k.mean(stack, np.array(parameters["weights"]))


METHODS = {
    "single": Method(fit_single, _mean),  # the best run alone
    "mean": Method(fit_equal, _mean),
    "geometric mean": Method(fit_equal, _pool),
    "rank mean": Method(fit_equal, _ranks),
    "pool": Method(lambda stack, labels, better: record_weights(pool.fit(stack, labels)), _pool),
    "mixture": Method(lambda stack, labels, better: record_weights(mixtures.fit_mixture(stack, labels)), _mean),
    "greedy": Method(lambda stack, labels, better: record_weights(mixtures.select_greedily(stack, better)), _mean),
    "stacking": Method(lambda stack, labels, better: stacking.fit(stack, labels), stacking.apply),
}
# Of shares of classes: what asks for the one class of each row has no meaning.
VOTES_METHODS = {name: METHODS[name] for name in ("single", "mean", "geometric mean", "rank mean", "greedy")}
# Of the top k of many classes (kit.top_k): the others need all probabilities of a row.
TOP_K_METHODS = {"single": Method(fit_single, _top_k_mean), "mean": Method(fit_equal, _top_k_mean)}
