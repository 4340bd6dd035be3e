"""The top k classes of each row, best first, in place of the probabilities of all: those of 300,000 rows and 32,000 classes are
38 GB. Predictions are then an array (N, k) of RECORD; what its k leave of a row's 1 is spread evenly over the other classes.
"""

from typing import Any

import numpy as np

RECORD = np.dtype([("place", np.int32), ("probability", np.float32)])  # place: of a class, in the target's columns
K = 64
MAX_BYTES = 2**28  # of what is held as a whole table: to join two runs takes a dozen of its size
BLOCK_BYTES = 2**27  # of the probabilities that are made at once
ROWS = 8192  # that are joined at once


def is_top_k(values: np.ndarray) -> bool:
    return values.dtype == RECORD


def keep(values: np.ndarray, k: int = K) -> np.ndarray:
    """RECORD (N, k), of probabilities (N, C), or all C if there are fewer; of equal ones the first class leads."""
    less = max(0, values.shape[1] - k)
    places = np.sort(np.argpartition(values, less, axis=1)[:, less:], axis=1)
    return _sort(places, np.take_along_axis(values, places, 1))


def _sort(places: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    order = np.argsort(-probabilities, axis=1, kind="stable")
    out = np.empty(places.shape, RECORD)
    out["place"] = np.take_along_axis(places, order, 1)
    out["probability"] = np.take_along_axis(probabilities, order, 1)
    return out


def mean(stack: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """RECORD (N, k): the weighted mean of stack (R, N, k), to which a run adds nothing for a class that it does not keep."""
    blocks = range(0, stack.shape[1], ROWS)
    pieces = [_mean(stack[:, start : start + ROWS], weights) for start in blocks]
    return np.concatenate(pieces) if pieces else stack[0]


def _mean(stack: np.ndarray, weights: np.ndarray) -> np.ndarray:
    places = np.concatenate(list(stack["place"]), axis=1)
    shares = np.concatenate([*(stack["probability"] * np.asarray(weights)[:, None, None])], axis=1)
    order = np.argsort(places, axis=1, kind="stable")
    places, shares = (np.take_along_axis(each, order, 1) for each in (places, shares))
    new = np.insert(places[:, 1:] != places[:, :-1], 0, True, axis=1)  # else it goes to the class to its left
    start = np.flatnonzero(new)
    totals = np.full(places.shape, -1.0)  # runs keep different classes of a row, so that k places of it are filled
    totals.ravel()[start] = np.add.reduceat(shares.ravel(), start)
    return _sort(places, totals)[:, : stack.shape[2]]


def empty_like(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """float32 zeros, or records for values that are such."""
    return np.zeros(shape, RECORD if is_top_k(values) else np.float32)


def probability_of(values: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """float64 (N,): what RECORD values (N, k) give to one class of each row, labels int64 (N,), of `classes`."""
    kept = values["place"] == labels[:, None]
    rest = 1 - values["probability"].sum(1, dtype=np.float64)
    share = np.maximum(rest, 0) / max(classes - values.shape[1], 1)
    return np.where(kept.any(1), (values["probability"] * kept).sum(1), share)


def find_bad(values: np.ndarray, classes: int) -> np.ndarray:
    """bool (N,): rows that are no top k of `classes` classes."""
    shares, places = values["probability"], np.sort(values["place"], axis=1)
    wrong = (places[:, 0] < 0) | (places[:, -1] >= classes) | (places[:, 1:] == places[:, :-1]).any(1)
    return np.asarray(wrong | ~(shares >= 0).all(1) | ~(shares.sum(1) <= 1 + 1e-3))


def best(values: np.ndarray, k: int) -> np.ndarray:
    """int (N, k): places of the k greatest of values (N, C) or RECORD, the first of equal ones first."""
    return values["place"][:, :k] if is_top_k(values) else np.argsort(-values, axis=1, kind="stable")[:, :k]


def tabulate(rows: Any, places: Any, values: Any, shape: tuple[int, int]) -> Any:
    """float64, of that shape, 0 but for `values` at (rows, places); above MAX_BYTES a scipy.sparse.csr_array."""
    if 8 * shape[0] * shape[1] > MAX_BYTES:
        from scipy.sparse import csr_array

        return csr_array((np.broadcast_to(values, len(rows)), (rows, places)), shape, dtype=np.float64)
    out = np.zeros(shape)
    out[rows, places] = values
    return out
