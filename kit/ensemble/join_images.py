"""Predictions of images joined into those of rows, where several images answer for one row of the submission."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from kit import predictions, top_k
from kit.data.cache import CachedSplit
from kit.data.image_rows import first_images, number_rows
from kit.stats.cross_fit import cross_fit
from kit.targets import Target

End = Literal["mean", "max"]  # of each column; probabilities that exclude each other are made to sum to 1 again
Method = End | float  # a number: so much of the max, and the rest of the mean
SHARES = tuple(tenth / 10 for tenth in range(1, 10))


def join(target: Target, values: np.ndarray, rows: np.ndarray, method: Method) -> np.ndarray:
    """(R, K): of each of the R different `rows`, in the order in which they come first.

    values: float32 (N, K), of images, or records of kit.top_k, of which there is only the mean. rows: text (N,), which row each
    image answers for.
    """
    names, number = number_rows(rows)
    if len(names) == len(rows):
        return values
    if method != "mean" and method != "max":
        return _mix({end: join(target, values, rows, end) for end in ("mean", "max")}, method)
    order, sizes = np.argsort(number, kind="stable"), np.bincount(number)
    start = np.cumsum(sizes) - sizes
    joined = np.empty((len(names), *values.shape[1:]), values.dtype)
    for size in np.unique(sizes):
        alike = np.flatnonzero(sizes == size)
        images = values[order[start[alike] + np.arange(size)[:, None]]]  # (size, n, K)
        joined[alike] = predictions.average(images) if method == "mean" else images.max(0)
    return joined / joined.sum(1, keepdims=True) if method == "max" and target.exclusive else joined


def _mix(joined: Mapping[End, np.ndarray], method: Method) -> np.ndarray:
    """(R, K), of both ends."""
    if method == "mean" or method == "max":
        return joined[method]
    return np.asarray((1 - method) * joined["mean"] + method * joined["max"], np.float32)


def join_test(target: Target, test: CachedSplit, values: np.ndarray, method: Method) -> tuple[np.ndarray, np.ndarray]:
    """(the rows (R,) text that test images answer for, in the order in which they come first, float32 (R, K)).

    values: (N, K), of the images.

    An image that cannot be read says nothing where another one of its row can be.
    """
    names, number = number_rows(test.rows)
    seen = np.bincount(number, test.readable, len(names)) > 0
    used = test.readable | ~seen[number]
    of_used = number_rows(test.rows[used])[
        0
    ]  # which may come first in another order: every row has an image that is used
    return names, join(target, values[used], test.rows[used], method)[first_images(of_used, names)]


def choose(
    target: Target, values: np.ndarray, rows: np.ndarray, labels: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, Method]:
    """(values (R, K) of the rows, each joined by the method of least loss on the other folds, the method of least loss on all).
    A log loss is convex in the share of the maximum, so that little is missed between two of SHARES.

    values, rows: of images, as in `join`. labels, folds: of the R rows. Shares and numbers are always joined by their mean.
    """
    if len(rows) == len(labels) or top_k.is_top_k(values) or not _has_maximum(target):
        return join(target, values, rows, "mean"), "mean"
    ends: tuple[End, ...] = ("mean", "max")
    joined = {end: join(target, values, rows, end) for end in ends}
    losses = {method: target.losses(labels, _mix(joined, method)) for method in (*ends, *SHARES)}

    def fit(chosen: np.ndarray) -> Method:
        return min(losses, key=lambda method: losses[method][chosen].sum())

    honest = cross_fit(folds, fit, lambda method, chosen: _mix(joined, method)[chosen])
    return honest, fit(np.ones(len(labels), bool))


def _has_maximum(target: Target) -> bool:
    """Whether the greatest means something: of probabilities, since one image may show what the others do not."""
    return target.exclusive or (target.independent and not target.has_units)
