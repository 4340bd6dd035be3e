"""What the submission file holds of a row, one file per form. The score of a run is the score of what these write.

label        one class                                   probability  a number from 0 to 1 per column
labels       those above 0.5, joined, or 0 and 1         ranking      the k most probable classes, joined
value        a number per column, within its bounds
"""

from collections.abc import Iterator

import numpy as np

from kit.competition import Submission
from kit.forms import label, labels, probability, ranking, value
from kit.forms.form import Form
from kit.targets import Target

__all__ = ["FORMS", "Form", "find_faults"]

FORMS: dict[str, Form] = {
    "label": label.FORM,
    "probability": probability.FORM,
    "labels": labels.FORM,
    "ranking": ranking.FORM,
    "value": value.FORM,
}


def find_faults(target: Target, form: Submission, texts: np.ndarray) -> Iterator[tuple[int, str]]:
    """(row, what is wrong) of each row of texts (N, target columns) that says nothing; row by row only where there is one."""
    read = FORMS[form.kind].read
    try:
        read(target, form, texts)
    except ValueError:
        for row in range(len(texts)):
            try:
                read(target, form, texts[row : row + 1])
            except ValueError as error:
                yield row, str(error)
