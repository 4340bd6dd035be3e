"""A probability per target column; classes without a column share what the others leave."""

import numpy as np

from kit.competition import Submission
from kit.forms.form import Columns, Form
from kit.targets import Target


def _fault(target: Target, form: Submission) -> str:
    columns = form.named
    fits = len(columns) == len(form.target_columns) and set(columns) <= set(target.columns)
    if fits and target.kind == "labels" and len(columns) < len(target.columns):
        return "submission.of needs a target column for each label"
    return "" if fits else "submission.of needs one class per target column"


def _clip(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    places = [target.columns.index(name) for name in form.named]
    return np.clip(values.astype(np.float64), clip, 1 - clip)[:, places]


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    """With the nine digits from which a float32 comes back exactly."""
    return [[f"{value:.9g}" for value in column] for column in _clip(target, form, values, clip).T.tolist()]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    numbers = texts.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("a value that is not finite")
    return _spread(target, form, numbers)


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    if set(form.named) == set(target.columns) or len(target.columns) == 2:
        return np.clip(values, clip, 1 - clip)  # of two classes either column says both
    return _spread(target, form, _clip(target, form, values, clip))


def _spread(target: Target, form: Submission, numbers: np.ndarray) -> np.ndarray:
    places = [target.columns.index(name) for name in form.named]
    silent = len(target.columns) - len(places)
    out = np.repeat((1 - numbers.sum(1, keepdims=True)) / max(silent, 1), len(target.columns), axis=1)
    out[:, places] = numbers
    return out


FORM = Form(("classes", "grades", "votes", "labels"), _fault, _write, _read, _submitted)
