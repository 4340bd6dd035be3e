"""Kaggle's own sample submission: the one authority on header, ids and row count."""

from collections.abc import Iterator
from dataclasses import dataclass

from kit import paths
from kit.competition import Competition
from kit.data.splits import sample_path
from kit.errors import DataError, SubmissionError
from kit.submission import table
from kit.submission.table import Row


@dataclass(frozen=True)
class Sample:
    """columns: the header, in order. ids: N texts, unique, in the order of the file."""

    columns: tuple[str, ...]
    ids: tuple[str, ...]


def read(competition: Competition) -> Sample:
    """The sample in the competition's raw folder. Raises DataError if it is missing, malformed or of other columns."""
    path = sample_path(competition, paths.data(competition.slug).raw)
    try:
        data = path.read_bytes()
    except OSError:
        raise DataError(f"no sample submission at {path}", do=f"run: kit prepare {competition.slug}") from None
    try:
        return parse(data, competition)
    except (DataError, SubmissionError) as error:
        raise DataError(f"the sample submission {path} is malformed", received=error) from None


def parse(data: bytes, competition: Competition) -> Sample:
    """Raises DataError or SubmissionError for anything but a CSV of the competition's columns with unique ids."""
    rows = (row for row in table.parse(data) if row.fields)
    form = competition.submission
    declared = (form.id_column, *form.target_columns)
    columns = tuple(next((row.fields for row in rows), ()))
    if sorted(columns) != sorted(declared):
        raise DataError(
            "its header is not what competition.py declares", received=",".join(columns), expected=",".join(declared)
        )
    ids = tuple(_read_ids(rows, columns, form.id_column))
    if not ids or len(set(ids)) != len(ids):
        raise DataError("its ids are not one or more different ids", received=f"{len(ids)}, {len(set(ids))} different")
    return Sample(columns, ids)


def _read_ids(rows: Iterator[Row], columns: tuple[str, ...], id_column: str) -> Iterator[str]:
    column = columns.index(id_column)
    for row in rows:
        if len(row.fields) != len(columns):
            raise DataError(
                f"line {row.line} has {len(row.fields)} fields", expected=f"{len(columns)}, as in the header"
            )
        yield row.fields[column]
