"""The ways to make one prediction of several, in one table, from the simplest to the most flexible; and the choice of one.

A method is `fit`, from out-of-fold probabilities to parameters that go into JSON, and `apply`. stack: float (R, N, C), the
probabilities of R runs on the same N rows. What chooses is always other rows than what judges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.ensemble import mixtures, pool, stacking
from kit.progress import bar

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
UNCHOSEN = "geometric mean"  # nothing is fitted


@dataclass(frozen=True)
class Chosen:
    """method and parameters: chosen and fitted on all rows. honest: float32 (N, C), each fold judged with a method that was
    chosen, and fitted, on the other folds. tried: method -> its cross-fitted probabilities. counts: how often each method
    was chosen among the folds. others: for each fold the probabilities, float32 (M, C), of the M rows of the other folds,
    by the method chosen for that fold, and fitted neither on it nor on the row's own.
    """

    method: str
    parameters: Parameters
    honest: np.ndarray
    tried: dict[str, np.ndarray]
    counts: dict[str, int]
    others: dict[int, np.ndarray]


def choose(competition: Competition, stack: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> Chosen:
    """Nested cross-validation over `folds` (N,): the inner folds choose the method, the outer fold judges the choice."""
    fitted = _fitted(competition, stack, labels, folds)
    every = np.unique(folds)
    others: dict[int, np.ndarray] = {}
    tried = {name: _crossed(METHODS[name], fitted[name], stack, folds, ()) for name in METHODS}
    honest, counts = np.empty(stack.shape[1:], np.float32), dict.fromkeys(METHODS, 0)
    choosing = len(every) > 2  # two folds leave none to choose on
    for outer in every:
        rest, judged = folds != outer, folds == outer
        inner = {n: _crossed(METHODS[n], fitted[n], stack, folds, (outer,))[rest] for n in METHODS} if choosing else {}
        name = best(competition, labels[rest], inner) if choosing else UNCHOSEN
        counts[name] += 1
        parameters = fitted[name][frozenset({outer})]
        honest[judged] = METHODS[name].apply(stack[:, judged], parameters)
        others[int(outer)] = inner[name] if choosing else METHODS[name].apply(stack[:, rest], parameters)
    final = best(competition, labels, tried) if choosing else UNCHOSEN
    used = {name: count for name, count in counts.items() if count}
    return Chosen(final, fitted[final][frozenset()], honest, tried, used, others)


def best(competition: Competition, labels: np.ndarray, tried: dict[str, np.ndarray]) -> str:
    """The method to believe in: of those whose score is not clearly behind the best (by more than twice the
    paired standard error), that of least log loss.

    A metric such as accuracy moves in steps of whole rows, and noise decides between methods that differ in a few of them;
    the log loss sees more of the same difference. Scores that are no probabilities (rank means) win by the metric alone.
    """
    value = better(competition, labels)
    leader = max(tried, key=lambda name: value(tried[name]))
    level = []
    for name, said in tried.items():
        behind, error = metrics.gain(competition, labels, tried[leader], said)
        if behind <= 2 * error:
            level.append(name)
    return min(level, key=lambda name: metrics.log_loss(labels, tried[name]))


def _fitted(
    competition: Competition, stack: np.ndarray, labels: np.ndarray, folds: np.ndarray
) -> dict[str, dict[frozenset[Any], Parameters]]:
    """method -> folds left out -> parameters: none left out, each, and each pair (fitted once for both orders)."""
    every = np.unique(folds).tolist()
    left_out = [frozenset(some) for count in (0, 1, 2) for some in combinations(every, count) if len(every) > count]
    result: dict[str, dict[frozenset[Any], Parameters]] = {name: {} for name in METHODS}
    for aside in bar(left_out, label="choose a method", unit="split"):
        rows = ~np.isin(folds, list(aside))
        judge = better(competition, labels[rows])
        for name, method in METHODS.items():
            result[name][aside] = method.fit(stack[:, rows], labels[rows], judge)
    return result


def better(competition: Competition, labels: np.ndarray) -> mixtures.Better:
    """A function of probabilities (N, C) for these labels: by the metric, then by log loss, the larger the better."""
    chosen = metrics.metric(competition.metric)
    sign = 1 if chosen.greater_is_better else -1

    def value(probabilities: np.ndarray) -> tuple[float, float]:
        said = metrics.submitted(competition, probabilities)
        return sign * chosen.score(labels, said), -metrics.log_loss(labels, probabilities)

    return value


def _crossed(
    method: Method,
    fitted: dict[frozenset[Any], Parameters],
    stack: np.ndarray,
    folds: np.ndarray,
    without: tuple[Any, ...],
) -> np.ndarray:
    """float32 (N, C): each fold by parameters fitted on the others, and never on those in `without`, which stay zero."""
    out = np.zeros(stack.shape[1:], np.float32)
    for fold in np.setdiff1d(np.unique(folds), without).tolist():
        rows = folds == fold
        out[rows] = method.apply(stack[:, rows], fitted[frozenset({fold, *without})])
    return out
