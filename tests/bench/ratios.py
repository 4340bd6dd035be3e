"""Alternated timings and their ratios: what slows the machine for a while slows both sides."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence


def timed(run: Callable[[], int]) -> Callable[[], float]:
    """`run` returns how many images it handled; what is returned here, how many a second."""

    def rate() -> float:
        started = time.monotonic()
        return run() / (time.monotonic() - started)

    return rate


def alternated(rates: dict[str, Callable[[], float]], times: int) -> dict[str, list[float]]:
    """What each measures, in turn, as often as asked."""
    measured: dict[str, list[float]] = {name: [] for name in rates}
    for _ in range(times):
        for name, rate in rates.items():
            measured[name].append(rate())
    return measured


def spread(values: Iterable[float], form: str = ".2f") -> str:
    """median (smallest to largest)"""
    ordered = sorted(values)
    middle, low, high = (format(value, form) for value in (statistics.median(ordered), ordered[0], ordered[-1]))
    return f"{middle} ({low} to {high})"


def ratio(over: Sequence[float], under: Sequence[float], form: str = ".2f") -> str:
    """The ratios of what was measured in pairs."""
    return spread((a / b for a, b in zip(over, under, strict=True)), form)
