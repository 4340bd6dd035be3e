"""The leaderboard of a competition that is not on Kaggle: the written bytes against labels that were set aside."""

from pathlib import Path

from kit import metrics
from kit.competition import Competition
from kit.errors import DataError, SubmissionError
from kit.predictions import find_rows
from kit.submission import table
from kit.submission.read_back import read_back


def score(data: bytes, competition: Competition, solution_path: Path) -> float:
    """The competition's metric of a submission's bytes, joined by id with a solution: CSV of id and class name.

    `data` must have passed `validate`. Raises DataError for a missing or malformed solution, or an id without a row.
    """
    ids, labels = _solution(competition, solution_path)
    given, values = read_back(competition, data)
    rows = find_rows(given, ids, "of the solution are not in the submission")
    return float(metrics.find(competition).score(competition.target.parse(labels), values[rows]))


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
