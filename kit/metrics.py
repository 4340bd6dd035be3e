"""Scores by name: what Kaggle computes, its direction, and its noise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit.competition import Competition
from kit.errors import DataError, nearest


@dataclass(frozen=True)
class Metric:
    """per_row: (labels int (N,), probabilities (N, C)) -> each row's contribution, float64 (N,); the score is their mean."""

    name: str
    greater_is_better: bool
    per_row: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _hit(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return (probabilities.argmax(1) == labels).astype(np.float64)


def _log_loss(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    chosen = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return -np.log(np.clip(chosen, 1e-6, 1 - 1e-6))  # the clip that submissions get too


METRICS = {
    "accuracy": Metric("accuracy", True, _hit),
    "log_loss": Metric("log_loss", False, _log_loss),
}


def judge(competition: Competition, labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """The score of probabilities (N, C) on labels (N,) as the competition would score them, clipped as a submission is.

    {"score", "error": standard error over the rows (less than twice that apart is noise), "rows"}.
    """
    form = competition.submission
    if form.kind == "probability":
        probabilities = np.clip(probabilities, form.clip, 1 - form.clip)
    per_row = metric(competition.metric).per_row(labels, probabilities)
    return {"score": float(per_row.mean()), "error": float(per_row.std() / np.sqrt(len(per_row))), "rows": len(per_row)}


def metric(name: str) -> Metric:
    if name not in METRICS:
        raise DataError(f"unknown metric {name!r}", do=nearest(name, METRICS))
    return METRICS[name]
