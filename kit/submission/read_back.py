"""What a submission file says: its ids, and the values that are scored."""

import io
from pathlib import Path

import numpy as np

from kit.competition import Competition
from kit.errors import DataError
from kit.forms import FORMS, find_faults


def read_back(competition: Competition, source: Path | bytes) -> tuple[np.ndarray, np.ndarray]:
    """(ids (N,) text, values float64 (N, K) as kit.forms reads them) of a file or of its bytes.

    Only read, not validated (`kit submit` does that): rows may be more or fewer than the sample's. Raises DataError for a
    file without the competition's columns, for an id that comes twice and for texts that are none of its own.
    """
    import pandas  # 300,000 rows in a third of the csv module's time, import included

    form = competition.submission
    name, wanted = source if isinstance(source, Path) else "the submission", [form.id_column, *form.target_columns]
    handle = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        read = pandas.read_csv(handle, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' own errors, and wrong bytes, are ValueErrors
        raise DataError(f"cannot read {name}", received=error, do="give a run id or a FILE.csv") from None
    if missing := [column for column in wanted if column not in read]:
        raise DataError(
            f"{name} lacks a column {missing[0]!r}",
            received=", ".join(map(str, read))[:200],
            expected=", ".join(wanted),
        )
    if (twice := read[form.id_column].duplicated()).any():
        raise DataError(f"{name} holds an id twice", received=repr(read[form.id_column][twice].iloc[0]))
    return read[form.id_column].to_numpy(str), _read(competition, name, read[wanted[1:]].to_numpy(object))


def _read(competition: Competition, name: Path | str, texts: np.ndarray) -> np.ndarray:
    target, form = competition.target, competition.submission
    try:
        return FORMS[form.kind].read(target, form, texts)
    except ValueError:
        row, fault = next(find_faults(target, form, texts))
        raise DataError(f"{name}, row {row + 1} says nothing that can be scored", received=fault) from None
