"""How far to believe a score: its standard error. Less than twice that apart is noise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kit.competition import Metric
from kit.metrics.standard_errors import add_one_row


def error_over_folds(metrics: Mapping[str, Any]) -> float | None:
    """Standard error of a CV from how its folds differ: deviation / sqrt(folds). None for less than two with a score.

    Beside the error over rows it shows what rows do not: that a training, or a fold, may come out otherwise.
    """
    scores = defaultdict(list)
    for member in metrics.get("members", []):
        if member["score"] is not None and np.isfinite(member["score"]):  # AUC of a fold without a positive is nan
            scores[member["fold"]].append(member["score"])
    folds = [float(np.mean(of_seeds)) for of_seeds in scores.values()]
    return float(np.std(folds, ddof=1) / np.sqrt(len(folds))) if len(folds) > 1 else None


def row_deviation(metric: Metric, scored: Mapping[str, Any]) -> float:
    """The deviation of one row's contribution to a score of `score`, `error` and `rows`, in units of `scale`: what it has in
    common with another score of like predictions.
    """
    if scored["score"] is None or scored["error"] is None:  # not defined
        return float("nan")
    return float(scored["error"] * np.sqrt(scored["rows"]) / (scale(metric, scored["score"]) or np.nan))


def scale(metric: Metric, score: float) -> float:
    """How much rows differ at this score, but for a factor: of shares sqrt(p (1 - p)), as of zeros and ones; of losses, and of
    what is below a highest score, in proportion to it. 1 where no bound says what is best.
    """
    below, above = score - metric.low, metric.high - score
    if metric.greater_is_better and np.isfinite(below + above):
        return float(np.sqrt(max(0.0, below * above)))
    wrong = above if metric.greater_is_better else below
    return float(wrong) if np.isfinite(wrong) else 1.0


def median_row_deviation(metric: Metric, known: Iterable[Mapping[str, Any]]) -> float | None:
    """The median of `row_deviation` over finished runs, for submissions whose run is not here. None without a run."""
    deviations = [row_deviation(metric, scored) for scored in known]
    return float(np.nanmedian(deviations)) if np.isfinite(deviations).any() else None


def public_error(metric: Metric, score: float, rows: int | None, deviation: float | None) -> float | None:
    """Standard error of a public score over `rows` test rows; None if their number or `deviation` (row_deviation) is unknown.

    It is that of what was sent, which averages members and errs less than each of them did out of fold: the rows' deviation is
    brought from the score out of fold to the public one (`scale`). Where rows contribute 0 or 1 the score says it all.
    """
    if not rows:
        return None
    factor = 1.0 if metric.binary_rows else deviation
    if factor is None or not np.isfinite(factor):
        return None
    return factor * scale(metric, score) / float(np.sqrt(rows)) or _one_row_more(metric, rows)


def _one_row_more(metric: Metric, rows: int) -> float | None:
    least = add_one_row(metric, rows)
    return least if np.isfinite(least) else None
