"""Rows that belong together, in any of several ways: of one patient, of one row of the submission, or with the same pixels."""

import numpy as np


def join(numbers: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """int64 (N,): the same number for rows that a chain of equal values links, in `numbers`, int64 (N,), or in any of `others`,
    (N,); without others `numbers` as they are.
    """
    for other in others:
        one, two = (np.unique(values, return_inverse=True)[1] for values in (numbers, other))
        numbers = number_linked(one, two + len(one))[one]
    return numbers


def number_linked(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """int64: of each number up to the greatest, that of the set which it is in if each of `one`, int64 (N,), and the `other`
    beside it are of one set.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = int(max(one.max(initial=-1), other.max(initial=-1))) + 1
    links = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int64)


def are_copies(groups: np.ndarray, same_pixels: np.ndarray) -> bool:
    """Whether no group, of `groups` int64 (N,), holds two images that differ."""
    return len(np.unique(groups)) == len(np.unique(same_pixels))


def measure_leak(groups: np.ndarray, folds: int) -> float:
    """The share of the rows which, if each were dealt out for itself, would be judged by a model that learned from others of
    their group: the mean of 1 - folds ** (1 - rows of its group).
    """
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return float((1 - float(folds) ** (1 - sizes[group])).mean())
