"""The forecast of the private board: what each run is believed to score there, and how far that may be off.

A Gaussian posterior (linear regression with known noise; Gelman et al., "Bayesian Data Analysis", 2013, chapter 14). Each run
has a true quality. Its score out of fold is that quality and the luck of its rows; its public score is that quality, a shift
that all runs share (test rows may be easier or harder, and members are averaged there), and the luck of the public rows; its
private score likewise. The shift moves each run in proportion to how much its rows differ: what adds .05 to a log loss of .5
adds less to one of .1. A run whose public score is off as that of no other has a shift of its own besides. Luck has the
covariance of the rows: what all runs fail on moves all of them. How far the qualities lie apart, and how large the shift is, is
what the scores differ by more than luck explains (empirical Bayes): so the best of many is drawn towards the others, since some
of its lead is luck.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from kit import metrics
from kit.competition import Competition
from kit.leaderboard.listed import Listed, extend_covariance
from kit.stats.covariance import row_covariance

# Of the deviation of one row: what a shift is taken to be, and qualities to differ by, where nothing larger is seen; and luck
# of each run's own, so that runs of equal decisions, and rounded scores, do not contradict.
LEAST_SHIFT, LEAST_SPREAD, LEAST_OWN = 0.05, 0.01, 0.01
ODD = 4  # standard errors off the others: what luck is no reason of


@dataclass(frozen=True, eq=False)
class Forecast:
    """Of R private scores, greater is better whatever the metric: mean (R,), covariance (R, R), float64. shift: how much better
    runs score on test rows than out of fold, on average, and its standard error. odd: the places of runs that have a shift of
    their own.
    """

    mean: np.ndarray
    covariance: np.ndarray
    shift: tuple[float, float]
    odd: tuple[int, ...] = ()

    @property
    def error(self) -> np.ndarray:
        """float64 (R,), standard errors: 80 % of private scores are to lie within 1.28 of them."""
        return np.sqrt(self.covariance.diagonal())


def forecast(
    competition: Competition,
    labels: np.ndarray,
    stack: np.ndarray,
    public: np.ndarray,
    public_rows: int,
    private_rows: int,
    groups: np.ndarray | None = None,
    listed: Listed | None = None,
) -> Forecast:
    """labels: of N rows. stack: predictions (R, N, C) out of fold. public: scores (R,), nan where unknown. groups: (N,), equal
    for rows that depend on each other; None if none do. listed: submissions that follow these R in the forecast though their
    rows are not here. Raises DataError where the metric is not defined on these rows.
    """
    metric = metrics.find(competition)
    submitted = [metrics.prepare_for_scoring(competition, one) for one in stack]
    covariance, cv = row_covariance(metric, labels, submitted, groups), scores(competition, labels, stack)
    if listed:
        covariance = extend_covariance(covariance, len(labels) * listed.cv_error**2)
        cv, public = np.append(cv, listed.cv), np.append(public, listed.public)
    return infer(
        metric.sign * cv,
        metric.sign * public,
        covariance,
        (len(labels), public_rows, private_rows),
    )


def scores(competition: Competition, labels: np.ndarray, stack: np.ndarray) -> np.ndarray:
    """float64 (R,): the score out of fold of each run."""
    metric = metrics.find(competition)
    return np.array([metric.score(labels, metrics.prepare_for_scoring(competition, one)) for one in stack])


def infer(cv: np.ndarray, public: np.ndarray, covariance: np.ndarray, rows: tuple[int, int, int]) -> Forecast:
    """cv, public: (R,), greater is better, nan where unknown; of one run cv is known. covariance: (R, R), as of
    kit.stats.covariance.row_covariance. rows: out of fold, public, private.
    """
    count, judged, sent = len(cv), *(np.flatnonzero(~np.isnan(one)) for one in (cv, public))
    deviation = float(np.sqrt(covariance.diagonal().mean()))
    of_cv, of_public, of_private = ((covariance + (LEAST_OWN * deviation) ** 2 * np.eye(count)) / each for each in rows)
    luck = block_diag(of_cv[np.ix_(judged, judged)], of_public[np.ix_(sent, sent)])
    tested, prior = _expect(cv, public, of_cv, of_cv + of_public, covariance.diagonal())
    seen = np.vstack([np.eye(count, 2 * count + 1)[judged], tested[sent]])
    centre = np.append(np.full(count, cv[judged].mean()), np.zeros(count + 1))
    gain = np.linalg.solve(seen @ prior @ seen.T + luck, seen @ prior).T
    mean = centre + gain @ (np.append(cv[judged], public[sent]) - seen @ centre)
    left = prior - gain @ seen @ prior
    left = (left + left.T) / 2
    shift = (float(mean[count]), float(np.sqrt(left[count, count])))
    odd = tuple(np.flatnonzero(prior.diagonal()[count + 1 :]).tolist())
    return Forecast(tested @ mean, tested @ left @ tested.T + of_private, shift, odd)


def _expect(
    cv: np.ndarray, public: np.ndarray, of_cv: np.ndarray, apart: np.ndarray, variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(what test rows expect of the R qualities, the shift and R own shifts, (R, 2 R + 1), the prior covariance of these).

    of_cv, apart: luck of scores out of fold, and of what public ones are above them, (R, R). variances: (R,), of a row.
    """
    count, judged, deviation = len(cv), ~np.isnan(cv), float(np.sqrt(variances.mean()))
    moved = np.sqrt(variances) / np.sqrt(variances).mean()  # of a shift of 1, each run
    spread = _spread(cv[judged], of_cv[np.ix_(judged, judged)], deviation)
    guessed, luck = np.where(judged, cv, cv[judged].mean()), apart / np.outer(moved, moved)
    above, both = (public - guessed) / moved, np.flatnonzero(judged & ~np.isnan(public))
    own = _own_shifts(above, luck.diagonal() + np.where(judged, 0.0, spread / moved**2), both)
    usual = both[own[both] == 0]
    shift = _shift(above[usual], luck[np.ix_(usual, usual)], deviation)
    prior = np.diag([*np.full(count, spread), shift, *own])
    prior[:count, :count] += deviation**2  # the mean of the qualities is hardly known
    return np.hstack([np.eye(count), moved[:, None], np.diag(moved)]), prior


def _own_shifts(above: np.ndarray, variances: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Variances of what moves one run alone on test rows, (R,): 0 but for runs that are so far off the others that luck is no
    reason. A constant, or a file whose rows are in another order, would else move the shift of all.

    above: what public scores are above those out of fold, (R,), nan where not sent; both: the runs that have both.
    """
    far = above - (np.median(above[both]) if len(both) else 0.0)
    return np.where(far**2 > ODD**2 * variances, far**2, 0.0)


def _spread(cv: np.ndarray, luck: np.ndarray, deviation: float) -> float:
    """Variance of the qualities: what scores out of fold vary more than their luck, (R, R), explains."""
    centred = np.eye(len(cv)) - 1 / len(cv)
    more = float(np.sum((centred @ cv) ** 2) - np.trace(centred @ luck)) / max(1, len(cv) - 1)
    return max((LEAST_SPREAD * deviation) ** 2, more)


def _shift(differences: np.ndarray, luck: np.ndarray, deviation: float) -> float:
    """Variance of the shift, from what public scores are above those out of fold, (K,), and the luck of that, (K, K)."""
    more = float(differences.mean() ** 2 - luck.mean()) if len(differences) else 0.0
    return max((LEAST_SHIFT * deviation) ** 2, more)
