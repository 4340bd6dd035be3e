"""A number per target column, within the target's bounds."""

import numpy as np

from kit.competition import Submission
from kit.forms.form import Columns, Form
from kit.targets import Target


def _fault(target: Target, form: Submission) -> str:
    fits = len(form.named) == len(form.target_columns) and set(form.named) == set(target.columns)
    return "" if fits else "submission.of needs one number per target column"


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    places = [target.columns.index(name) for name in form.named]
    return [[f"{value:.9g}" for value in column] for column in target.decide(values)[:, places].T.tolist()]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    out = np.empty((len(texts), len(target.columns)))
    out[:, [target.columns.index(name) for name in form.named]] = texts.astype(np.float64)
    if not np.isfinite(out).all():
        raise ValueError("a value that is not finite")
    return out


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    return np.asarray(target.decide(values), np.float64)


FORM = Form(("numbers",), _fault, _write, _read, _submitted)
