"""The columns of a split's table as one array, float32 (N, K), numbers first.

A number is itself; a category is the place of its text among those that the training rows hold, sorted. What is missing is nan,
and a category that training never saw UNKNOWN.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kit.competition import Competition, Split, Table
from kit.errors import DataError, list_names, nearest
from kit.progress import say

UNKNOWN = -1
Levels = tuple[tuple[str, ...], ...]  # the texts of each column of categories


def values(split: Split) -> Mapping[str, Sequence[Any]]:
    """The columns by name; none of a split without a table."""
    return {} if split.table is None else split.table


def check(competition: Competition, part: str, split: Split) -> None:
    """Raises DataError for a declared column that the split lacks, or that has not one value per row."""
    told = values(split)
    for name in competition.table.columns:
        if name not in told:
            held = [str(column) for column in told]
            raise DataError(f"the table of {part} has no column {name!r}", do=nearest(name, held) if held else "")
        if len(told[name]) != len(split.ids):
            received = f"{len(split.ids)} ids, {len(told[name])} values of column {name!r}"
            raise DataError(f"{part} data do not fit", received=received)


def list_levels(table: Table, train: Split) -> Levels:
    """What texts each column of categories holds in the training rows, sorted."""
    told = values(train)
    return tuple(tuple(sorted(set(_texts(told[name])) - {""})) for name in table.categories)


def encode_both(table: Table, train: Split, test: Split, levels: Levels) -> tuple[np.ndarray, np.ndarray]:
    """As `encode`, of both parts; says what is odd about them. train: without rows in a kernel that only predicts."""
    learned, asked = encode(table, "train", train, levels), encode(table, "test", test, levels)
    if len(learned):
        _mention_odd(table, test.ids, learned, asked)
    return learned, asked


def encode(table: Table, part: str, split: Split, levels: Levels) -> np.ndarray:
    """float32 (N, K). Raises DataError for what is no number in a column of numbers. levels: of `list_levels`."""
    if not len(split.ids):
        return np.empty((0, len(table.columns)), np.float32)
    out = np.full((len(split.ids), len(table.columns)), np.nan, np.float32)
    told = values(split)
    for place, name in enumerate(table.numbers):
        out[:, place] = [_number(part, row, name, value) for row, value in zip(split.ids, told[name], strict=True)]
    for place, (name, known) in enumerate(zip(table.categories, levels, strict=True), len(table.numbers)):
        code = {"": np.nan} | {text: number for number, text in enumerate(known)}
        out[:, place] = [code.get(text, UNKNOWN) for text in _texts(told[name])]
    return out


def _number(part: str, row: str, name: str, value: Any) -> float:
    if _is_missing(value):
        return np.nan
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.inf
    if not abs(number) <= np.finfo(np.float32).max:
        what = f"column {name!r} of the table, row {row!r} of {part}"
        do = "declare it among the categories, or name what stands for a missing value"
        raise DataError(what, received=repr(value), expected="a number", do=do)
    return number


def _texts(values: Iterable[Any]) -> list[str]:
    return ["" if _is_missing(value) else _text(value) for value in values]


def _text(value: Any) -> str:
    """A whole number alike, whether a column without missing values or one with them holds it."""
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return str(int(value)) if whole else str(value).strip()


def _is_missing(value: Any) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    try:
        return bool(value != value)
    except TypeError:  # as of pandas.NA
        return True


def describe(competition: Competition) -> dict[str, list[str]] | None:
    """The names of the columns; None without a table, as of a cache from before there were tables."""
    table = competition.table
    return {"numbers": [*table.numbers], "categories": [*table.categories]} if table.columns else None


def _mention_odd(table: Table, ids: Sequence[str], train: np.ndarray, test: np.ndarray) -> None:
    """Says which columns tell nothing, and how many of the test rows `ids` are of a category that training never saw."""
    filled = ~np.isnan(train)
    for what, odd in (
        ("is empty", ~filled.any(0)),
        ("holds one value alone", [_is_constant(values) for values in train.T]),
    ):
        if names := [name for name, found in zip(table.columns, odd, strict=True) if found]:
            say(f"the table of train: {len(names)} columns tell nothing: {list_names(names)} {what}")
    for place, name in enumerate(table.categories, len(table.numbers)):
        if len(unknown := np.flatnonzero(test[:, place] == UNKNOWN)):
            say(
                f"column {name!r}: {len(unknown)} test rows are of a category that training never saw, such as that of "
                f"{ids[unknown[0]]!r}; it is taken as unknown"
            )


def _is_constant(values: np.ndarray) -> bool:
    """Of a column, float32 (N,), that is not empty."""
    known = values[~np.isnan(values)]
    return len(known) == len(values) > 1 and bool((known == known[0]).all())


def spread(table: Table, levels: Levels, rows: np.ndarray) -> np.ndarray:
    """float32 (N, D) for a linear layer, of encoded rows (N, K): numbers, 0 where missing; whether each is missing; and of each
    category whether it is this one.
    """
    numbers, missing = np.nan_to_num(rows[:, : len(table.numbers)]), np.isnan(rows[:, : len(table.numbers)])
    named = [rows[:, [place]] == np.arange(len(texts)) for place, texts in enumerate(levels, len(table.numbers))]
    return np.concatenate([numbers, missing, *named], axis=1, dtype=np.float32)
