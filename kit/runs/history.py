"""history.csv of a member that was trained in epochs: a row per epoch."""

import csv
from pathlib import Path

from kit.errors import DataError


def read_history(path: Path) -> list[dict[str, float]]:
    """A record per epoch, without what was not measured. Raises DataError for what is no table of numbers with epochs."""
    try:
        with open(path, newline="", encoding="utf-8") as handle:
            rows = [
                {key: float(value) for key, value in row.items() if value}
                for row in csv.DictReader(handle, strict=True)
            ]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise DataError(f"{path} is damaged", received=error, expected="a table of numbers") from None
    if not all("epoch" in row for row in rows):
        raise DataError(f"{path} is damaged", expected="a column epoch")
    return rows
