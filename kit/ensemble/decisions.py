"""The finish for metrics of decisions: probabilities are changed so that their largest is the class to submit, or those above
0.5 the labels.

Whatever follows decides so anyway (the submission file, the kernel, the metric), so it needs to know nothing of it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.ensemble.pool import MIN_PROBABILITY
from kit.targets import Target

COMMON = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)  # thresholds that all labels are tried with first
ROUNDS = 10  # over all coordinates at one step length, at most


def fit_factors(competition: Competition, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """{"factors": (C,)}, one per class, that make the largest probability score best. probabilities: float (N, C)."""
    value = _score(competition, labels)
    log_factors = _search_coordinates(
        np.zeros(probabilities.shape[1]),
        (1.0, 0.5, 0.2, 0.1),
        lambda logarithms: value(apply_factors(competition.target, probabilities, {"factors": np.exp(logarithms)})),
    )
    return {"factors": np.exp(log_factors).tolist()}


def apply_factors(target: Target, probabilities: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
    """float32 (N, C), rows summing to 1."""
    scaled = probabilities * np.asarray(parameters["factors"])
    return np.asarray(scaled / scaled.sum(1, keepdims=True), dtype=np.float32)


def fit_cuts(competition: Competition, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """{"cuts": (C - 1,)} on the expected grade, rising, that score best. Classes are grades 0, 1, 2, ... in their order."""
    value = _score(competition, labels)
    cuts_fitted = _search_coordinates(
        np.arange(probabilities.shape[1] - 1) + 0.5,
        (0.3, 0.1, 0.03),
        lambda cuts: value(apply_cuts(competition.target, probabilities, {"cuts": cuts})),
    )
    return {"cuts": np.sort(cuts_fitted).tolist()}


def apply_cuts(target: Target, probabilities: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
    """float32 (N, C): in each row the largest probability changes places with that of the grade decided by the cuts."""
    rows = np.arange(len(probabilities))
    expected = probabilities @ np.arange(probabilities.shape[1])
    decided, largest = np.searchsorted(np.sort(parameters["cuts"]), expected), probabilities.argmax(1)
    out = np.array(probabilities, dtype=np.float32)
    out[rows, decided], out[rows, largest] = probabilities[rows, largest], probabilities[rows, decided]
    return out


def fit_thresholds(competition: Competition, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """{"thresholds": (L,)}, one per label, above which it is said. probabilities: float (N, L)."""
    target = competition.target
    logits, tried = (target.link(values, MIN_PROBABILITY) for values in (probabilities, np.array(COMMON)))
    score = _score(competition, labels)

    def value(at: np.ndarray) -> float:
        return score((logits > at).astype(np.float64))

    common = max(tried, key=value)
    fitted = _search_coordinates(np.full(probabilities.shape[1], common), (1.0, 0.5, 0.2), value)
    return {"thresholds": target.activate(fitted).tolist()}


def apply_thresholds(target: Target, probabilities: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
    """float32 (N, L): probabilities whose logits are moved so that each threshold comes to lie at 0.5."""
    moved = target.link(probabilities, MIN_PROBABILITY) - target.link(
        np.asarray(parameters["thresholds"]), MIN_PROBABILITY
    )
    return target.activate(moved)


def _score(competition: Competition, labels: np.ndarray) -> Callable[[np.ndarray], float]:
    """Of values (N, K) for these labels, the larger the better."""
    chosen = metrics.find(competition)
    return lambda values: chosen.sign * chosen.score(labels, metrics.prepare_for_scoring(competition, values))


def _search_coordinates(
    start: np.ndarray, steps: tuple[float, ...], value: Callable[[np.ndarray], float]
) -> np.ndarray:
    """Coordinate search: each coordinate up and down by ever shorter steps, as long as the value rises."""
    best, reached = start, value(start)
    for step in steps:
        for _ in range(ROUNDS):
            before = reached
            for move in step * np.concatenate([np.eye(len(start)), -np.eye(len(start))]):
                if (reached_there := value(best + move)) > reached:
                    best, reached = best + move, reached_there
            if reached == before:
                break
    return best
