"""The k most probable classes of a row in one column, best first. Read back, a class is worth 1 / its place, others nothing."""

import numpy as np

from kit.competition import Submission
from kit.forms.form import Columns, Form, fault_of_names, find_places, index, names
from kit.targets import Target


def _fault(target: Target, form: Submission) -> str:
    joined = [name for name in names(target, form) if form.separator in name]
    return f"the class {joined[0]!r} holds the separator" if joined else fault_of_names(target, form)


def _best(form: Submission, values: np.ndarray) -> np.ndarray:
    """int64 (N, k): the places of the best, the first of equal ones first."""
    return np.argsort(-values, axis=1, kind="stable")[:, : form.k]


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    written = np.array(names(target, form), object)
    return [[form.separator.join(row) for row in written[_best(form, values)].tolist()]]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    out, known = np.zeros((len(texts), len(target.columns))), index(names(target, form))
    for row, text in enumerate(texts[:, 0].tolist()):
        places = find_places(known, text.split(form.separator))
        if len(set(places)) < len(places) or len(places) > form.k:
            raise ValueError(f"{text!r}, which is not up to {form.k} different classes")
        out[row, places] = 1 / np.arange(1, len(places) + 1)
    return out


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    best, out = _best(form, values), np.zeros(values.shape)
    np.put_along_axis(out, best, 1 / np.arange(1, best.shape[1] + 1)[None], axis=1)
    return out


FORM = Form(("classes", "grades"), _fault, _write, _read, _submitted)
