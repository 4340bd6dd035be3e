"""The table that holds the labels of the training images: which one it is, its column of ids, and what its columns hold. And
the one that tells which images the ids of the test are, where their names do not.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kit.scaffold.images import Index
from kit.scaffold.members import Members, is_table, read_rows
from kit.scaffold.sample import Sample, is_called_sample

LOOKED_AT = 200  # rows by which the column of ids is known
KEPT = 200_000  # different texts of a column
GROUPS = ("patient", "subject", "participant", "driver", "person", "individual", "user", "slide", "location")
FLAGS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}


@dataclass(frozen=True)
class Table:
    """path: below raw/. ids: of all rows. values: for each other column its different texts and how often they occur; of very
    many, only the first. ones: how many of the sample's target columns hold 1 in a row, and in how many rows; empty where one
    of them holds anything but 0 and 1, or is not here.
    """

    path: str
    source: str
    id_column: str
    ids: tuple[str, ...]
    values: dict[str, Counter[str]]
    ones: Counter[int]


@dataclass(frozen=True)
class Names:
    """A table of the test: its path below raw/, its columns of ids and of names of images, and those names."""

    path: str
    id_column: str
    name_column: str
    names: tuple[str, ...]


def find_label_table(members: Members, sample: Sample | None, index: Index) -> Table | None:
    """None where no table says anything of images.

    Tables called test, or in such a folder, are none, nor are other samples. One with the sample's target columns is
    preferred, then one called train, then one that is called after labels.
    """
    best: tuple[Sequence[bool | int], str, str] | None = None
    for path in members.files:
        name = _short(path)
        if not is_table(path) or is_of_test(path) or is_called_sample(name.rpartition("/")[2]):
            continue
        rows = read_rows(members, path)
        header, first = next(rows), [*islice(rows, LOOKED_AT)]
        id_column = _find_ids(header, first, sample, index)
        if id_column is None or len(header) < 2:
            continue
        lower = {column.lower() for column in header}
        has_targets = sample is not None and {column.lower() for column in sample.columns} <= lower
        if has_targets or "train" in name or "label" in name:
            rank = (not has_targets, not name.startswith("train"), "label" not in name, len(path))
            best = min(filter(None, (best, (rank, path, id_column))))
    return _read(members, best[1], best[2], sample) if best else None


def find_group_column(table: Table, taken: Sequence[str]) -> str:
    """The column that says which rows are of one patient, driver or the like: it is called so, and its texts come several
    times; the first of GROUPS is preferred. Empty without one. taken: columns that are labels.
    """
    for word in GROUPS:
        for column, counts in table.values.items():
            called = re.search(f"{word}[ _]?(id|name)?$", column, re.IGNORECASE) and column not in taken
            if called and 1 < len(counts) < 0.8 * counts.total() and not counts.keys() <= FLAGS.keys():
                return column
    return ""


def find_group_table(members: Members, index: Index, names: Collection[str]) -> tuple[Table, str] | None:
    """A table beside folders of classes that says which images, by their `names`, are of one driver or the like, and its column
    of those.
    """
    for path in members.files:
        if path.lower().endswith(".csv") and not is_called_sample(_short(path).rpartition("/")[2]):
            rows = read_rows(members, path)
            header, first = next(rows), [*islice(rows, LOOKED_AT)]
            id_column = _find_ids(header, first, None, index)
            table = _read(members, path, id_column, None) if id_column else None
            if table and set(table.ids) == set(names) and (group := find_group_column(table, ())):
                return table, group
    return None


def find_test_names(members: Members, sample: Sample, index: Index) -> Names | None:
    """None where the sample's ids name images themselves, or no table of the test tells what they are called."""
    if any(index.find(name) for name in sample.ids[:LOOKED_AT]):
        return None
    wanted = set(sample.ids)
    for path in filter(is_of_test, filter(is_table, members.files)):
        rows = read_rows(members, path)
        header, read = next(rows), [*rows]
        columns = {column: _column(header, read, column) for column in header}
        ids = [column for column, texts in columns.items() if wanted == set(texts)]
        names = [column for column, texts in columns.items() if all(map(index.find, texts[:LOOKED_AT]))]
        if ids and names:
            return Names(path, ids[0], names[0], tuple(columns[names[0]]))
    return None


def _short(path: str) -> str:
    """The name of the file and of the folder around it."""
    return "/".join(path.lower().split("/")[-2:])


def is_of_test(path: str) -> bool:
    return re.search(r"(^|[/_ .-])test", _short(path)) is not None


def _find_ids(header: list[str], rows: list[list[str]], sample: Sample | None, index: Index) -> str | None:
    """The column whose texts are names of images; where no images are known, the one that is called like the sample's."""
    named = [column for column in header if sample and column.lower() == sample.id_column.lower()]
    if not index.paths:
        return named[0] if named else None
    for column in (*named, *header):
        texts = _column(header, rows, column)
        if texts and sum(bool(index.find(text)) for text in texts) > 0.9 * len(texts):
            return column
    return None


def _column(header: list[str], rows: list[list[str]], column: str) -> list[str]:
    place = header.index(column)
    return [row[place] for row in rows if len(row) == len(header)]


def _read(members: Members, path: str, id_column: str, sample: Sample | None) -> Table:
    rows = read_rows(members, path)
    header = next(rows)
    place = header.index(id_column)
    wanted = sample.columns if sample and set(sample.columns) <= set(header) else ()
    targets = [header.index(column) for column in wanted]
    ids, ones = [], Counter[int]()
    values = {column: Counter[str]() for column in header if column != id_column}
    flags = True
    for row in _whole(rows, len(header)):
        ids.append(row[place])
        for column, text in zip(header, row, strict=True):
            if column != id_column and (len(values[column]) < KEPT or text in values[column]):
                values[column][text] += 1
        held = [FLAGS.get(row[target]) for target in targets]
        flags = flags and None not in held
        ones[sum(flag or 0 for flag in held)] += 1
    return Table(path, members.sources[path], id_column, tuple(ids), values, ones if flags and targets else Counter())


def _whole(rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    return (row for row in rows if len(row) == width)
