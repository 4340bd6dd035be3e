"""Whether what is predicted means what it says: predictions in bins, each against what came true of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kit.report.render import charts
from kit.report.render.charts import Axes

BINS = 12


@dataclass(frozen=True)
class Bin:
    """Of the rows whose confidence lies in a range: its ends, mean confidence, share that is right, number of rows."""

    low: float
    high: float
    confidence: float
    accuracy: float
    rows: int

    @property
    def error(self) -> float:
        """Standard error of the accuracy, never zero (Agresti and Coull 1998: two hits and two misses are added)."""
        share = (self.accuracy * self.rows + 2) / (self.rows + 4)
        return float(np.sqrt(share * (1 - share) / (self.rows + 4)))


def measure(confidence: np.ndarray, hit: np.ndarray) -> tuple[list[Bin], float]:
    """(the bins of confidence that hold rows, the expected calibration error, 0 to 1). Both (N,), 0 to 1.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", with BINS bins of equal width.
    """
    row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = []
    for number in np.unique(row).tolist():
        inside = row == number
        bins.append(
            Bin(
                number / BINS,
                (number + 1) / BINS,
                float(confidence[inside].mean()),
                float(hit[inside].mean()),
                int(inside.sum()),
            )
        )
    return bins, sum(abs(one.confidence - one.accuracy) * one.rows / len(hit) for one in bins)


def diagram(bins: Sequence[Bin], what: str, true: str, told: str, *, bars: bool = True) -> str:
    """What came true by what was predicted, with two standard errors where rows are right or wrong. what: that are counted;
    true, told: the axes.
    """
    axes = Axes((0, 1), (0, 1.03), true, told, size=(charts.WIDTH, 320))
    corner = charts.path(axes, charts.Line("", [(0, 0), (1, 1)], 7, dashed=True))
    dots = [
        charts.Dot(
            one.confidence,
            one.accuracy,
            f"{one.rows} {what}: {told} {one.confidence:.3f}, {true} {one.accuracy:.3f}",
            y_error=2 * one.error if bars else 0,
        )
        for one in bins
    ]
    line = charts.Line("", [(one.x, one.y) for one in dots], 0)
    inside = corner + charts.path(axes, line) + "".join(charts.dot(axes, one) for one in dots)
    return f"<figure>{charts.frame(axes, inside)}</figure>"


def histogram(bins: Sequence[Bin], what: str, told: str) -> str:
    """How many there are in each bin. what: that are counted. told: the axis."""
    counts = [(one.low, one.high, one.rows) for one in bins]
    return charts.histogram(what, told, (0, 1), counts)
