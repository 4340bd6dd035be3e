"""F-beta (van Rijsbergen 1979), from 0 to 1: (1 + beta²) sum(true * said) / sum(beta² true + said) over rows, columns or both.

Of labels: 0/1 (N, L), values 0/1 (N, L). Of classes: int64 (N,), values (N, C), of which the largest is said. A class or
label that neither occurs nor is said counts as 0.
"""

from dataclasses import replace

import numpy as np

from kit.competition import Metric, Scored
from kit.metrics.classes import CLASSES, mean_of_classes
from kit.metrics.means import divide, mean_of_ratios, mean_of_rows
from kit.metrics.ranking import one_vs_rest

Parts = tuple[np.ndarray, np.ndarray]
DECIDED = {"forms": ("label", "labels"), "targets": (*CLASSES, "labels")}


def macro_f(beta: float) -> Metric:
    """F-beta of each class or label, averaged."""

    def parts(labels: np.ndarray, values: np.ndarray) -> Parts:
        return _parts(labels.astype(np.float64), values, beta)

    of_labels = mean_of_ratios(parts, finish=("class factors", "thresholds"), **DECIDED)
    of_classes = mean_of_classes(beta**2, 1)

    def choose(of_classes: Scored | None, of_labels: Scored | None) -> Scored:
        return lambda labels, values: (of_classes if labels.ndim == 1 else of_labels)(labels, values)  # type: ignore[misc]

    influence = choose(of_classes.influence, of_labels.influence)
    return replace(of_labels, score=choose(of_classes.score, of_labels.score), influence=influence)


def micro_f(beta: float) -> Metric:
    """F-beta of all cells of the table together; of classes, whatever beta is, the accuracy."""

    def parts(labels: np.ndarray, values: np.ndarray) -> Parts:
        if labels.ndim == 1:
            right = (values.argmax(1) == labels)[:, None]
            return (1 + beta**2) * right, np.full(right.shape, 1 + beta**2)
        above, below = _parts(labels.astype(np.float64), values, beta)
        return above.sum(1, keepdims=True), below.sum(1, keepdims=True)

    return mean_of_ratios(parts, finish=("thresholds",), **DECIDED)


def row_f(beta: float) -> Metric:
    """F-beta of the labels of each row, averaged over rows; 1 for a row rightly without a label."""

    def per_row(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        above, below = _parts(labels.astype(np.float64), values, beta)
        return divide(above.sum(1), below.sum(1), otherwise=1.0)

    return mean_of_rows(per_row, greater_is_better=True, finish=("thresholds",), forms=("labels",), targets=("labels",))


def probabilistic_f(beta: float) -> Metric:
    """F-beta with probabilities in place of decisions (Yacouby and Axman 2020), averaged over columns; of two classes, of the
    second alone. labels: 0/1 (N, L) or int64 (N,); values: probabilities (N, L) or (N, C).
    """

    def parts(labels: np.ndarray, values: np.ndarray) -> Parts:
        return _parts(*one_vs_rest(labels, values), beta)

    return mean_of_ratios(parts, forms=("probability",), targets=("classes", "labels"))


def _parts(truth: np.ndarray, said: np.ndarray, beta: float) -> Parts:
    """(above, below) of the fraction, float64 (N, K)."""
    return (1 + beta**2) * truth * said, beta**2 * truth + said
