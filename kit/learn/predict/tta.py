"""The average of the predictions of several views of an image (test-time augmentation)."""

import numpy as np

from kit.predictions import softmax

SMALLEST = 1e-30  # a probability that float32 rounded to zero must not become a logit of minus infinity
AVERAGES = ("probabilities", "logits")


def average(stack: np.ndarray, how: str) -> np.ndarray:
    """float32 (N, C), rows summing to 1: the mean of stack (V, N, C), the probabilities by V views.

    how: "probabilities", or "logits" (taken as logarithms of the probabilities: they differ by a constant per row).
    """
    if how == "logits" and len(stack) > 1:
        return softmax(np.log(np.maximum(stack, SMALLEST)).mean(0))
    return np.asarray(stack.mean(0), dtype=np.float32)
