"""Columns beside the images, or in their place, that the tables of both parts have: numbers, and categories."""

from collections.abc import Collection
from dataclasses import dataclass

from kit.scaffold.images import Index
from kit.scaffold.labels import LOOKED_AT, Table, is_of_test
from kit.scaffold.members import Members, read_rows
from kit.scaffold.sample import Sample
from kit.scaffold.texts import parse_numbers

MOST = 50  # different texts of a category
MARKS = {"", "NA", "N/A", "na", "NaN", "nan", "null", "None"}  # among numbers, of a missing one


@dataclass(frozen=True)
class Columns:
    """test: the table of the test, below raw/. id_column: its ids. numbers, categories: columns of both tables.
    missing: what stands among numbers for a missing one, the empty text aside.
    """

    test: str
    id_column: str
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    missing: tuple[str, ...]


def find_columns(
    members: Members, sample: Sample, table: Table, index: Index, taken: Collection[str]
) -> Columns | None:
    """None without a CSV table of the test that holds the sample's ids, or without a column to learn from.

    taken: columns that are labels or groups. Nor is learned from names of images, from what is the same in each row, and from
    texts that are too many to be categories.
    """
    if not table.path.lower().endswith(".csv"):
        return None
    for path in members.files:
        if path.lower().endswith(".csv") and is_of_test(path) and path != sample.path:
            header, id_column, ids = _read_ids(members, path, sample.id_column)
            if sample.ids and ids >= set(sample.ids):
                shared = [column for column in header if column in table.values and column not in taken]
                numbers = tuple(column for column in shared if _holds_numbers(table, column, index))
                categories = tuple(
                    column for column in shared if column not in numbers and _holds_categories(table, column)
                )
                missing = {mark for column in numbers for mark in table.values[column].keys() & MARKS}
                found = Columns(path, id_column, numbers, categories, tuple(sorted(missing - {""})))
                return found if numbers or categories else None
    return None


def _read_ids(members: Members, path: str, called: str) -> tuple[list[str], str, set[str]]:
    """The header, which column is called so in whatever case, and its texts."""
    rows = read_rows(members, path)
    header = next(rows)
    place = next((place for place, column in enumerate(header) if column.lower() == called.lower()), None)
    if place is None:
        return header, "", set()
    return header, header[place], {row[place] for row in rows if len(row) == len(header)}


def _holds_numbers(table: Table, column: str, index: Index) -> bool:
    texts = [text for text in table.values[column] if text not in MARKS]
    named = all(map(index.find, texts[:LOOKED_AT]))
    return len(texts) > 1 and bool(parse_numbers(texts)) and not named


def _holds_categories(table: Table, column: str) -> bool:
    counts = table.values[column]
    return 1 < len(counts) <= MOST and len(counts) < table.values[column].total()
