"""The gain of one set of predictions over another in the target's own loss, paired row by row."""

import numpy as np

from kit.metrics.standard_errors import error_of_mean
from kit.targets import Target


def paired_loss_gain(
    target: Target, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray, groups: np.ndarray | None = None
) -> tuple[float, float]:
    """(how much less the mean loss of `ours` is than that of `theirs`, its standard error). groups: as of error_of_mean."""
    rows = target.losses(labels, theirs) - target.losses(labels, ours)
    return float(rows.mean()), error_of_mean(rows, groups)
