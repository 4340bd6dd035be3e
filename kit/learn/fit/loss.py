"""The loss that a network minimises, of logits and of what it is told."""

from collections.abc import Callable
from typing import Any

import keras

from kit.config import Config
from kit.learn.networks import units
from kit.targets import Target

Build = Callable[[Config], keras.losses.Loss]

LOSSES: dict[str, Build] = {  # a target names the one that suits it
    "cross_entropy": lambda config: keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    ),
    "binary_cross_entropy": lambda config: keras.losses.BinaryCrossentropy(
        from_logits=True, label_smoothing=config.label_smoothing
    ),
    "huber": lambda config: keras.losses.Huber(),
}

METRICS = {"accuracy": keras.metrics.CategoricalAccuracy}  # objects: Keras makes names such only within its first step


def build(config: Config, target: Target, model: keras.Model) -> keras.losses.Loss:
    """Of logits (N, K), with what is told (N, K), which is smoothed here; numbers in units of their deviation."""
    loss = LOSSES[target.default_loss](config)
    return InUnits(loss, units.scale(model)) if units.has(model) else loss


def metrics(target: Target) -> list[keras.metrics.Metric]:
    """What a training tells of itself beside its loss."""
    return [METRICS[name](name) for name in target.keras_metrics]


class InUnits(keras.losses.Loss):
    """Another loss of numbers that are divided by `scale`, float (K,)."""

    def __init__(self, loss: keras.losses.Loss, scale: Any) -> None:
        super().__init__(name=loss.name)
        self.loss, self.scale = loss, keras.ops.convert_to_tensor(scale, "float32")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.loss.call(y_true / self.scale, y_pred / self.scale)
