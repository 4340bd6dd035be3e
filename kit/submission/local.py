"""The leaderboard of a competition that is not on Kaggle: the written bytes against labels that were set aside."""

from pathlib import Path

from kit import metrics
from kit.competition import Competition
from kit.errors import DataError, SubmissionError
from kit.predictions import find_rows
from kit.submission import table
from kit.submission.read_back import read_back


def score(data: bytes, competition: Competition, solution_path: Path) -> float:
    """The competition's metric of a submission's bytes, joined by id with a solution: CSV of id and class name, then anything.

    `data` must have passed `validate`. Raises DataError for a missing or malformed solution, or an id without a row.
    """
    ids, labels = _solution(competition, solution_path)
    given, values = read_back(competition, data)
    rows = find_rows(given, ids, "of the solution are not in the submission")
    return float(metrics.find(competition).score(competition.target.parse(labels), values[rows]))


def _solution(competition: Competition, path: Path) -> tuple[list[str], list[str]]:
    try:
        header, *rows = [row.fields for row in table.parse(path.read_bytes()) if row.fields] or [[]]
    except (OSError, SubmissionError) as error:
        raise DataError(
            f"no readable solution at {path}", received=error, do=f"run: kit download {competition.slug}"
        ) from None
    if not rows or len(header) < 2 or any(len(fields) != len(header) for fields in rows):
        raise DataError(f"{path} is malformed", expected="a header, then rows of an id and a class name")
    return [row[0] for row in rows], [row[1] for row in rows]
