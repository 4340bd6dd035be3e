"""Predictions that another program wrote, as a table or as an .npz."""

from pathlib import Path

import numpy as np

from kit import arrays, predictions
from kit.competition import Competition
from kit.errors import DataError, list_names
from kit.forms import FORMS, find_faults
from kit.predictions import Predictions

NAMES = {
    "values": ("probabilities", "values", "predictions"),
    "columns": ("classes", "columns"),
}  # of arrays in an .npz


def read(path: Path, competition: Competition) -> Predictions:
    """Checked, with its columns in the target's order.

    A table (.csv) has a column of ids, called as in the submission or `id`, and either one for each column of the target, in
    any order, or the target columns of a submission that holds probabilities or numbers; others are not read. An .npz has
    `ids`, `probabilities` (or `values`) of (N, K), and `classes` (or `columns`) unless they are in the target's order.
    Raises DataError for anything else, ids that come twice, and rows that are no values of the target.
    """
    try:
        read_file = _read_arrays if path.suffix == ".npz" else _read_table
        own = predictions.order_columns(competition, read_file(path, competition))
        predictions.check(own, competition.target)
    except (OSError, ValueError) as error:  # pandas' own errors, and wrong bytes, are ValueErrors
        raise DataError(f"cannot read {path}", received=error, expected="a .csv or .npz of predictions") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return own


def _read_arrays(path: Path, competition: Competition) -> Predictions:
    headers = arrays.read_headers(path)
    found = {part: next((name for name in names if name in headers), None) for part, names in NAMES.items()}
    if "ids" not in headers or found["values"] is None:
        expected = f"ids, {' or '.join(NAMES['values'])}"
        raise DataError("an array is missing", received=list_names(list(headers)), expected=expected)
    wrong = headers["ids"].dtype.kind not in "USiu" or headers[found["values"]].dtype.kind not in "fiu"
    if wrong or (found["columns"] and headers[found["columns"]].dtype.kind not in "USiu"):
        received = ", ".join(f"{name} {header.dtype}" for name, header in headers.items())
        raise DataError("an array is of another type", received=received, expected="ids and columns of texts, numbers")
    stored = arrays.read_arrays(path)
    columns = stored[found["columns"]] if found["columns"] else competition.target.columns
    return _make(stored["ids"], stored[found["values"]], tuple(map(str, columns)))


def _read_table(path: Path, competition: Competition) -> Predictions:
    import pandas

    form, target = competition.submission, competition.target
    read = pandas.read_csv(path, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig")
    header = [str(name) for name in read]
    id_column = next((name for name in (form.id_column, "id") if name in header), None)
    if id_column is None:
        raise DataError("no column of ids", received=list_names(header), expected=form.id_column)
    ids = read[id_column].to_numpy(str)
    if set(target.columns) <= set(header):
        texts = read[list(target.columns)].to_numpy(object)
        try:
            return _make(ids, texts.astype(np.float64), target.columns)
        except ValueError:
            raise DataError("a prediction is no number", received=_find_text(ids, texts)) from None
    if form.kind in ("probability", "value") and set(form.target_columns) <= set(header):
        texts = read[list(form.target_columns)].to_numpy(object)
        try:
            return _make(ids, FORMS[form.kind].read(target, form, texts), target.columns)
        except ValueError:
            row, fault = next(find_faults(target, form, texts))
            raise DataError("a row says nothing", received=f"{ids[row]}: {fault}") from None
    raise DataError(
        "its columns are not those of the target", received=list_names(header), expected=list_names(target.columns)
    )


def _make(ids: np.ndarray, values: np.ndarray, columns: tuple[str, ...]) -> Predictions:
    """Raises DataError for ids that come twice, and for other shapes than (N,) and (N, K)."""
    names, made = np.asarray(ids).astype(str), np.asarray(values, np.float32)
    if made.shape != (len(names), len(columns)):
        raise DataError("predictions do not fit their ids", received=made.shape, expected=(len(names), len(columns)))
    different, counts = np.unique(names, return_counts=True)
    if len(different) < len(names):
        raise DataError("an id comes twice", received=repr(str(different[counts > 1][0])))
    return Predictions(names, made, columns)


def _find_text(ids: np.ndarray, texts: np.ndarray) -> str:
    """The first that is no number, with its id."""
    for name, row in zip(ids, texts, strict=True):
        for text in row:
            try:
                float(text)
            except ValueError:
                return f"{text!r} of {name}"
    return "none"
