"""The columns of a table as trees take them: categories first, each counted from 0 without a gap."""

from collections.abc import Sequence

import numpy as np

MOST = 254  # categories of a column that trees tell apart, the most frequent ones


def find_frequent(table: np.ndarray, numbers: int) -> list[np.ndarray]:
    """For each column of categories of float32 (N, K), whose first ones are numbers: those that trees tell apart, int64."""
    kept = []
    for values in table[:, numbers:].T:
        codes, counts = np.unique(values[values >= 0].astype(np.int64), return_counts=True)
        kept.append(np.sort(codes[np.argsort(-counts, kind="stable")[:MOST]]))
    return kept


def arrange(table: np.ndarray, numbers: int, kept: Sequence[np.ndarray]) -> np.ndarray:
    """float64 (N, K): categories, as their places in `kept`, nan of others; then the numbers."""
    out = np.full(table.shape, np.nan)
    for place, codes in enumerate(kept):
        values = table[:, numbers + place]
        known = np.flatnonzero(np.isin(values, codes))
        out[known, place] = np.searchsorted(codes, values[known])
    out[:, len(kept) :] = table[:, :numbers]
    return out
