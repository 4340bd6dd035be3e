"""The labels above 0.5: their names joined in one column, or 0 and 1 in a column each. What is above 0.5 was decided by
thresholds that were fitted out of fold, where the metric asks for them (kit.ensemble.finish).
"""

import numpy as np

from kit.competition import Submission
from kit.forms.form import Columns, Form, fault_of_names, find_places, index, names
from kit.targets import Target


def _fault(target: Target, form: Submission) -> str:
    if len(form.target_columns) == 1:
        joined = [name for name in names(target, form) if form.separator in name]
        return f"the label {joined[0]!r} holds the separator" if joined else fault_of_names(target, form)
    columns = form.named
    fits = len(columns) == len(form.target_columns) and set(columns) == set(target.columns)
    return "" if fits else "submission.of needs one label per target column"


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    said = target.decide(values)
    if len(form.target_columns) > 1:
        places = [target.columns.index(name) for name in form.named]
        return [[str(flag) for flag in column] for column in said[:, places].T.tolist()]
    written = names(target, form)
    return [[form.separator.join(written[place] for place in np.flatnonzero(row)) for row in said]]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    out = np.zeros((len(texts), len(target.columns)))
    if len(form.target_columns) > 1:
        places = [target.columns.index(name) for name in form.named]
        flags = index(("0", "1"))
        out[:, places] = [find_places(flags, row) for row in texts.tolist()]
        return out
    known = index(names(target, form))
    for row, text in enumerate(texts[:, 0].tolist()):
        out[row, find_places(known, text.split(form.separator) if text else [])] = 1
    return out


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    return target.decide(values).astype(np.float64)


FORM = Form(("labels",), _fault, _write, _read, _submitted)
