"""Standard errors of scores and of paired gains: by influence where the metric knows it, else by a bootstrap over rows, or over
groups of rows that depend on each other.

Rows are drawn from all (Efron 1979), never class by class: how many there are of each class is luck, too.
"""

from collections.abc import Callable

import numpy as np

from kit.competition import Metric
from kit.errors import KitError

RESAMPLES = 200
ROUNDING = 1e-12  # what rows that do not differ may seem to differ by


def standard_error(metric: Metric, labels: np.ndarray, values: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Of a score; nan where it, or more than half of the resampled ones, is not defined. Never 0 (`least_error`). groups: as
    for `error_of_mean`.
    """
    influence = metric.per_row or metric.influence
    if influence:
        error = error_of_mean(influence(labels, values), groups)
    else:
        error = _bootstrap(lambda rows: metric.score(labels[rows], values[rows]), len(labels), groups)
    return least_error(metric, labels, values) if error <= ROUNDING else error


def error_of_mean(values: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Standard error of the mean of `values` (N,).

    groups: (N,), equal for rows that depend on each other, such as those of one patient; None if none do. What these are off
    the mean is summed up before it is squared (cluster-robust: K.-Y. Liang and S. Zeger, "Longitudinal data analysis using
    generalized linear models", 1986), times G / (G - 1) for few groups (A. C. Cameron and D. L. Miller, "A Practitioner's
    Guide to Cluster-Robust Inference", 2015). Of a single group nothing is known of others: its rows count as independent.
    """
    numbers = number_groups(groups)
    if numbers is None:
        return float(values.std() / np.sqrt(len(values)))
    sums = np.bincount(numbers, values - values.mean())
    return float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(values))


def number_groups(groups: np.ndarray | None) -> np.ndarray | None:
    """int64 (N,), from 0, the number of each row's group; None where there is but one, or each row is one of its own."""
    if groups is None:
        return None
    each, numbers = np.unique(groups, return_inverse=True)
    return numbers if 1 < len(each) < len(numbers) else None


def least_error(metric: Metric, labels: np.ndarray, values: np.ndarray) -> float:
    """The error of a score whose rows do not differ: that all are right does not say that the next one will be. It is what one
    more row that goes wrong would move, as in Laplace's rule of succession: at least add_one_row, and more where a row of a
    rare class, or of the least or greatest label, that gets the values of another one moves more. nan where neither is known.
    """
    moved = [add_one_row(metric, len(labels))]
    _, first, counts = np.unique(labels, axis=0, return_index=True, return_counts=True)
    some = np.unique([first[0], first[-1], *first[counts.argsort(kind="stable")[:2]]])
    every, score = np.arange(len(labels)), metric.score(labels, values)
    for one in some:
        for other in some[some != one]:
            more = score_or_nan(lambda at: metric.score(labels[at[:, 0]], values[at[:, 1]]), _append(every, one, other))
            moved.append(abs(more - score))
    return float(np.nanmax(moved)) if np.isfinite(moved).any() else float("nan")


def _append(rows: np.ndarray, label: int, value: int) -> np.ndarray:
    """int (N + 1, 2): each row with its own label and values, and one more with the label and the values of two rows."""
    return np.vstack([np.stack([rows, rows], 1), [[label, value]]])


def add_one_row(metric: Metric, rows: int) -> float:
    """What one more row that goes wrong moves a mean over rows at most; nan in a metric without bounds."""
    span = metric.high - metric.low
    return span / (rows + 1) if np.isfinite(span) else float("nan")


def paired_gain(
    metric: Metric, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray, groups: np.ndarray | None = None
) -> tuple[float, float]:
    """(how much better `ours` scores than `theirs`, standard error of that), rows paired; 0 ±0 of equal values, else never ±0.
    groups: as of `error_of_mean`.
    """
    gain, error = _paired_gain(metric, labels, ours, theirs, groups)
    if error > ROUNDING or np.isnan(error):
        return gain, error
    return (0.0, 0.0) if abs(gain) <= ROUNDING else (gain, least_error(metric, labels, ours))


def _paired_gain(
    metric: Metric, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray, groups: np.ndarray | None
) -> tuple[float, float]:
    if metric.per_row:
        rows = metric.sign * (metric.per_row(labels, ours) - metric.per_row(labels, theirs))
        return float(rows.mean()), error_of_mean(rows, groups)

    def gain(rows: np.ndarray | slice) -> float:
        truth = labels[rows]
        return metric.sign * (metric.score(truth, ours[rows]) - metric.score(truth, theirs[rows]))

    if metric.influence:
        differences = metric.influence(labels, ours) - metric.influence(labels, theirs)
        return float(gain(slice(None))), error_of_mean(differences, groups)
    return float(gain(slice(None))), _bootstrap(gain, len(labels), groups)


def _bootstrap(score: Callable[[np.ndarray], float], rows: int, groups: np.ndarray | None) -> float:
    """Deviation of RESAMPLES scores of `rows` rows, or of as many groups, drawn with replacement. A sample on which the score
    is not defined (nan, or an error) is drawn again, as long as these are no more than the others: else nan.
    """
    draw, scores, members = np.random.default_rng(0), [], list_members(groups)
    for _ in range(2 * RESAMPLES):
        value = score_or_nan(score, draw_rows(draw, rows, members))
        if np.isfinite(value):
            scores.append(value)
        if len(scores) == RESAMPLES:
            return float(np.std(scores))
    return float("nan")


def list_members(groups: np.ndarray | None) -> list[np.ndarray] | None:
    """The rows of each group; None where `number_groups` is."""
    numbers = number_groups(groups)
    if numbers is None:
        return None
    return np.split(numbers.argsort(kind="stable"), np.bincount(numbers).cumsum()[:-1])


def draw_rows(draw: np.random.Generator, rows: int, members: list[np.ndarray] | None) -> np.ndarray:
    """int64: as many of `rows` rows, drawn with replacement; of groups, whole, about as many."""
    if members is None:
        return draw.integers(0, rows, rows)
    return np.concatenate([members[one] for one in draw.integers(0, len(members), len(members))])


def score_or_nan(score: Callable[[np.ndarray], float], rows: np.ndarray) -> float:
    """Of some rows, nan where it is not defined on them or raises an error."""
    try:
        return float(score(rows))
    except (ArithmeticError, ValueError, KitError):
        return float("nan")
