"""Probabilities travel with their ids in one file, and are always joined by id, never by position."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit.competition import Competition
from kit.errors import DataError
from kit.files import open_atomic


@dataclass(frozen=True)
class Predictions:
    """ids: N texts, unique. probabilities: float32 (N, C), rows summing to 1. classes: C names in column order."""

    ids: np.ndarray
    probabilities: np.ndarray
    classes: tuple[str, ...]

    def select(self, ids: Sequence[str] | np.ndarray) -> np.ndarray:
        """The probabilities of `ids`, in that order, float32 (len(ids), C). Raises DataError for an id that is missing."""
        return np.asarray(self.probabilities[find_rows(self.ids, ids, "have no prediction")])


def index_ids(ids: np.ndarray) -> dict[str, int]:
    """The row of each id. ids: texts (N,), unique."""
    return {name: row for row, name in enumerate(ids.tolist())}


def find_rows(
    ids: np.ndarray, wanted: Sequence[str] | np.ndarray, missing_say: str = "are not in the data here"
) -> np.ndarray:
    """int64 (len(wanted),): in which rows of `ids`, texts (N,), those ids lie. Raises DataError for one that is not there."""
    row, names = index_ids(ids), list(map(str, wanted))
    if missing := [name for name in names if name not in row]:
        raise DataError(
            f"{len(missing)} ids {missing_say}",
            received=f"first missing id {missing[0]!r}",
            expected=f"all {len(names)} ids",
        )
    return np.array([row[name] for name in names], dtype=np.int64)


def make(ids: Sequence[str] | np.ndarray, probabilities: np.ndarray, classes: Sequence[str]) -> Predictions:
    """Checked predictions. Raises DataError for repeated ids, wrong shapes, or rows that are not probabilities."""
    names = np.asarray(ids, dtype=str)
    values = np.asarray(probabilities, dtype=np.float32)
    if values.shape != (len(names), len(classes)):
        raise DataError("predictions do not fit their ids", received=values.shape, expected=(len(names), len(classes)))
    if len(np.unique(names)) != len(names):
        raise DataError("predictions hold an id twice", received=f"{len(names)} ids, {len(np.unique(names))} different")
    bad = ~np.isfinite(values).all(1) | (values < 0).any(1) | (np.abs(values.sum(1) - 1) > 1e-3)
    if bad.any():
        raise DataError(
            f"{int(bad.sum())} rows of predictions are not probabilities",
            received=values[bad][0].tolist(),
            expected="numbers from 0 to 1 that sum to 1",
        )
    return Predictions(names, values, tuple(classes))


def order_classes(competition: Competition, unordered: Predictions) -> Predictions:
    """With its columns in the competition's order of classes."""
    if unordered.classes == competition.classes:
        return unordered
    if set(unordered.classes) != set(competition.classes):
        raise DataError(
            "the predictions are of other classes", received=unordered.classes, expected=", ".join(competition.classes)
        )
    columns = [unordered.classes.index(name) for name in competition.classes]
    return Predictions(unordered.ids, unordered.probabilities[:, columns], competition.classes)


def match_ids(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows of a, rows of b), int64, of the ids that both hold, in a's order. a, b: texts, each unique within itself."""
    if np.array_equal(a, b) or not len(b):
        both = np.arange(min(len(a), len(b)))
        return both, both
    order = np.argsort(b)
    row = order[np.searchsorted(b, a, sorter=order).clip(max=len(b) - 1)]
    held = b[row] == a
    return np.flatnonzero(held), row[held]


def save(path: Path, predictions: Predictions) -> None:
    with open_atomic(path) as handle:
        np.savez(
            handle, ids=predictions.ids, probabilities=predictions.probabilities, classes=np.array(predictions.classes)
        )


def load(path: Path) -> Predictions:
    """What `save` wrote, such as run.oof and run.test of a finished run. Raises DataError for a missing or damaged file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return make(stored["ids"], stored["probabilities"], [str(name) for name in stored["classes"]])
    except FileNotFoundError:
        raise DataError(f"no predictions at {path}", do="finish the run first: kit train --resume RUN") from None
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is damaged", received=error, do="repeat the step that wrote it") from None


def softmax(values: np.ndarray) -> np.ndarray:
    """Over the last axis, float32."""
    exponentials = np.exp(values - values.max(-1, keepdims=True))
    return (exponentials / exponentials.sum(-1, keepdims=True)).astype(np.float32)
