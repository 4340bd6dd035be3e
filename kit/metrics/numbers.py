"""Metrics of numbers: labels (N, K), values (N, K), averaged over columns.

Of grades, labels int64 (N,) and values (N, C) that sum to 1, the number is the mean grade that the values expect.
"""

from typing import Any

import numpy as np

from kit.competition import Metric, Scored
from kit.metrics.means import divide, mean_of_rows

NUMBERS: dict[str, Any] = {
    "finish": ("cut points",),
    "forms": ("value", "label"),
    "targets": ("numbers", "grades", "classes"),
}


def _as_numbers(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if labels.ndim == 1:
        labels, values = labels[:, None], (values @ np.arange(values.shape[1]))[:, None]
    return labels.astype(np.float64), values.astype(np.float64)


def _as_logs(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    true, said = _as_numbers(labels, values)
    return np.log1p(true), np.log1p(np.maximum(said, 0))


def _root_mean_square(numbers: Scored) -> Metric:
    def score(labels: np.ndarray, values: np.ndarray) -> float:
        true, said = numbers(labels, values)
        return float(np.sqrt(((said - true) ** 2).mean(0)).mean())

    def influence(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        true, said = numbers(labels, values)
        squares = (said - true) ** 2
        mean = squares.mean(0)
        return divide(squares - mean, 2 * np.sqrt(mean)).mean(1)

    return Metric(score, greater_is_better=False, high=np.inf, influence=influence, **NUMBERS)


def _distance(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    true, said = _as_numbers(labels, values)
    return np.abs(said - true).mean(1)


def _r2(labels: np.ndarray, values: np.ndarray) -> float:
    unexplained, all_of_it = (part.mean(0) for part in _squares(labels, values))
    return float(np.mean(1 - unexplained / all_of_it)) if all_of_it.all() else np.nan


def _r2_influence(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    unexplained, all_of_it = _squares(labels, values)
    ratio = divide(unexplained.sum(0), all_of_it.sum(0))
    return divide(ratio * all_of_it - unexplained, all_of_it.mean(0)).mean(1)


def _squares(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    true, said = _as_numbers(labels, values)
    return (true - said) ** 2, (true - true.mean(0)) ** 2


# Root of the mean squared error, in the unit of the numbers, from 0.
RMSE = _root_mean_square(_as_numbers)

# The same of log(1 + number): labels from 0; a negative value counts as 0.
RMSLE = _root_mean_square(_as_logs)

# Mean absolute error, in the unit of the numbers, from 0.
MAE = mean_of_rows(_distance, greater_is_better=False, high=np.inf, **NUMBERS)

# Share of the variance that is explained, up to 1 (coefficient of determination). Not defined where all labels are equal.
R2 = Metric(_r2, greater_is_better=True, low=-np.inf, influence=_r2_influence, **NUMBERS)
