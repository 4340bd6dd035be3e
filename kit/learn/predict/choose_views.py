"""Which TTA views to average, and what of them: chosen out of fold, and judged on other rows than those that chose.

Views are chosen by forward selection (as Caruana et al. choose models, "Ensemble Selection from Libraries of Models", ICML
2004) from the first view on: the one that lowers the log loss most is added, as long as that is more than one standard error
and the competition's metric does not clearly suffer. Two standard errors would be a test; this is a choice between views
that were declared because they make sense: on dogs-vs-cats (1,402 photos) two would drop even the flip, for an honest log
loss of 0.095 instead of 0.088.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.learn.predict import tta
from kit.stats.loss_gain import paired_loss_gain
from kit.targets import Target


@dataclass(frozen=True)
class Selection:
    """Places of the views to average, and what of them is averaged."""

    views: tuple[int, ...]
    how: str

    def apply(self, target: Target, stack: np.ndarray) -> np.ndarray:
        return tta.average(target, stack[list(self.views)], self.how)


@dataclass(frozen=True)
class Choice:
    """views: the names of those kept, and what of them to average: chosen on all rows. by_fold: for each fold, what was
    chosen on the others. report: for metrics.json, with a record per view.
    """

    views: tuple[str, ...]
    average: str
    by_fold: dict[int, Selection]
    report: dict[str, Any]


def choose(
    competition: Competition,
    names: Sequence[str],
    stack: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    groups: np.ndarray | None = None,
) -> Choice:
    """stack: float32 (V, N, C), out-of-fold probabilities by the views `names`, of which the first is always kept. groups: as
    for kit.metrics.evaluate.

    The report gives for each view what it gains when averaged with the first one, over the first one alone.
    """
    every = np.unique(folds).tolist()
    numbers = np.arange(len(labels)) if groups is None else groups
    by_fold = {
        fold: best(competition, stack[:, rest], labels[rest], numbers[rest])
        for fold in every
        for rest in [folds != fold]
    }
    final = best(competition, stack, labels, numbers)
    honest = cross_fit(competition.target, by_fold, stack, folds)
    report = {
        "average": final.how,
        "optimistic_score": metrics.evaluate(competition, labels, final.apply(competition.target, stack))["score"],
        "gain_over_first_view": _gains(competition, labels, numbers, honest, stack[0]),
        "views": [
            {
                "view": name,
                **_gains(competition, labels, numbers, _average_with_first(competition.target, stack, view), stack[0]),
                "kept_in_folds": sum(view in kept.views for kept in by_fold.values()),
                "kept": view in final.views,
            }
            for view, name in enumerate(names)
        ],
    }
    return Choice(tuple(names[view] for view in final.views), final.how, by_fold, report)


def cross_fit(target: Target, by_fold: dict[int, Selection], stack: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """float32 (N, C): each row of stack (V, N, C) by what was chosen on the folds that it is not in."""
    out = np.empty(stack.shape[1:], np.float32)
    for fold in np.unique(folds).tolist():
        out[folds == fold] = by_fold[fold].apply(target, stack[:, folds == fold])
    return out


def _average_with_first(target: Target, stack: np.ndarray, view: int) -> np.ndarray:
    return tta.average(target, stack[[0, view]], "probabilities")


def _gains(
    competition: Competition, labels: np.ndarray, groups: np.ndarray, ours: np.ndarray, theirs: np.ndarray
) -> dict[str, float]:
    """In the metric and in the target's loss (of classes the log loss), each with its paired standard error."""
    gain, error = metrics.gain(competition, labels, ours, theirs, groups)
    loss_gain, loss_error = paired_loss_gain(competition.target, labels, ours, theirs, groups)
    return {"gain": gain, "error": error, "loss_gain": loss_gain, "loss_error": loss_error}


def best(
    competition: Competition, stack: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None
) -> Selection:
    """The views to keep of stack (V, N, C), by the average of less log loss of the two."""
    target = competition.target
    tried = [_select_forward(competition, stack, labels, groups, how) for how in tta.AVERAGES]
    return min(tried, key=lambda kept: target.losses(labels, kept.apply(target, stack)).mean())


def _select_forward(
    competition: Competition, stack: np.ndarray, labels: np.ndarray, groups: np.ndarray | None, how: str
) -> Selection:
    kept, reached, target = Selection((0,), how), stack[0], competition.target
    while left := [view for view in range(len(stack)) if view not in kept.views]:
        grown = [Selection((*kept.views, view), how) for view in left]
        tried = min(grown, key=lambda one: target.losses(labels, one.apply(target, stack)).mean())
        averaged = tried.apply(target, stack)
        gain, error = paired_loss_gain(target, labels, averaged, reached, groups)
        scored, noise = metrics.gain(competition, labels, averaged, reached, groups)
        if gain <= error or scored < -2 * noise:
            break
        kept, reached = tried, averaged
    return kept
