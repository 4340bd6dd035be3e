"""Labels from a table, joined to images by id: one of several classes, several at once, tags in one column, numbers; and the
columns to learn from.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from kit.competition import Table
from kit.data.tables import table
from kit.errors import DataError

ZERO_ONE = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0}


def column(path: Path, name: str) -> list[str]:
    """One column of a table, as text: the ids, say. Raises DataError as `table` does."""
    return [row[name] for row in table(path, (name,))]


def labels(path: Path, ids: Sequence[str], id_column: str, label_column: str) -> list[str]:
    """The label of each of `ids` from a table, in their order.

    Raises DataError for an id that the table lacks or repeats, and for one in the table that is not among `ids`.
    """
    return [row[label_column] for row in _join(path, ids, id_column, (label_column,))]


def one_hot(path: Path, ids: Sequence[str], id_column: str, columns: Sequence[str]) -> list[str]:
    """For each of `ids` the one of `columns` that holds 1, the others 0. Raises DataError as `labels` does, and otherwise."""
    named = label_columns(path, ids, id_column, columns)
    for name, found in zip(ids, named, strict=True):
        if len(found) != 1:
            raise DataError(
                f"{path}: id {name!r} is not of one class",
                received=", ".join(found) or "no 1 in any column",
                expected="one 1 in each row",
            )
    return [found[0] for found in named]


def label_columns(path: Path, ids: Sequence[str], id_column: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """For each of `ids` those of `columns` that hold 1; the others hold 0. Raises DataError as `labels` does, and otherwise."""

    def held(row: dict[str, str], name: str) -> bool:
        return bool(_parse(path, row, id_column, name, ZERO_ONE.__getitem__, "0 or 1"))

    return [tuple(name for name in columns if held(row, name)) for row in _join(path, ids, id_column, tuple(columns))]


def tags(
    path: Path, ids: Sequence[str], id_column: str, tag_column: str, separator: str = " "
) -> list[tuple[str, ...]]:
    """For each of `ids` the tags in one column, which `separator` stands between. Raises DataError as `labels` does."""
    texts = labels(path, ids, id_column, tag_column)
    return [tuple(tag.strip() for tag in text.split(separator) if tag.strip()) for text in texts]


def numbers(path: Path, ids: Sequence[str], id_column: str, columns: Sequence[str]) -> list[tuple[float, ...]]:
    """For each of `ids` the numbers in `columns`. Raises DataError as `labels` does, and for what is no number."""
    return [
        tuple(_parse(path, row, id_column, name, float, "a number") for name in columns)
        for row in _join(path, ids, id_column, tuple(columns))
    ]


def table_columns(
    path: Path, ids: Sequence[str], id_column: str, columns: Table, missing: Collection[str] = ("",)
) -> dict[str, list[str | None]]:
    """The columns of Split.table for each of `ids`, in their order; other rows of the table are left alone.

    missing: texts that stand for a missing value, such as "NA". Raises DataError for an id that the table lacks or repeats.
    """
    known = _index(path, id_column, columns.columns)
    if lacking := [name for name in ids if name not in known]:
        raise DataError(
            f"{path} has no row for {len(lacking)} of {len(ids)} ids, such as {lacking[0]!r}",
            received=f"{len(known)} rows, such as of {next(iter(known), '')!r}",
        )
    return {name: [None if (text := known[one][name]) in missing else text for one in ids] for name in columns.columns}


def _parse(
    path: Path, row: dict[str, str], id_column: str, name: str, parse: Callable[[str], float], expected: str
) -> float:
    try:
        return parse(row[name].strip())
    except (ValueError, KeyError):
        raise DataError(
            f"{path}, id {row[id_column]!r}, column {name}", received=repr(row[name]), expected=expected
        ) from None


def _join(path: Path, ids: Sequence[str], id_column: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The row of each of `ids`, in their order."""
    known = _index(path, id_column, columns)
    wanted = set(ids)
    for what, odd in (
        ("has no label for", wanted - known.keys()),
        ("has labels without a row here for", known.keys() - wanted),
    ):
        if odd:
            raise DataError(
                f"{path} {what} {len(odd)} ids, such as {min(odd)!r}",
                received=f"{len(known)} labels, such as of {next(iter(known), '')!r}",
                expected=f"{len(wanted)} rows, such as {next(iter(ids), '')!r}",
            )
    return [known[name] for name in ids]


def _index(path: Path, id_column: str, columns: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The rows by id."""
    known: dict[str, dict[str, str]] = {}
    for line, row in enumerate(table(path, (id_column, *columns)), 2):
        if row[id_column] in known:
            raise DataError(f"{path}, line {line}: id {row[id_column]!r} comes twice")
        known[row[id_column]] = row
    return known
