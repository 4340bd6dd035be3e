"""Samples: images to learn from, each named by its split and its row there, so that those of several splits can be mixed."""

import numpy as np

SAMPLE = np.dtype([("split", "U5"), ("row", np.int64)])


def samples(split: str, rows: np.ndarray) -> np.ndarray:
    """SAMPLE (N,): the images at `rows`, int64 (N,), of the split, train or test. To be joined, shuffled, cut as any array."""
    named = np.empty(len(rows), SAMPLE)
    named["split"], named["row"] = split, rows
    return named
