"""The gain of one set of predictions over another in the target's own loss, paired row by row."""

import numpy as np

from kit.targets import Target


def paired_loss_gain(target: Target, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """(how much less the mean loss of `ours` is than that of `theirs`, its standard error)."""
    rows = target.losses(labels, theirs) - target.losses(labels, ours)
    return float(rows.mean()), float(rows.std() / np.sqrt(len(rows)))
