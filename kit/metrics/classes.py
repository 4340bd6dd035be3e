"""Metrics of one class per row: labels int64 (N,), values (N, C), of which the largest is the decision."""

import numpy as np

from kit.competition import Metric
from kit.metrics.means import mean_of_ratios, mean_of_rows

CLASSES = ("classes", "grades")


def _hit(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    return (values.argmax(1) == labels).astype(np.float64)


def decide(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(true classes, decided classes), float64 (N, C), 1 at one class of each row and 0 elsewhere."""
    every = np.eye(values.shape[1])
    return every[labels], every[values.argmax(1)]


def _recalls(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    truth, decided = decide(labels, values)
    occurring = truth.any(0)
    return (truth * decided)[:, occurring], truth[:, occurring]


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
BALANCED_ACCURACY = mean_of_ratios(_recalls, finish=("class factors",), forms=("label",), targets=CLASSES)

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
