"""The estimate of the private board: what each run would score there is simulated, all runs on the same boards.

The centre is what is believed of a run: its score out of fold and its public score, each weighted by its number of rows (all
rows are taken to be equally noisy, so that is weighting by precision; that the public board is easier or harder for all is
taken out first). Around it, all runs move together as in a bootstrap over out-of-fold rows (Efron 1979), which keeps what
runs have in common: two runs that fail on the same images rise and fall together. Of metrics that are no mean over rows it is
the mean influence of the rows that moves, where the metric knows that. A bootstrap sample has
1 / (1/known + 1/private) rows, so that its spread holds both what is not known of a run and the luck of the private rows.
"""

import numpy as np

from kit import metrics
from kit.competition import Competition, Metric
from kit.metrics.standard_errors import draw_rows, list_members, number_groups, score_or_nan
from kit.progress import bar

DRAWS, SLOW_DRAWS = 2000, 300  # simulated boards; of metrics that know no influence of rows
CHUNK = 50


def estimate_centers(
    scores: np.ndarray, public: np.ndarray, rows: int, public_rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """(the centre (R,), the rows behind it (R,)) of each run from its score out of fold and public score, NaN if unknown."""
    known = ~np.isnan(public)
    shift = (public - scores)[known].mean() if known.any() else 0.0
    public_weight = np.where(known, public_rows, 0)
    centre = (rows * scores + public_weight * np.where(known, public - shift, 0)) / (rows + public_weight)
    return centre, rows + public_weight


def simulate_boards(
    competition: Competition,
    labels: np.ndarray,
    stack: np.ndarray,
    public: np.ndarray,
    public_rows: int,
    private_rows: int,
    draws: int | None = None,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Simulated private scores, float64 (draws, R), greater is better whatever the metric.

    labels: int (N,). stack: probabilities (R, N, C) out of fold. public: scores (R,), NaN where unknown. groups: (N,), equal
    for rows that depend on each other, which are drawn together; None if none do.
    """
    metric = metrics.find(competition)
    sign = metric.sign
    submitted = [metrics.prepare_for_scoring(competition, one) for one in stack]
    centre, known = estimate_centers(sign * scores(competition, labels, stack), sign * public, len(labels), public_rows)
    size = round(1 / (1 / len(labels) + 1 / private_rows))
    generator = np.random.default_rng(0)
    if influence := metric.per_row or metric.influence:
        rows = np.stack([influence(labels, one) for one in submitted])
        moved = _means(*_sum_groups(rows - rows.mean(1, keepdims=True), size, groups), draws or DRAWS, generator)
    else:
        moved = _resample(metric, labels, submitted, size, draws or SLOW_DRAWS, generator, list_members(groups))
    narrower = np.sqrt((1 / known + 1 / private_rows) / (1 / len(labels) + 1 / private_rows))
    return centre + sign * moved * narrower


def scores(competition: Competition, labels: np.ndarray, stack: np.ndarray) -> np.ndarray:
    """float64 (R,): the score out of fold of each run."""
    metric = metrics.find(competition)
    return np.array([metric.score(labels, metrics.prepare_for_scoring(competition, one)) for one in stack])


def _sum_groups(rows: np.ndarray, size: int, groups: np.ndarray | None) -> tuple[np.ndarray, int]:
    """(rows (R, G), how many of them to draw): of each group what its part in the mean of `rows` (R, N) is, times G."""
    numbers = number_groups(groups)
    if numbers is None:
        return rows, size
    each = numbers.max() + 1
    sums = np.stack([np.bincount(numbers, row) for row in rows])
    return sums * each / len(numbers), max(1, round(size * each / len(numbers)))


def _means(rows: np.ndarray, size: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """float64 (draws, R): means of `rows` (R, N) over samples of `size` with replacement, as products with counts."""
    values, count = rows.T.astype(np.float32), rows.shape[1]
    out = np.empty((draws, len(rows)))
    for start in range(0, draws, CHUNK):
        samples = generator.integers(0, count, (min(CHUNK, draws - start), size), dtype=np.int32)
        counts = np.stack([np.bincount(sample, minlength=count) for sample in samples])
        out[start : start + len(samples)] = counts.astype(np.float32) @ values / size
    return out


def _resample(
    metric: Metric,
    labels: np.ndarray,
    submitted: list[np.ndarray],
    size: int,
    draws: int,
    generator: np.random.Generator,
    members: list[np.ndarray] | None,
) -> np.ndarray:
    """float64 (draws, R), by how much each score is off its mean over samples of `size` with replacement. A sample on which one
    is not defined leaves that one where it is.
    """
    of_rows = [lambda rows, one=one: metric.score(labels[rows], one[rows]) for one in submitted]
    moved = np.empty((draws, len(submitted)))
    for draw in bar(range(draws), label="private boards", unit="board"):
        sample = draw_rows(generator, len(labels), members, size)
        moved[draw] = [score_or_nan(score, sample) for score in of_rows]
    return np.nan_to_num(moved - np.nanmean(moved, axis=0))
