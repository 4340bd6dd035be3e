"""Rows of numbers, as a competition's `read` gives them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kit.errors import DataError


def write_floats(rows: np.ndarray) -> list[str]:
    """A text per row of (N, K), from which a float32 comes back exactly."""
    return [" ".join(f"{value:.9g}" for value in row) for row in rows.tolist()]


def parse_floats(texts: Sequence[str], columns: int) -> np.ndarray:
    """float32 (N, columns), of what `write_floats` wrote. Raises DataError as `floats` does."""
    return floats([text.split() for text in texts], columns)


def floats(rows: Sequence[Sequence[Any]], columns: int) -> np.ndarray:
    """float32 (N, columns). Raises DataError, with the row, for another number of columns and for what is no finite number."""
    out = np.empty((len(rows), columns), np.float32)
    for number, row in enumerate(rows):
        try:
            out[number] = [float(value) for value in row] if len(row) == columns else np.nan
        except (TypeError, ValueError):
            out[number] = np.nan
        if not np.isfinite(out[number]).all():
            raise DataError(
                f"row {number + 1} of the training labels is not of numbers",
                received=repr(row)[:80],
                expected=f"{columns} finite numbers" if columns > 1 else "a finite number",
            )
    return out
