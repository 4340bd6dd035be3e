"""The average of the predictions of several views of an image (test-time augmentation)."""

import numpy as np

from kit.targets import Target

SMALLEST = 1e-30  # a probability that float32 rounded to zero must not become a logit of minus infinity
AVERAGES = ("probabilities", "logits")


def average(target: Target, stack: np.ndarray, how: str) -> np.ndarray:
    """float32 (N, K): the mean of stack (V, N, K), the values by V views.

    how: "probabilities", or "logits" (of the probabilities by the target's link: of classes they differ by a constant per row).
    """
    if how == "logits" and len(stack) > 1:
        return target.activate(target.link(stack, SMALLEST).mean(0))
    return np.asarray(stack.mean(0), dtype=np.float32)
