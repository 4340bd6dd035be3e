"""Weighted means of probabilities: one set of weights by likelihood, one by hill climbing on the competition's metric."""

from collections.abc import Callable

import numpy as np

BAGS, SHARE, STEPS, SEED = 10, 0.5, 30, 0  # of the greedy selection
Better = Callable[[np.ndarray], tuple[float, float]]  # probabilities (N, C) -> the larger, the better


def fit_mixture(stack: np.ndarray, labels: np.ndarray, *, rounds: int = 300) -> np.ndarray:
    """Convex weights (R,) of least log loss, by expectation and maximisation for mixtures of known parts (Dempster et al.
    1977). stack: float (R, N, C), the probabilities of R runs on the same rows. labels: int (N,).
    """
    chosen = np.maximum(stack[:, np.arange(len(labels)), labels].astype(np.float64), 1e-12)
    weights = np.full(len(stack), 1 / len(stack))
    for _ in range(rounds):
        share = weights[:, None] * chosen
        weights = (share / share.sum(0)).mean(1)
    return weights


def select_greedily(stack: np.ndarray, better: Better) -> np.ndarray:
    """Convex weights (R,): how often each member was chosen by forward selection with replacement, over bags of members.

    R. Caruana et al., "Ensemble Selection from Libraries of Models" (ICML 2004): a bag holds a random half of the members,
    so that one which merely fits the rows by chance is often out of reach.
    """
    draw = np.random.default_rng(SEED)
    counts = np.zeros(len(stack))
    for _ in range(BAGS if len(stack) > 2 else 1):
        size = max(2, round(SHARE * len(stack)))
        bag = np.sort(draw.permutation(len(stack))[: size if len(stack) > 2 else len(stack)])
        counts += _hill_climb(stack, bag, better)
    return counts / counts.sum()


def _hill_climb(stack: np.ndarray, bag: np.ndarray, better: Better) -> np.ndarray:
    """How often each member is in the best sum on the way."""
    counts, total = np.zeros(len(stack)), np.zeros(stack.shape[1:])
    best, best_counts = (-np.inf, -np.inf), counts
    for step in range(1, STEPS + 1):
        values = [better((total + stack[member]) / step) for member in bag]
        chosen = max(range(len(bag)), key=values.__getitem__)
        total += stack[bag[chosen]]
        counts[bag[chosen]] += 1
        if values[chosen] > best:
            best, best_counts = values[chosen], counts.copy()
        elif step > 2 * best_counts.sum() + 2:  # it has not become better for a long while
            break
    return best_counts


def mean(stack: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float32 (N, C), rows summing to 1."""
    mixed = np.tensordot(weights, stack.astype(np.float64), axes=1)
    return np.asarray(mixed / mixed.sum(1, keepdims=True), dtype=np.float32)
