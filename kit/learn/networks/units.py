"""Numbers in their own units: a network learns them as deviations from their mean, and one fixed layer turns these back.

The layer's weights are the deviation and the mean of the training rows; they lie in the member's file like all others.
"""

import keras
import numpy as np
from keras import layers

from kit.targets import Target

NAME = "units"
NO_HEADS = (NAME, "columns_hidden", "columns_logits")  # dense layers that are not the head on an image's features


def append(model: keras.Model, target: Target) -> keras.Model:
    """The model with that layer behind it where the target is one of numbers, else as it is."""
    if not target.has_units:
        return model
    fixed = layers.Dense(
        len(target.columns), name=NAME, trainable=False, kernel_initializer="identity", dtype="float32"
    )
    return keras.Model(model.inputs, fixed(model.outputs[0]), name=model.name)


def list_dense(model: keras.Model) -> list[layers.Dense]:
    """Its dense layers but for the fixed one and those of columns beside an image: the last is its head."""
    return [layer for layer in model.layers if isinstance(layer, layers.Dense) and layer.name not in NO_HEADS]


def has(model: keras.Model) -> bool:
    return any(layer.name == NAME for layer in model.layers)


def set_from(model: keras.Model, told: np.ndarray) -> None:
    """Takes mean and deviation of what is told (N, K) of the rows that are learned."""
    if has(model):
        deviation = np.maximum(told.std(0, dtype=np.float64), 1e-12)
        model.get_layer(NAME).set_weights([np.diag(deviation), told.mean(0, dtype=np.float64)])


def scale(model: keras.Model) -> np.ndarray:
    """float32 (K,): the deviations."""
    return np.diag(model.get_layer(NAME).get_weights()[0])


def take_off(model: keras.Model, kernel: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A linear layer (D, K), (K,) whose output is in the numbers' own units, as what stands before the fixed layer."""
    if not has(model):
        return kernel, bias
    return kernel / scale(model), (bias - model.get_layer(NAME).get_weights()[1]) / scale(model)
