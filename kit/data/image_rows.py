"""Rows of the submission for which several images answer: which images they are."""

from collections.abc import Sequence

import numpy as np

from kit.predictions import find_rows


def number_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the different ones of `rows`, (N,) text, in the order in which they come first, int64 (N,): which of them each is)."""
    names, first, number = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return names[order], place[number]


def list_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(the different ones of `rows`, (N,) text, in the order in which they come first, int64: of each its first image)."""
    first = np.sort(np.unique(rows, return_index=True)[1])
    return rows[first], first


def first_images(rows: np.ndarray, names: Sequence[str] | np.ndarray) -> np.ndarray:
    """int64 (len(names),): of each row that is named its first image. rows: of each image, (N,) text.

    Raises DataError for a name that is no row's.
    """
    different, first = np.unique(rows, return_index=True)
    return np.asarray(first[find_rows(different, names)], np.int64)
