"""How the scores of several runs move together: rows that are hard for one are hard for most."""

from collections.abc import Sequence

import numpy as np

from kit.competition import Metric
from kit.errors import DataError
from kit.metrics.standard_errors import ROUNDING, draw_rows, least_error, list_members, number_groups, score_or_nan
from kit.progress import bar
from kit.stats.shrinkage import shrink_covariance

RESAMPLES = 300  # of metrics that know no influence of rows


def row_covariance(
    metric: Metric, labels: np.ndarray, submitted: Sequence[np.ndarray], groups: np.ndarray | None = None
) -> np.ndarray:
    """float64 (R, R), divided by a number of rows the covariance of the R scores over so many.

    labels: of N rows. submitted: what each run says of them (kit.metrics.prepare_for_scoring). groups: as of
    kit.metrics.standard_errors.error_of_mean. By the influence of each row (Hampel 1974), of which the covariance of AUCs by
    DeLong et al. 1988 is a case, and drawn towards what the runs have in common (kit.stats.shrinkage) unless rows contribute 0
    or 1, of which a few do not say nearly all; of metrics that know none by a bootstrap over rows (Efron 1979). No variance is
    0, even if all rows are right. Raises DataError where the metric is not defined on these rows.
    """
    if influence := metric.per_row or metric.influence:
        rows = np.stack([influence(labels, one) for one in submitted])
        moved = _sum_groups(rows - rows.mean(1, keepdims=True), groups)
        found = moved @ moved.T / moved.shape[1]
        if np.isfinite(found).all() and not metric.binary_rows:
            found = shrink_covariance(moved)
    else:
        found = _bootstrap(metric, labels, submitted, groups)
    if not np.isfinite(found).all():
        raise DataError(
            "the metric is not defined on the rows that all these runs judged", received=f"{len(labels)} rows"
        )
    for run in np.flatnonzero(found.diagonal() <= len(labels) * ROUNDING**2):
        found[run, run] = len(labels) * least_error(metric, labels, submitted[int(run)]) ** 2
    return found


def _sum_groups(moved: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Of rows (R, N) that are of groups the sums (R, G), so scaled that their mean square is that of independent rows."""
    numbers, rows = number_groups(groups), moved.shape[1]
    if numbers is None:
        return moved
    sums = np.stack([np.bincount(numbers, one) for one in moved])
    each = sums.shape[1]
    return sums * each / np.sqrt((each - 1) * rows)


def _bootstrap(
    metric: Metric, labels: np.ndarray, submitted: Sequence[np.ndarray], groups: np.ndarray | None
) -> np.ndarray:
    """Samples on which a score is not defined are left out; nan if these are more than half."""
    draw, members = np.random.default_rng(0), list_members(groups)
    of_rows = [lambda rows, one=one: metric.score(labels[rows], one[rows]) for one in submitted]
    scores = np.empty((RESAMPLES, len(submitted)))
    for number in bar(range(RESAMPLES), label="scores of other rows", unit="sample"):
        rows = draw_rows(draw, len(labels), members)
        scores[number] = [score_or_nan(score, rows) for score in of_rows]
    defined = scores[np.isfinite(scores).all(1)]
    if 2 * len(defined) < RESAMPLES:
        return np.full((len(submitted),) * 2, np.nan)
    return len(labels) * np.atleast_2d(np.cov(defined.T))
