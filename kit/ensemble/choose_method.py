"""The choice of a method, by nested cross-validation: what chooses is always other rows than what judges the choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from kit import metrics, top_k
from kit.competition import Competition
from kit.ensemble.method import Method, Parameters, best_member
from kit.ensemble.methods import available, better
from kit.ensemble.stacking import MAX_PRODUCTS
from kit.progress import bar, say
from kit.targets import Target

ROUNDING = 1e-9  # of a score
UNFITTED = ("single", "geometric mean")  # the best run is found, but no weight is fitted


@dataclass(frozen=True)
class Chosen:
    """method and parameters: chosen and fitted on all rows. honest: float32 (N, C), each fold judged with a method that was
    chosen, and fitted, on the other folds. tried: method -> its cross-fitted probabilities. counts: how often each method
    was chosen among the folds. others: for each fold the probabilities, float32 (M, C), of the M rows of the other folds,
    by the method chosen for that fold, and fitted neither on it nor, if there are three folds or more, on the row's own.
    given_up: the method of least log loss, if it scored below the best run alone.
    """

    method: str
    parameters: Parameters
    honest: np.ndarray
    tried: dict[str, np.ndarray]
    counts: dict[str, int]
    others: dict[int, np.ndarray]
    given_up: str | None = None


def choose(
    competition: Competition,
    stack: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    groups: np.ndarray | None = None,
) -> Chosen:
    """Nested cross-validation over `folds` (N,): the inner folds choose the method, the outer fold judges the choice. Two
    folds leave none to fit on: there only means that need no fit stand beside the best run. groups: as for
    kit.metrics.evaluate.
    """
    fits = _fit(competition, stack, labels, folds)
    every = np.unique(folds).tolist()
    able = [name for name in fits.methods if len(every) > 2 or name in UNFITTED or top_k.is_top_k(stack)]
    tried = {name: fits.cross_fit(name) for name in fits.methods}
    names = {}
    for outer in every:
        rest = folds != outer
        inner = {name: fits.predict_others(name, outer) for name in able}
        own = None if groups is None else groups[rest]
        names[outer], _ = best(competition, stack[:, rest], labels[rest], inner, own)
    final, given_up = best(competition, stack, labels, {name: tried[name] for name in able}, groups)
    honest = top_k.empty_like(stack, stack.shape[1:])
    for outer, name in names.items():
        honest[folds == outer] = tried[name][folds == outer]
    others = {outer: fits.predict_others(name, outer) for outer, name in names.items()}
    counts = {name: list(names.values()).count(name) for name in fits.methods if name in names.values()}
    return Chosen(final, fits.parameters[final][frozenset()], honest, tried, counts, others, given_up)


def best(
    competition: Competition,
    stack: np.ndarray,
    labels: np.ndarray,
    tried: dict[str, np.ndarray],
    groups: np.ndarray | None = None,
) -> tuple[str, str | None]:
    """(the selected method, the rejected one: worse than the best single run).

    Of those whose score is not clearly behind the best (by
    more than twice the paired standard error) it is that of least log loss; if it scores below the best run of the stack,
    the next one that does not, and that run alone if none is left.

    A metric such as accuracy moves in steps of whole rows, and noise decides between methods that differ in a few of them;
    the log loss sees more of the same difference. Scores that are no probabilities (rank means) win by the metric alone.
    """
    value = better(competition, labels)
    leader = max(tried, key=lambda name: value(tried[name]))
    level = []
    for name, probabilities in tried.items():
        behind, error = metrics.gain(competition, labels, tried[leader], probabilities, groups)
        if behind <= 2 * error:
            level.append(name)
    level.sort(key=lambda name: competition.target.losses(labels, tried[name]).mean())
    alone, _ = value(stack[best_member(stack, value)])
    taken = next((name for name in level if value(tried[name])[0] >= alone - ROUNDING), "single")
    return taken, level[0] if level[0] not in (taken, "single") else None


@dataclass(frozen=True)
class _Fits:
    """parameters: method -> folds left out -> parameters: none left out, each, and each pair (fitted once for both orders)."""

    methods: Mapping[str, Method]
    stack: np.ndarray
    folds: np.ndarray
    parameters: dict[str, dict[frozenset[Any], Parameters]]

    def cross_fit(self, name: str, without: tuple[Any, ...] = ()) -> np.ndarray:
        """float32 (N, C): each fold by parameters fitted on the others, and never on those in `without`, which stay zero."""
        out = top_k.empty_like(self.stack, self.stack.shape[1:])
        for fold in np.setdiff1d(np.unique(self.folds), without).tolist():
            rows = self.folds == fold
            out[rows] = self.methods[name].apply(
                self.stack[:, rows], self.parameters[name][frozenset({fold, *without})]
            )
        return out

    def predict_others(self, name: str, outer: Any) -> np.ndarray:
        """float32 (M, C): the M rows of the other folds, fitted without `outer`; crossed, where there are two of them."""
        rows = self.folds != outer
        if len(np.unique(self.folds)) > 2:
            return self.cross_fit(name, (outer,))[rows]
        return self.methods[name].apply(self.stack[:, rows], self.parameters[name][frozenset({outer})])


def _list_affordable(target: Target, stack: np.ndarray) -> Mapping[str, Method]:
    """All that are available, but for stacking where so many classes would take hours, which is said."""
    known, (runs, rows, classes) = available(target, stack), stack.shape
    if "stacking" not in known or target.kind not in ("classes", "grades") or runs * rows * classes**2 <= MAX_PRODUCTS:
        return known
    say(f"stacking is left out: of {classes:,} classes it would take hours")
    return {name: method for name, method in known.items() if name != "stacking"}


def _fit(competition: Competition, stack: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> _Fits:
    every = np.unique(folds).tolist()
    left_out = [frozenset(some) for count in (0, 1, 2) for some in combinations(every, count) if len(every) > count]
    methods = _list_affordable(competition.target, stack)
    result: dict[str, dict[frozenset[Any], Parameters]] = {name: {} for name in methods}
    for aside in bar(left_out, label="choose a method", unit="split"):
        rows = ~np.isin(folds, list(aside))
        judge = better(competition, labels[rows])
        for name, method in methods.items():
            result[name][aside] = method.fit(stack[:, rows], labels[rows], judge)
    return _Fits(methods, stack, folds, result)
