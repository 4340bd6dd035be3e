"""What a change of decisions may do to the score of the test rows: at best, at worst, and as expected from rows out of fold."""

from typing import Any

import numpy as np

from kit import metrics, top_k
from kit.competition import Competition, Metric
from kit.metrics.standard_errors import number_groups
from kit.stats.paired import Paired

MANY = 1000  # classes, above which pairs of them are too many
PRIOR = 5.0  # rows: how strongly a pair of classes is believed to be like all pairs, before any of its rows is seen


def bounds(competition: Competition, a: np.ndarray, b: np.ndarray) -> dict[str, float | None]:
    """The most and the least that the score can gain from `a` to `b` (N, C), whatever the truth; None for metrics that are
    no mean over rows, where more than one class may be right, and for more than MANY classes.
    """
    metric = metrics.find(competition)
    if metric.per_row is None or not competition.target.exclusive or not len(a) or _are_many(competition, a):
        return {"best": None, "worst": None}
    rows = np.flatnonzero((a != b).any(1))  # all others gain nothing
    left, right = (metrics.prepare_for_scoring(competition, probabilities[rows]) for probabilities in (a, b))
    gains = [_gains(metric, np.full(len(rows), label), left, right) for label in range(len(competition.target.columns))]
    return {
        "best": float(np.max(gains, axis=0).sum() / len(a)),
        "worst": float(np.min(gains, axis=0).sum() / len(a)),
    }


def _are_many(competition: Competition, values: np.ndarray) -> bool:
    return len(competition.target.columns) > MANY or top_k.is_top_k(values)


def _gains(metric: Metric, labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """float64 (N,): what each row gains from a to b, positive for better in either direction."""
    if metric.per_row is None:
        raise ValueError("the metric is no mean over rows")
    return metric.sign * (metric.per_row(labels, b) - metric.per_row(labels, a))


def estimate_gain(
    competition: Competition,
    out_of_fold: Paired,
    test: tuple[np.ndarray, np.ndarray],
) -> dict[str, Any]:
    """What the score is expected to gain on the test rows, with a 95 % interval.

    Each test row is expected to gain what out-of-fold rows with the same pair of decisions gained on average, drawn towards
    the mean of all (dis)agreeing rows by PRIOR rows. The interval holds what is not known of those means, and the luck of
    the test rows. Members judge alone out of fold but are averaged on the test rows, so the test effect tends to be smaller.
    Metrics that are no mean over rows, targets of more than one class per row or of more than MANY, and rows that depend on
    others of their group: the paired gain out of fold. out_of_fold: b, ours, paired with a, theirs. test: a, b.
    """
    labels, a, b = out_of_fold.labels, out_of_fold.theirs, out_of_fold.ours
    metric, classes = metrics.find(competition), len(competition.target.columns)
    independent = number_groups(out_of_fold.groups) is None
    if metric.per_row is None or not (competition.target.exclusive and independent) or _are_many(competition, a):
        return _interval("paired gain out of fold", out_of_fold.gain, out_of_fold.error)
    gains = _gains(
        metric, labels, metrics.prepare_for_scoring(competition, a), metrics.prepare_for_scoring(competition, b)
    )
    seen, asked = (x.argmax(1) * classes + y.argmax(1) for x, y in ((a, b), test))
    return _interval("out-of-fold confusion", *_estimate_by_pair(gains, seen, asked, classes))


def _estimate_by_pair(gains: np.ndarray, seen: np.ndarray, asked: np.ndarray, classes: int) -> tuple[float, float]:
    """(mean gain of the rows that are asked for, its standard error) from the gains (N,) of rows that were seen.

    seen, asked: int, the pair of decisions of each row, as first * classes + second.
    """
    m, n = (np.bincount(pairs, minlength=classes**2) for pairs in (seen, asked))
    agree = np.eye(classes, dtype=bool).ravel()
    weights, first, second = n / (m + PRIOR), np.zeros(classes**2), np.ones(classes**2)
    unknown = 0.0
    for alike in (agree, ~agree):
        if not m[alike].any():  # no such row was seen: a deviation of 1, as if from PRIOR rows
            unknown += n[alike].sum() ** 2 / PRIOR
            continue
        for power, moment in ((1, first), (2, second)):
            sums = np.bincount(seen, gains**power, classes**2)[alike]
            moment[alike] = (sums + PRIOR * sums.sum() / m[alike].sum()) / (m[alike] + PRIOR)
        weights[alike] += PRIOR * weights[alike].sum() / m[alike].sum()  # what a row says by the mean of all
    own = (m + PRIOR) / (m + PRIOR - 1)  # a row is nearer to a mean that it is part of
    of_means = ((weights * own)[seen] ** 2 * (gains - first[seen]) ** 2).sum()  # the estimate is a weighted sum of rows
    of_luck = (n * own * np.maximum(second - first**2, 0)).sum()
    return float(n @ first / n.sum()), float(np.sqrt(unknown + of_means + of_luck) / n.sum())


def _interval(how: str, gain: float, error: float) -> dict[str, Any]:
    return {"gain": gain, "error": error, "interval": [gain - 1.96 * error, gain + 1.96 * error], "from": how}
