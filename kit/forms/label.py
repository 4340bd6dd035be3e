"""One class per row, the most probable one."""

import numpy as np

from kit import top_k
from kit.competition import Submission
from kit.forms.form import Columns, Form, fault_of_names, find_places, index, names
from kit.targets import Target


def _write(target: Target, form: Submission, values: np.ndarray, clip: float) -> Columns:
    written = names(target, form)
    return [[written[place] for place in target.decide(values).tolist()]]


def _read(target: Target, form: Submission, texts: np.ndarray) -> np.ndarray:
    return _tabulate(target, np.array(find_places(index(names(target, form)), texts[:, 0].tolist()), np.int64))


def _submitted(target: Target, form: Submission, values: np.ndarray, clip: float) -> np.ndarray:
    return _tabulate(target, target.decide(values))


def _tabulate(target: Target, decided: np.ndarray) -> np.ndarray:
    return top_k.tabulate(np.arange(len(decided)), decided, 1.0, (len(decided), len(target.columns)))


FORM = Form(("classes", "grades"), fault_of_names, _write, _read, _submitted)
