"""Predicted values travel with their ids in one file, and are always joined by id, never by position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kit import arrays, top_k
from kit.competition import Competition
from kit.errors import DataError, list_names
from kit.files import open_atomic
from kit.targets import Target


@dataclass(frozen=True)
class Predictions:
    """ids: N texts, unique. values: float32 (N, K), as the target has them (kit.targets), and as they are submitted; where
    `keeps_top_k`, the records (N, k) of kit.top_k. columns: the K names. unfinished: likewise, of before a finish decided by
    cut points, say; None where nothing did.
    """

    ids: np.ndarray
    values: np.ndarray
    columns: tuple[str, ...]
    unfinished: np.ndarray | None = None

    def before_finish(self) -> "Predictions":
        """What can be joined with others': the values of before a finish."""
        return self if self.unfinished is None else Predictions(self.ids, self.unfinished, self.columns)

    def select(self, ids: Sequence[str] | np.ndarray) -> np.ndarray:
        """The values of `ids`, in that order, float32 (len(ids), K). Raises DataError for an id that is missing."""
        return np.asarray(self.values[find_rows(self.ids, ids, "have no prediction")])


def index_ids(ids: np.ndarray) -> dict[str, int]:
    """The row of each id. ids: texts (N,), unique."""
    return {name: row for row, name in enumerate(ids.tolist())}


def find_rows(
    ids: np.ndarray, wanted: Sequence[str] | np.ndarray, missing_say: str = "are not in the data here"
) -> np.ndarray:
    """int64 (len(wanted),): in which rows of `ids`, texts (N,), those ids lie. Raises DataError for one that is not there."""
    names = np.asarray(wanted, str)
    found, rows = match_ids(names, ids)
    if missing := np.delete(names, found).tolist():
        raise DataError(
            f"{len(missing)} ids {missing_say}",
            received=f"first missing id {missing[0]!r}",
            expected=f"all {len(names)} ids",
        )
    return rows


def make(
    ids: Sequence[str] | np.ndarray, values: np.ndarray, target: Target, unfinished: np.ndarray | None = None
) -> Predictions:
    """Checked predictions. Raises DataError for repeated ids, wrong shapes, or rows that are no values of the target."""
    made = _shape(ids, values, target.columns, unfinished)
    check(made, target)
    return made


def check(predictions: Predictions, target: Target) -> None:
    """Raises DataError for rows that are no values of the target."""
    for values in (predictions.values, predictions.unfinished):
        if values is not None and (bad := target.find_bad(values)).any():
            raise DataError(
                f"{int(bad.sum())} rows of predictions are not {target.expected}", received=values[bad][0].tolist()
            )


def _shape(
    ids: Sequence[str] | np.ndarray, given: np.ndarray, columns: Sequence[str], unfinished: np.ndarray | None = None
) -> Predictions:
    names = np.asarray(ids, dtype=str)
    both = [_as_values(values) for values in (given, unfinished) if values is not None]
    expected = (len(names), given.shape[-1] if top_k.is_top_k(both[0]) else len(columns))
    if wrong := [values.shape for values in both if values.shape != expected]:
        raise DataError("predictions do not fit their ids", received=wrong[0], expected=expected)
    if len(np.unique(names)) != len(names):
        raise DataError("predictions hold an id twice", received=f"{len(names)} ids, {len(np.unique(names))} different")
    return Predictions(names, both[0], tuple(columns), *both[1:])


def _as_values(given: Any) -> np.ndarray:
    values = np.asarray(given)
    return values if top_k.is_top_k(values) else values.astype(np.float32, copy=False)


def keeps_top_k(competition: Competition, rows: int) -> bool:
    """Whether predictions of so many rows are those of kit.top_k: of a class or a ranking, where all would be over 256 MiB."""
    judged = competition.target.kind == "classes" and competition.submission.kind in ("label", "ranking")
    return judged and 4 * rows * len(competition.target.columns) > top_k.MAX_BYTES


def check_whole(predictions: Predictions, purpose: str) -> None:
    """Raises DataError for those of kit.top_k, which lack what `purpose` needs."""
    if top_k.is_top_k(predictions.values):
        k, classes = predictions.values.shape[1], len(predictions.columns)
        raise DataError(
            f"{purpose} needs all probabilities of a row",
            received=f"the {k} greatest of {classes:,} classes, since all would not fit into memory",
        )


def average(given: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of several values of the same rows: (N, K), or the records of kit.top_k."""
    if top_k.is_top_k(given[0]):
        return top_k.mean(np.stack(given), np.full(len(given), 1 / len(given)))
    return np.mean(given, axis=0)


def order_columns(competition: Competition, unordered: Predictions) -> Predictions:
    """With its columns in the competition's order of them."""
    if unordered.columns == competition.target.columns:
        return unordered
    if set(unordered.columns) != set(competition.target.columns):
        raise DataError(
            "the predictions are of other classes",
            received=list_names(unordered.columns),
            expected=list_names(competition.target.columns),
        )
    place = {name: column for column, name in enumerate(unordered.columns)}
    columns = [place[name] for name in competition.target.columns]
    if not top_k.is_top_k(unordered.values):
        return Predictions(unordered.ids, unordered.values[:, columns], competition.target.columns)
    values = unordered.values.copy()
    values["place"] = np.argsort(columns)[values["place"]]
    return Predictions(unordered.ids, values, competition.target.columns)


def match_ids(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows of a, rows of b), int64, of the ids that both hold, in a's order. a, b: texts, b's unique."""
    if np.array_equal(a, b) or not len(b):
        both = np.arange(min(len(a), len(b)))
        return both, both
    left, right = _hash(a), _hash(b)
    if len(np.unique(right)) < len(b):  # two ids of one hash: by the texts themselves, which takes ten times as long
        left, right = a, b
    order = np.argsort(right)
    row = order[np.searchsorted(right, left, sorter=order).clip(max=len(b) - 1)]
    held = b[row] == a
    return np.flatnonzero(held), row[held]


def _hash(ids: np.ndarray) -> np.ndarray:
    return np.fromiter(map(hash, ids), np.int64, len(ids))


def save(path: Path, predictions: Predictions) -> None:
    """The arrays' names are those of before there were other targets than classes."""
    named: dict[str, Any] = {
        "ids": predictions.ids,
        "probabilities": predictions.values,
        "classes": np.array(predictions.columns),
    }
    if predictions.unfinished is not None:
        named["unfinished"] = predictions.unfinished
    with open_atomic(path) as handle:
        np.savez(handle, **named)


def load(path: Path, known: np.ndarray | None = None) -> Predictions:
    """What `save` wrote, such as run.oof and run.test of a finished run. Raises DataError for a missing or damaged file.

    known: the ids that there are here. More of them, or longer ones, are refused before any data of the file is read.
    """
    try:
        _check_headers(arrays.read_headers(path), known)
        stored = arrays.read_arrays(path)
        columns = [str(name) for name in stored["classes"]]
        return _shape(stored["ids"], stored["probabilities"], columns, stored.get("unfinished"))
    except FileNotFoundError:
        raise DataError(f"no predictions at {path}", do="finish the run first: kit train --resume RUN") from None
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"{path} is damaged", received=error, do="repeat the step that wrote it") from None


def _check_headers(headers: Mapping[str, arrays.Header], known: np.ndarray | None) -> None:
    """Raises ValueError for other arrays than `save` writes, or of other shapes and types. What it writes is not compressed, so
    that none takes more memory than its file has bytes.
    """
    ids, columns = headers["ids"], headers["classes"]
    values = [headers[name] for name in ("probabilities", "unfinished") if name in headers]
    texts = all(one.dtype.kind == "U" and len(one.shape) == 1 for one in (ids, columns))
    numbers = all(len(one.shape) == 2 and (one.dtype.kind == "f" or one.dtype == top_k.RECORD) for one in values)
    strange = headers.keys() - {"ids", "probabilities", "classes", "unfinished"}
    if strange or not (texts and numbers and values) or any(one.compressed for one in headers.values()):
        found = ", ".join(f"{name} {one.dtype} {one.shape}" for name, one in headers.items())
        raise ValueError(f"arrays that are no predictions: {found[:200]}")
    if known is not None and (ids.shape[0] > len(known) or ids.dtype.itemsize > max(1024, known.dtype.itemsize)):
        raise ValueError(
            f"{ids.shape[0]} ids as {ids.dtype}, more or longer than the {len(known)} here as {known.dtype}"
        )
