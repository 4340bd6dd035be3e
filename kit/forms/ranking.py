"""The k most probable classes of a row in one column, best first. Read back, a class is worth 1 / its place, others nothing."""

from itertools import chain

import numpy as np

from kit import top_k
from kit.competition import Submission
from kit.forms.form import Columns, Form, fault_of_names, find_places, index, names
from kit.targets import Target


def _fault(target: Target, form: Submission) -> str:
    joined = [name for name in names(target, form) if form.separator in name]
    return f"the class {joined[0]!r} holds the separator" if joined else fault_of_names(target, form)


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    written = np.array(names(target, form), object)
    return [[form.separator.join(row) for row in written[top_k.best(values, form.k)].tolist()]]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    known, listed = index(names(target, form)), []
    for text in texts[:, 0].tolist():
        listed.append(find_places(known, text.split(form.separator)))
        if len(set(listed[-1])) < len(listed[-1]) or len(listed[-1]) > form.k:
            raise ValueError(f"{text!r}, which is not up to {form.k} different classes")
    return _tabulate(target, listed)


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    return _tabulate(target, top_k.best(values, form.k).tolist())


def _tabulate(target: Target, listed: list[list[int]]) -> np.ndarray:
    lengths = [len(places) for places in listed]
    worth = [1 / place for length in lengths for place in range(1, length + 1)]
    rows, places = np.repeat(np.arange(len(listed)), lengths), list(chain.from_iterable(listed))
    return top_k.tabulate(rows, places, worth, (len(listed), len(target.columns)))


FORM = Form(("classes", "grades"), _fault, _write, _read, _submitted)
