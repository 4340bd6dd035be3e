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


def row_deviation(metrics: Mapping[str, Any]) -> float:
    """The deviation of one row's contribution to the score, from the standard error over all."""
    return float(metrics["error"] * np.sqrt(metrics["rows"]))


def median_row_deviation(known: Iterable[Mapping[str, Any]]) -> float | None:
    """The median of `per_row` over finished runs, for submissions whose run is not here. None without a run."""
    deviations = [row_deviation(metrics) for metrics in known]
    return float(np.median(deviations)) if deviations else None


def public_error(metric: Metric, score: float, rows: int | None, deviation: float | None) -> float | None:
    """Standard error of a public score over `rows` test rows; None if their number or `deviation` (per_row) is unknown.

    Where rows contribute 0 or 1 it follows from the score: sqrt(p (1 - p) / rows); else rows are taken to differ as they do out
    of fold.
    """
    if not rows:
        return None
    if metric.binary_rows and 0 <= score <= 1:
        return float(np.sqrt(score * (1 - score) / rows)) or add_one_row(metric, rows)
    return deviation / float(np.sqrt(rows)) if deviation is not None else None
