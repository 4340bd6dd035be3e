"""Every error a user can meet, one line each, with an exit code by family.

KitError                    1   something the kit did not foresee
 ├─ TrainingError           1   a training that cannot go on: its loss is no number, memory ran out
 ├─ ConfigError             2   a wrong option, key or type
 ├─ DataError               3   a competition, archive, image, table, weights file or run that is not what it should be
 ├─ AccessError             4   no token, a refused token, rules not accepted
 ├─ KaggleError             5   Kaggle or the network failed or refused (quota, 5xx, timeout)
 ├─ TrackingError           5   the MLflow server or its file failed or refused
 └─ SubmissionError         6   a submission file that Kaggle would refuse or score wrongly

Ctrl-C and SIGTERM end with 130 and 143.
"""

import difflib
from collections.abc import Iterable, Sequence

LISTED = 12  # names that a message holds
LONGEST = 1000  # characters of each of its parts: what was received may be a file's whole content


class KitError(Exception):
    """One line for people: what is wrong, what was received, what was expected, what to do."""

    exit_code = 1

    def __init__(self, what: str, *, received: object = None, expected: object = None, do: str | None = None) -> None:
        parts = [what.rstrip(".")]
        if received is not None:
            parts.append(f"received {received}")
        if expected is not None:
            parts.append(f"expected {expected}")
        if do:
            parts.append(do)
        super().__init__("; ".join(_fit_into_line(part) for part in parts))


def _fit_into_line(part: str) -> str:
    line = " ".join(part.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


class TrainingError(KitError):
    exit_code = 1


class ConfigError(KitError):
    exit_code = 2


class DataError(KitError):
    exit_code = 3


class NewerVersionError(DataError):
    """Of a stored record that a newer kit wrote: nothing is wrong with it."""


class AccessError(KitError):
    exit_code = 4


class KaggleError(KitError):
    exit_code = 5


class TrackingError(KitError):
    exit_code = 5


class SubmissionError(KitError):
    exit_code = 6


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a mistyped name: the nearest known one, else all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return "choose from: " + ", ".join(names) if names else "there is none yet"


def list_names(known: Sequence[str]) -> str:
    """The first of them, and how many there are if that is not all."""
    more = f", ... ({len(known)} in all)" if len(known) > LISTED else ""
    return ", ".join(known[:LISTED]) + more
