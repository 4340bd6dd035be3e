"""Metrics of probabilities that punish confidence in what is wrong: log loss and its kin, in nats."""

import numpy as np

from kit.metrics.classes import CLASSES
from kit.metrics.means import mean_of_rows
from kit.targets.likelihood import LEAST, binary_cross_entropy, cross_entropy, divergence

HIGHEST = -float(np.log(LEAST))

# Labels int64 (N,), or soft float (N, C), probabilities (N, C).
LOG_LOSS = mean_of_rows(
    cross_entropy,
    greater_is_better=False,
    high=HIGHEST,
    exclusive=True,
    finish=("temperature and clip",),
    clip=LEAST,
    forms=("probability",),
    targets=CLASSES,
)

# Kullback and Leibler 1951, from the labels' shares (N, C) to the probabilities (N, C); of hard labels the log loss.
KL_DIVERGENCE = mean_of_rows(
    divergence,
    greater_is_better=False,
    high=HIGHEST,
    exclusive=True,
    clip=LEAST,
    forms=("probability",),
    targets=("votes",),
)

# The mean over columns of the log loss of each: labels 0 to 1 (N, L), probabilities (N, L).
COLUMN_LOG_LOSS = mean_of_rows(
    binary_cross_entropy, greater_is_better=False, high=HIGHEST, clip=LEAST, forms=("probability",), targets=("labels",)
)
