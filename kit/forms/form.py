"""What a form of submission is: how predicted values become the texts of a row, and what these texts say when they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kit.competition import Submission
from kit.errors import list_names
from kit.targets import Target

Columns = list[list[str]]  # one list of texts per target column


@dataclass(frozen=True)
class Form:
    """kinds: of targets, of which it can hold the values (N, K).

    fault: what of a Submission does not fit a target; empty if nothing. write: (target, submission, values, clip) -> texts,
    by target column. read: (target, submission, texts (N, target columns)) -> values, float64 (N, K), as the file says them;
    it raises ValueError for a text that says none. submitted: (target, submission, values, clip) -> what `read` gives of what
    `write` writes, without the texts. clip: probabilities are written within [clip, 1 - clip].
    """

    kinds: tuple[str, ...]
    fault: Callable[[Target, Submission], str]
    write: Callable[[Target, Submission, np.ndarray, float], Columns]
    read: Callable[[Target, Submission, np.ndarray], np.ndarray]
    submitted: Callable[[Target, Submission, np.ndarray, float], np.ndarray]


def names(target: Target, form: Submission) -> tuple[str, ...]:
    """How the file writes each column of the target."""
    return form.values or target.columns


def fault_of_names(target: Target, form: Submission) -> str:
    if len(form.target_columns) != 1:
        return f"submission.target_columns has to be one column, for the form {form.kind!r}"
    return "" if len(names(target, form)) == len(target.columns) else "submission.values needs one value per class"


def index(known: Sequence[str]) -> dict[str, int]:
    """The place of each."""
    return {name: place for place, name in enumerate(known)}


def find_places(places: Mapping[str, int], texts: Sequence[str]) -> list[int]:
    """Raises ValueError for a text that is none of those in `places`."""
    if (odd := next((text for text in texts if text not in places), None)) is not None:
        raise ValueError(f"{odd!r}, none of {list_names(list(places))}")
    return [places[text] for text in texts]
