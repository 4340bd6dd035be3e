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
from kit.ensemble.pool import MIN_PROBABILITY
from kit.targets import Target

CLIPS = (0.0, 3e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05)
MAX_LOG_TEMPERATURE = 3.0  # of the logarithm of a temperature


def fit(competition: Competition, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """{"temperature", "clip"} of least log loss as submitted: the bounds of Submission.clip hold in any case.

    probabilities: float (N, C). labels: int (N,).
    """

    target = competition.target

    def loss(temperature: float, clip: float) -> float:
        calibrated = apply(target, probabilities, {"temperature": temperature, "clip": clip})
        return float(target.losses(labels, metrics.prepare_for_scoring(competition, calibrated)).mean())

    fitted = [(_least(partial(loss, clip=clip)), clip) for clip in CLIPS]
    best, clip = min(fitted, key=lambda pair: loss(*pair))
    return {"temperature": best, "clip": clip}


def fit_temperature(target: Target, values: np.ndarray, labels: np.ndarray) -> float | None:
    """The one of least loss; above 1 for probabilities that are too sure. None for numbers, which have none."""
    if target.has_units:
        return None
    return _least(
        lambda value: target.losses(labels, apply(target, values, {"temperature": value, "clip": 0.0})).mean()
    )


def _least(loss: Callable[[float], float]) -> float:
    """The temperature that minimises it."""
    bounds, options = (-MAX_LOG_TEMPERATURE, MAX_LOG_TEMPERATURE), {"xatol": 1e-3}
    minimum = minimize_scalar(lambda value: loss(np.exp(value)), bounds=bounds, method="bounded", options=options)
    return float(np.exp(minimum.x))


def apply(target: Target, probabilities: np.ndarray, parameters: dict[str, Any]) -> np.ndarray:
    """float32 (N, K): the clip is a floor; of classes for all, and rows are normalised again."""
    logits = target.link(probabilities.astype(np.float64), MIN_PROBABILITY)
    return target.keep_off(target.activate(logits / parameters["temperature"]), parameters["clip"])
