"""Scores made of means over rows, and what each row has to do with them.

The influence of a row (Hampel 1974) is how the score would move, times N, if that row had more weight: of a mean the row's own
contribution. Its deviation over sqrt(N) is the standard error of the score, the delta method for functions of means.
"""

from typing import Any

import numpy as np

from kit.competition import Metric, Scored


def mean_of_rows(per_row: Scored, *, greater_is_better: bool, high: float = 1.0, **more: Any) -> Metric:
    """A metric whose score is the mean of what each row contributes, from 0 to `high`. more: further fields of Metric."""

    def score(labels: np.ndarray, values: np.ndarray) -> float:
        return float(per_row(labels, values).mean())

    return Metric(score, greater_is_better, 0.0, high, per_row, **more)


def mean_of_ratios(parts: Scored, **more: Any) -> Metric:
    """A metric from 0 to 1, greater is better, that is the mean over columns of sum / sum, 0 for a column that is 0 / 0.

    parts: (labels, values) -> (what each row adds above, what it adds below), both float64 (N, K).
    """

    def score(labels: np.ndarray, values: np.ndarray) -> float:
        above, below = (part.sum(0) for part in parts(labels, values))
        return float(divide(above, below).mean())

    def influence(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        above, below = parts(labels, values)
        ratio = divide(above.sum(0), below.sum(0))
        return divide(above - ratio * below, below.mean(0)).mean(1)

    return Metric(score, True, influence=influence, **more)


def divide(above: np.ndarray, below: np.ndarray, otherwise: float = 0.0) -> np.ndarray:
    """float64: above / below, `otherwise` where below is 0."""
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, otherwise), where=below != 0)
