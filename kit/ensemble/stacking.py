"""Stacking (Wolpert 1992): a logistic regression whose inputs are the members' log probabilities."""

from typing import Any

import numpy as np

from kit import linear
from kit.ensemble.pool import logs
from kit.targets.links import softmax

MAX_PRODUCTS = 2 * 10**9  # rows x inputs x classes, above which it takes hours over all splits of an ensemble
STRENGTH = 0.01  # inverse regularisation: members say much the same, so coefficients want to be held


def fit(stack: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """A linear layer {"kernel" (R * C, C), "bias" (C,)}. stack: float (R, N, C). labels: int (N,)."""
    kernel, bias = linear.fit_classes(_inputs(stack), labels, stack.shape[2], STRENGTH)
    return {"kernel": kernel.tolist(), "bias": bias.tolist()}


def apply(stack: np.ndarray, layer: dict[str, Any]) -> np.ndarray:
    """float32 (N, C), rows summing to 1."""
    return softmax(_inputs(stack) @ np.array(layer["kernel"]) + np.array(layer["bias"]))


def _inputs(stack: np.ndarray) -> np.ndarray:
    """(N, R * C): log probabilities, each row's mean taken off."""
    values = logs(stack)
    return np.concatenate(list(values - values.mean(2, keepdims=True)), axis=1)
