"""The finish for log loss: one temperature (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017) for all
classes, and a least probability that bounds what a confident error costs.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from kit import metrics
from kit.competition import Competition
from kit.ensemble.pool import logs
from kit.predictions import softmax

CLIPS = (0.0, 3e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05)
MAX_LOG_TEMPERATURE = 3.0  # of the logarithm of a temperature


def fit(competition: Competition, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """{"temperature", "clip"} of least log loss as submitted: the bounds of Submission.clip hold in any case.

    probabilities: float (N, C). labels: int (N,).
    """

    def loss(temperature: float, clip: float) -> float:
        calibrated = apply(probabilities, {"temperature": temperature, "clip": clip})
        return metrics.log_loss(labels, metrics.prepare_for_scoring(competition, calibrated))

    fitted = [(_least(partial(loss, clip=clip)), clip) for clip in CLIPS]
    best, clip = min(fitted, key=lambda pair: loss(*pair))
    return {"temperature": best, "clip": clip}


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The one of least log loss; above 1 for probabilities that are too sure."""
    return _least(lambda value: metrics.log_loss(labels, apply(probabilities, {"temperature": value, "clip": 0.0})))


def _least(loss: Callable[[float], float]) -> float:
    """The temperature that minimises it."""
    bounds, options = (-MAX_LOG_TEMPERATURE, MAX_LOG_TEMPERATURE), {"xatol": 1e-3}
    minimum = minimize_scalar(lambda value: loss(np.exp(value)), bounds=bounds, method="bounded", options=options)
    return float(np.exp(minimum.x))


def apply(probabilities: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
    """float32 (N, C), rows summing to 1: the clip is a floor for all classes, and rows are normalised again."""
    tempered = softmax(logs(probabilities) / parameters["temperature"])
    clipped = np.maximum(tempered, parameters["clip"])
    return np.asarray(clipped / clipped.sum(1, keepdims=True), dtype=np.float32)
