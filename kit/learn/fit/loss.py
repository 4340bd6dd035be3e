"""The losses that a network can minimise, of what it is told and of its logits, both (N, K); numbers in units of their own
deviation. A target names those that suit it (Target.network_losses), a configuration chooses among them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import ops

from kit.config import Config
from kit.learn.networks import units
from kit.targets import Target

LEAST = 1e-7  # of what is raised to a power, whose slope at 0 may be infinite

OfRows = Callable[[Any, Any], Any]  # (told (N, K), logits (N, K)) -> (N,)
METRICS = {"accuracy": keras.metrics.CategoricalAccuracy}  # objects: Keras makes names such only within its first step


class Loss(keras.losses.Loss):
    """The mean of a function of rows."""

    def __init__(self, of_rows: OfRows) -> None:
        super().__init__()
        self.of_rows = of_rows

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.of_rows(y_true, y_pred)


def build(config: Config, target: Target, model: keras.Model, told: np.ndarray | None = None) -> keras.losses.Loss:
    """The loss of the configuration; it smooths what is told.

    told: float32 (M, K), of all rows that are learned, which class_weights=balanced counts.
    """
    loss = LOSSES[target.network_losses[0] if config.loss == "auto" else config.loss](config)
    if config.class_weights == "balanced" and told is not None:
        loss = (_weigh_columns if target.independent else _weigh_rows)(loss, balance(target, told))
    return _in_units(loss, units.scale(model)) if units.has(model) else loss


def metrics(target: Target) -> list[keras.metrics.Metric]:
    """What a training tells of itself beside its loss."""
    return [METRICS[name](name) for name in target.keras_metrics]


def balance(target: Target, told: np.ndarray) -> np.ndarray:
    """float32 (K,), a weight per class, or (2, K), of each label's no and yes, with which all count as much and rows 1 in the
    mean: scikit-learn's "balanced" (King and Zeng, "Logistic Regression in Rare Events Data", 2001).
    """
    counts = told.sum(0, dtype=np.float64)
    sides = np.stack([len(told) - counts, counts]) if target.independent else counts
    return np.asarray(len(told) / ((sides > 0).sum(0) * np.maximum(sides, 1)), np.float32)


def _weigh_rows(loss: keras.losses.Loss, weights: np.ndarray) -> keras.losses.Loss:
    """Each row by the weight of its class; of what is mixed of several, by their mean."""
    return Loss(lambda told, logits: loss.call(told, logits) * ops.sum(told * weights, -1))


def _weigh_columns(loss: keras.losses.Loss, weights: np.ndarray) -> keras.losses.Loss:
    no, yes = weights

    def weighted(told: Any, logits: Any) -> Any:
        each = loss.call(told[..., None], logits[..., None])
        return ops.mean(each * (told * yes + (1 - told) * no), -1)

    return Loss(weighted)


def _in_units(loss: keras.losses.Loss, scale: np.ndarray) -> keras.losses.Loss:
    """Of numbers divided by `scale`, float32 (K,)."""
    return Loss(lambda told, values: loss.call(told / scale, values / scale))


def focal(told: Any, logits: Any, *, gamma: float) -> Any:
    """Cross entropy that heeds less what is learned already (Lin et al., "Focal Loss for Dense Object Detection", 2017)."""
    logs = ops.log_softmax(logits)
    return -ops.sum(told * _power(1 - ops.exp(logs), gamma) * logs, -1)


def asymmetric(told: Any, logits: Any, *, positive: float, negative: float, margin: float) -> Any:
    """Focal loss of labels, with one power for those that a row has and one for others; these count only from a probability of
    `margin` on (Ridnik et al., "Asymmetric Loss for Multi-Label Classification", 2021).
    """
    log_yes = -ops.softplus(-logits)
    log_no = ops.minimum(ops.logaddexp(-ops.softplus(logits), float(np.log(max(margin, 1e-30)))), 0.0)
    yes = told * _power(ops.sigmoid(-logits), positive) * log_yes
    no = (1 - told) * _power(ops.sigmoid(logits) - margin, negative) * log_no
    return -ops.mean(yes + no, -1)


def divergence(told: Any, logits: Any) -> Any:
    """Cross entropy less what no network can save (Kullback and Leibler, "On Information and Sufficiency", 1951)."""
    return ops.sum(told * (ops.log(ops.maximum(told, LEAST)) - ops.log_softmax(logits)), -1)


def _power(base: Any, exponent: float) -> Any:
    return ops.power(ops.maximum(base, LEAST), exponent) if exponent else 1.0


def _smooth(told: Any, share: float, values: int) -> Any:
    """With `share` of it spread over so many values."""
    return told * (1 - share) + share / values


def _of_classes(config: Config, of_rows: OfRows) -> keras.losses.Loss:
    return Loss(lambda told, logits: of_rows(_smooth(told, config.label_smoothing, logits.shape[-1]), logits))


def _of_labels(config: Config, positive: float, negative: float, margin: float) -> keras.losses.Loss:
    of_rows = partial(asymmetric, positive=positive, negative=negative, margin=margin)
    return Loss(lambda told, logits: of_rows(_smooth(told, config.label_smoothing, 2), logits))


LOSSES: dict[str, Callable[[Config], keras.losses.Loss]] = {
    "cross_entropy": lambda config: keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    ),
    "focal": lambda config: _of_classes(config, partial(focal, gamma=config.focal_gamma)),
    "kl": lambda config: _of_classes(config, divergence),
    "binary_cross_entropy": lambda config: keras.losses.BinaryCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    ),
    "binary_focal": lambda config: _of_labels(config, config.focal_gamma, config.focal_gamma, 0.0),
    "asymmetric": lambda config: _of_labels(
        config, config.asymmetric_positive, config.asymmetric_negative, config.asymmetric_margin
    ),
    "huber": lambda config: keras.losses.Huber(),
    "squared": lambda config: keras.losses.MeanSquaredError(),
    "absolute": lambda config: keras.losses.MeanAbsoluteError(),
}
