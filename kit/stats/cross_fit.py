"""Fitted on the other folds, applied to the one that is left: what makes a figure honest."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit import top_k


def cross_fit(
    folds: np.ndarray, fit: Callable[[np.ndarray], Any], apply: Callable[[Any, np.ndarray], np.ndarray]
) -> np.ndarray:
    """float32 (N, C): each row by what was fitted on the rows of other folds.

    folds: (N,), the fold of each row. fit: (rows bool (N,)) -> what was fitted on them. apply: (that, rows bool (N,)) -> the
    values of those rows, (n, C).
    """
    pieces = [(folds == fold, apply(fit(folds != fold), folds == fold)) for fold in np.unique(folds)]
    out = top_k.empty_like(pieces[0][1], (len(folds), *pieces[0][1].shape[1:]))
    for rows, values in pieces:
        out[rows] = values
    return out
