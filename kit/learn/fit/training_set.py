"""What is learned: the samples, the probabilities they are to be told, and the rows that decide when to stop."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TrainingSet:
    """samples: (N,), see kit.learn.input.samples. targets: float32 (N, classes), their probabilities.
    stopping_rows: rows of the training part that decide when to stop; none without patience. head_start: the weights before
    the first epoch are worth keeping if no epoch surpasses them.
    """

    samples: np.ndarray
    targets: np.ndarray
    stopping_rows: np.ndarray
    head_start: bool = False
