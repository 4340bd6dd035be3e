"""Does the public score say what the CV says? A straight line through the submissions, and those that lie far off it."""

from dataclasses import dataclass

import numpy as np

from kit.metrics.ranking import midranks

MIN_PAIRS = 3  # pairs that a line and a rank correlation want
FAR = 2.0  # standard errors off the line that are a surprise


@dataclass(frozen=True)
class Pair:
    """Of one file: score out of fold, public score, and their standard errors (None: unknown)."""

    ref: int
    cv: float
    public: float
    cv_error: float | None
    public_error: float | None


@dataclass(frozen=True)
class Fit:
    """public = intercept + slope * cv, by least squares. spearman: correlation of the ranks, -1 to 1.

    off: of each pair its residual in standard errors, in the pairs' order; None where an error is unknown.
    """

    slope: float
    intercept: float
    spearman: float
    off: tuple[float | None, ...]

    def predict(self, cv: np.ndarray | float) -> np.ndarray | float:
        return self.intercept + self.slope * cv


def fit(pairs: list[Pair]) -> Fit | None:
    """None for less than three pairs, or if all have the same CV or public score.

    A residual is measured by the error of the public score and that of the CV, carried over by the slope. Models of one
    team err on the same rows, which moves all points together: so what is far off by this measure is so indeed.
    """
    cv, public = np.array([pair.cv for pair in pairs]), np.array([pair.public for pair in pairs])
    if len(pairs) < MIN_PAIRS or np.ptp(cv) == 0 or np.ptp(public) == 0:
        return None
    slope, intercept = np.polyfit(cv - cv.mean(), public, 1)
    intercept -= slope * cv.mean()
    off = tuple(_off(pair, float(slope), float(intercept)) for pair in pairs)
    return Fit(float(slope), float(intercept), spearman(cv, public), off)


def _off(pair: Pair, slope: float, intercept: float) -> float | None:
    if pair.cv_error is None or pair.public_error is None:
        return None
    error = float(np.hypot(slope * pair.cv_error, pair.public_error))
    return (pair.public - intercept - slope * pair.cv) / error if error else None


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation of the ranks, equal values sharing their mean rank (Spearman 1904). a, b: (N,)."""
    return float(np.corrcoef(midranks(a), midranks(b))[0, 1])
