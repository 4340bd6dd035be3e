"""Scores by name: what Kaggle computes, its direction, and its noise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kit.errors import DataError, nearest


@dataclass(frozen=True)
class Metric:
    """per_row: (labels int (N,), probabilities (N, C)) -> each row's contribution, float64 (N,); the score is their mean."""

    name: str
    greater_is_better: bool
    per_row: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def score(self, labels: np.ndarray, probabilities: np.ndarray) -> float:
        return float(self.per_row(labels, probabilities).mean())

    def error(self, labels: np.ndarray, probabilities: np.ndarray) -> float:
        """Standard error of the score, from the rows: differences below about twice this are noise."""
        return float(self.per_row(labels, probabilities).std() / np.sqrt(len(labels)))


def _hit(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return (probabilities.argmax(1) == labels).astype(np.float64)


def _log_loss(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    chosen = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return -np.log(np.clip(chosen, 1e-6, 1 - 1e-6))  # the clip that submissions get too


METRICS = {
    "accuracy": Metric("accuracy", True, _hit),
    "log_loss": Metric("log_loss", False, _log_loss),
}


def metric(name: str) -> Metric:
    if name not in METRICS:
        raise DataError(f"unknown metric {name!r}", do=nearest(name, METRICS))
    return METRICS[name]
