"""Metrics of one class per row: labels int64 (N,), values (N, C), of which the largest is the decision."""

from typing import Any

import numpy as np

from kit.competition import Metric
from kit.metrics.means import divide, mean_of_rows

CLASSES = ("classes", "grades")


def _hit(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    return (values.argmax(1) == labels).astype(np.float64)


def mean_of_classes(true: float, decided: float, *, occurring: bool = False, **more: Any) -> Metric:
    """The mean over classes of (true + decided) * right rows / (true * rows of the class + decided * rows decided as it), 0 for
    0 / 0. As kit.metrics.means.mean_of_ratios, but without a table of rows and classes. occurring: of those with a row.
    """

    def measure(labels: np.ndarray, said: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
        """(ratio, what is below in it), float64 (C,) each."""
        own, other, right = (np.bincount(of, minlength=classes) for of in (labels, said, labels[labels == said]))
        below = true * own + decided * other
        return divide((true + decided) * right, below), below

    def score(labels: np.ndarray, values: np.ndarray) -> float:
        ratio, _ = measure(labels, values.argmax(1), values.shape[1])
        return float(ratio[np.unique(labels)].mean() if occurring else ratio.mean())

    def influence(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        said = values.argmax(1)
        right = said == labels
        ratio, below = measure(labels, said, values.shape[1])
        mean, counted = below / len(labels), len(np.unique(labels)) if occurring else len(ratio)
        of_own = divide((true + decided) * right - ratio[labels] * (true + decided * right), mean[labels])
        of_other = divide(-ratio[said] * decided, mean[said])
        return (of_own + np.where(right, 0, of_other)) / counted

    return Metric(score, True, influence=influence, **more)


def _kappa_parts(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """(squared distance of each row, the mean one of all pairs of rows, the influence of each row on that mean)."""
    true, decided = labels.astype(np.float64), values.argmax(1).astype(np.float64)
    true, decided = true - true.mean(), decided - true.mean()
    moved = true**2 + decided**2 - 2 * true * decided.mean()  # the mean of `true` is 0
    return (true - decided) ** 2, float(moved.mean()), moved - moved.mean()


def _kappa(labels: np.ndarray, values: np.ndarray) -> float:
    apart, by_chance, _ = _kappa_parts(labels, values)
    return float(1 - apart.mean() / by_chance) if by_chance else np.nan


def _kappa_influence(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    apart, by_chance, moved = _kappa_parts(labels, values)
    if not by_chance:
        return np.full(len(labels), np.nan)
    return (apart.mean() * moved / by_chance - (apart - apart.mean())) / by_chance


# The share of rows whose class is right.
ACCURACY = mean_of_rows(_hit, greater_is_better=True, binary_rows=True, forms=("label",), targets=CLASSES)

# The mean over the classes that occur of the share of their rows that are right (Brodersen et al. 2010).
BALANCED_ACCURACY = mean_of_classes(1, 0, occurring=True, finish=("class factors",), forms=("label",), targets=CLASSES)

# Cohen's kappa with quadratic weights (Cohen 1968): classes are grades, in their order. Not defined where all is one grade.
QUADRATIC_KAPPA = Metric(
    _kappa,
    greater_is_better=True,
    low=-1.0,
    finish=("cut points",),
    influence=_kappa_influence,
    forms=("label",),
    targets=("grades", "classes"),
)
