"""The loss: cross entropy of the logits with the probabilities that are to be learned."""

import keras
import numpy as np

from kit.config import Config


def build(config: Config) -> keras.losses.Loss:
    """Of logits (N, C), with targets (N, C) that sum to 1 and are smoothed here."""
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over rows, of logits (N, C) and int64 labels (N,), without smoothing: what decides when to stop."""
    shifted = logits - logits.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]).mean())
