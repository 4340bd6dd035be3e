"""The leaderboard of a competition that is not on Kaggle: the written bytes against labels that were set aside."""

from pathlib import Path

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.errors import DataError, SubmissionError
from kit.submission import table


def score(data: bytes, competition: Competition, solution_path: Path) -> float:
    """The competition's metric of a submission's bytes, joined by id with a solution: CSV of id and class name.

    `data` must have passed `validate`. Raises DataError for a missing or malformed solution, or an id without a row.
    """
    ids, labels = _solution(competition, solution_path)
    given = _probabilities(data, competition)
    missing = [name for name in ids if name not in given]
    if missing:
        raise DataError(f"{len(missing)} ids of the solution are not in the submission", received=repr(missing[0]))
    probabilities = np.array([given[name] for name in ids], dtype=np.float64)
    return metrics.evaluate(competition, competition.target.parse(labels), probabilities)["score"]


def _solution(competition: Competition, path: Path) -> tuple[list[str], list[str]]:
    try:
        rows = [row.fields for row in table.parse(path.read_bytes()) if row.fields][1:]
    except (OSError, SubmissionError) as error:
        raise DataError(
            f"no readable solution at {path}", received=error, do=f"run: kit download {competition.slug}"
        ) from None
    if not rows or any(len(fields) != 2 for fields in rows):
        raise DataError(f"{path} is malformed", expected="a header, then rows of an id and a class name")
    return [name for name, _ in rows], [label for _, label in rows]


def _probabilities(data: bytes, competition: Competition) -> dict[str, list[float]]:
    """Per id what the file says of each class. Classes without a column share what the others leave."""
    form = competition.submission
    header, *rows = (row.fields for row in table.parse(data) if row.fields)
    column = header.index(form.id_column)
    columns = [header.index(name) for name in form.target_columns]
    if form.kind == "label":
        values = form.values or competition.target.columns
        return {row[column]: [float(row[columns[0]] == value) for value in values] for row in rows}
    named = [competition.target.columns.index(name) for name in form.of or form.target_columns]
    silent = len(competition.target.columns) - len(named)
    result = {}
    for row in rows:
        numbers = [float(row[column]) for column in columns]
        line = [(1 - sum(numbers)) / silent if silent else 0.0] * len(competition.target.columns)
        for index, number in zip(named, numbers, strict=True):
            line[index] = number
        result[row[column]] = line
    return result
