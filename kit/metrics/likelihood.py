"""Metrics of probabilities that punish confidence in what is wrong: log loss and its kin, in nats."""

import numpy as np

from kit.metrics.classes import CLASSES
from kit.metrics.means import mean_of_rows

CLIP = 1e-6  # probabilities count as at least that and at most 1 - CLIP, in the file as in the score
HIGHEST = -float(np.log(CLIP))


def log_loss_rows(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """float64 (N,): -log of the true class's probability; of soft labels (N, C), their cross-entropy."""
    if labels.ndim == 2:
        return -(labels * np.log(_clip(probabilities))).sum(1)
    return -np.log(_clip(probabilities[np.arange(len(labels)), labels]))


def _clip(probabilities: np.ndarray) -> np.ndarray:
    return np.clip(probabilities.astype(np.float64), CLIP, 1 - CLIP)


def _divergence(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    shares = labels if labels.ndim == 2 else np.eye(probabilities.shape[1])[labels]
    own = (shares * np.log(np.where(shares > 0, shares, 1))).sum(1)
    return own + log_loss_rows(labels, probabilities)


def _by_column(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    clipped, truth = _clip(probabilities), labels.astype(np.float64)
    return -(truth * np.log(clipped) + (1 - truth) * np.log(1 - clipped)).mean(1)


# Labels int64 (N,), or soft float (N, C), probabilities (N, C).
LOG_LOSS = mean_of_rows(
    log_loss_rows,
    greater_is_better=False,
    high=HIGHEST,
    exclusive=True,
    finish="temperature and clip",
    clip=CLIP,
    forms=("probability",),
    targets=CLASSES,
)

# Kullback and Leibler 1951, from the labels' shares (N, C) to the probabilities (N, C); of hard labels the log loss.
KL_DIVERGENCE = mean_of_rows(
    _divergence,
    greater_is_better=False,
    high=HIGHEST,
    exclusive=True,
    clip=CLIP,
    forms=("probability",),
    targets=("votes",),
)

# The mean over columns of the log loss of each: labels 0 to 1 (N, L), probabilities (N, L).
COLUMN_LOG_LOSS = mean_of_rows(
    _by_column, greater_is_better=False, high=HIGHEST, clip=CLIP, forms=("probability",), targets=("labels",)
)
