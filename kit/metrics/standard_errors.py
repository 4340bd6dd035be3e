"""Standard errors of scores and of paired gains: by influence where the metric knows it, else by a bootstrap over rows.

Rows are drawn from all (Efron 1979), never class by class: how many there are of each class is luck, too.
"""

from collections.abc import Callable

import numpy as np

from kit.competition import Metric
from kit.errors import KitError

RESAMPLES = 200


def standard_error(metric: Metric, labels: np.ndarray, values: np.ndarray) -> float:
    """Of a score. nan where the score, or more than half of the resampled ones, is not defined."""
    influence = metric.per_row or metric.influence
    if influence:
        error = influence(labels, values).std() / np.sqrt(len(labels))
    else:
        error = _bootstrap(lambda rows: metric.score(labels[rows], values[rows]), len(labels))
    return add_one_row(float(error), metric, len(labels))


def add_one_row(error: float, metric: Metric, rows: int) -> float:
    """The error, but never 0 in a metric of finite range: rows that are all right do not say that the next one will be. Then it
    is what one more row that goes wrong would move, as in Laplace's rule of succession.
    """
    span = metric.high - metric.low
    return span / (rows + 1) if error == 0 and np.isfinite(span) else error


def paired_gain(metric: Metric, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """(how much better `ours` scores than `theirs`, standard error of that), rows paired; 0 ±0 of equal values."""
    if metric.per_row:
        rows = metric.sign * (metric.per_row(labels, ours) - metric.per_row(labels, theirs))
        return float(rows.mean()), float(rows.std() / np.sqrt(len(rows)))

    def gain(rows: np.ndarray | slice) -> float:
        truth = labels[rows]
        return metric.sign * (metric.score(truth, ours[rows]) - metric.score(truth, theirs[rows]))

    if metric.influence:
        differences = metric.influence(labels, ours) - metric.influence(labels, theirs)
        return float(gain(slice(None))), float(differences.std() / np.sqrt(len(labels)))
    return float(gain(slice(None))), _bootstrap(gain, len(labels))


def _bootstrap(score: Callable[[np.ndarray], float], rows: int) -> float:
    """Deviation of RESAMPLES scores of `rows` rows drawn with replacement. A sample on which the score is not defined (nan, or
    an error) is drawn again, as long as these are no more than the others: else nan.
    """
    draw, scores = np.random.default_rng(0), []
    for _ in range(2 * RESAMPLES):
        value = score_or_nan(score, draw.integers(0, rows, rows))
        if np.isfinite(value):
            scores.append(value)
        if len(scores) == RESAMPLES:
            return float(np.std(scores))
    return float("nan")


def score_or_nan(score: Callable[[np.ndarray], float], rows: np.ndarray) -> float:
    """Of some rows, nan where it is not defined on them or raises an error."""
    try:
        return float(score(rows))
    except (ArithmeticError, ValueError, KitError):
        return float("nan")
