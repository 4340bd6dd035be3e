"""What is compared: predictions read from a run or a submission file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit import predictions, runs
from kit.competition import Competition
from kit.data import holdout
from kit.errors import DataError
from kit.predictions import Predictions, order_columns
from kit.runs import Run, provenance


@dataclass(frozen=True)
class Side:
    """What is compared: a run, or a submission file (run None, and nothing out of fold)."""

    name: str
    run: Run | None
    oof: Predictions | None
    test: Predictions


def side(competition: Competition, reference: str) -> Side:
    """A run by its id, or a FILE.csv. Raises DataError for what is neither, and for a run of another competition."""
    if reference.endswith(".csv"):  # a run's id ends in a time, never in .csv
        return Side(reference, None, None, submission(competition, Path(reference)))
    run = runs.find(reference)
    provenance.check_competition(run, competition.slug)
    return Side(
        run.id, run, order_columns(competition, predictions.load(run.oof)), read_test_predictions(competition, run)
    )


def read_test_predictions(competition: Competition, run: Run) -> Predictions:
    """A run's predictions of the competition's own test rows."""
    return order_columns(competition, holdout.drop_held_out(predictions.load(run.test)))


def submission(competition: Competition, path: Path) -> Predictions:
    """A submission file as probabilities; a label is a probability of 1, classes without a column share what is left.

    Only read, not validated (`kit submit` does that): rows may be more or fewer than the sample's. Raises DataError for a
    file without the competition's columns, for an id that comes twice and for values that are none of its own.
    """
    import pandas  # 300,000 rows in a third of the csv module's time, import included

    form, wanted = competition.submission, [competition.submission.id_column, *competition.submission.target_columns]
    try:
        read = pandas.read_csv(path, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' own errors, and wrong bytes, are ValueErrors
        raise DataError(f"cannot read {path}", received=error, do="give a run id or a FILE.csv") from None
    if missing := [name for name in wanted if name not in read]:
        raise DataError(
            f"{path} lacks a column {missing[0]!r}",
            received=", ".join(map(str, read))[:200],
            expected=", ".join(wanted),
        )
    if (twice := read[form.id_column].duplicated()).any():
        raise DataError(f"{path} holds an id twice", received=repr(read[form.id_column][twice].iloc[0]))
    values = _labels if form.kind == "label" else _numbers
    probabilities = values(competition, path, read[wanted[1:]].to_numpy(object))
    return Predictions(read[form.id_column].to_numpy(str), probabilities, competition.target.columns)


def _labels(competition: Competition, path: Path, given: np.ndarray) -> np.ndarray:
    column = {value: number for number, value in enumerate(competition.submission.values or competition.target.columns)}
    indices = np.array([column.get(value, -1) for value in given[:, 0]], dtype=np.int64)
    if (odd := np.flatnonzero(indices < 0)).size:
        value = given[odd[0], 0]
        raise DataError(f"{path}, row {odd[0] + 1} holds no label", received=repr(value), expected=", ".join(column))
    return np.eye(len(column), dtype=np.float32)[indices]


def _numbers(competition: Competition, path: Path, given: np.ndarray) -> np.ndarray:
    form, classes = competition.submission, competition.target.columns
    try:
        probabilities = given.astype(np.float32)
    except ValueError as error:
        raise DataError(f"{path} holds a value that is no number", received=error) from None
    if not np.isfinite(probabilities).all():
        raise DataError(f"{path} holds a value that is not finite")
    columns = [classes.index(name) for name in form.of or form.target_columns]
    silent = len(classes) - len(columns)
    out = np.repeat((1 - probabilities.sum(1, keepdims=True)) / max(silent, 1), len(classes), axis=1)
    out[:, columns] = probabilities
    return out
