"""From logits to values and back."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis, float32."""
    exponentials = np.exp(logits - logits.max(-1, keepdims=True))
    return (exponentials / exponentials.sum(-1, keepdims=True)).astype(np.float32)


def logs(probabilities: np.ndarray, least: float) -> np.ndarray:
    """Of probabilities of any shape, in their precision; none is below that of `least`."""
    return np.asarray(np.log(np.clip(probabilities, least, 1)))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """float32, of any shape."""
    return (0.5 * (1 + np.tanh(0.5 * np.asarray(logits, np.float64)))).astype(np.float32)


def logit(probabilities: np.ndarray, least: float) -> np.ndarray:
    """float64, of probabilities of any shape, kept `least`, and 1e-12 in any case, away from 0 and 1."""
    least = max(least, 1e-12)
    kept = np.clip(probabilities.astype(np.float64), least, 1 - least)
    return np.log(kept) - np.log1p(-kept)
