"""Scores and their errors for people, without a digit that is not known; and sizes of files."""

import math


def write_score(value: float) -> str:
    """Five digits behind the point, fewer if it was given with fewer, as Kaggle gives scores and messages give CVs."""
    rounded, given = f"{value:.5f}", repr(value)
    return given if "e" not in given and len(given) < len(rounded) else rounded


def write_error(error: float) -> str:
    """Two digits that count: what a standard error, itself an estimate, and the message of a submission hold."""
    if not math.isfinite(error) or error <= 0:
        return f"{error:g}"
    return f"{error:.{max(0, 1 - math.floor(math.log10(error)))}f}"


def write_gain(gain: float, error: float) -> str:
    """With its sign."""
    return f"{gain:+.5f} ±{write_error(error)}"


def write_with_error(value: float | None, error: float | None = None) -> str:
    """Empty for None; without an error the score alone."""
    return "" if value is None else write_score(value) + ("" if error is None else f" ±{write_error(error)}")


def write_size(size: int) -> str:
    """Bytes in kB below a tenth of a MB, else in MB, of a million bytes."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
