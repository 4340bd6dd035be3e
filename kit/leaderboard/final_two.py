"""The final two: which pair of submissions has the best expected maximum on the private board, as kit.leaderboard.private_board
forecasts it. A pair that fails on the same images gains little from being two.

The larger of two Gaussian scores has known moments (Clark, "The Greatest of a Finite Set of Random Variables", 1961): pairs are
compared exactly, without a simulation that would have an error of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from kit import metrics
from kit.competition import Competition, Metric
from kit.leaderboard import listed, private_board
from kit.leaderboard.candidates import Candidate, stack_shared
from kit.leaderboard.ledger import Entry
from kit.leaderboard.private_board import Forecast
from kit.stats.known import Known
from kit.stats.paired import is_noise

Pair = tuple[int, int]
PAIRS = {  # what `propose` judges
    "proposed": "the pair with the best expected maximum",
    "best_public": "the two best public scores",
    "best_cv": "the two best out of fold",
}
HELD = 0.8  # the part of private scores that the interval of a forecast is to hold
WITHIN = float(ndtri(0.5 + HELD / 2))  # standard errors around a forecast that the interval spans
DRAWS = 4000  # private boards that tell the error of a difference between two pairs


def expect_maximum(forecast: Forecast) -> tuple[np.ndarray, np.ndarray]:
    """(expected maximum of each two runs, its standard error), both float64 (R, R), greater is better (Clark 1961)."""
    centre, variance = forecast.mean.mean(), forecast.covariance.diagonal()
    one, other = forecast.mean[:, None] - centre, forecast.mean - centre
    apart = np.sqrt(np.maximum(variance[:, None] + variance - 2 * forecast.covariance, 1e-300))
    ahead = (one - other) / apart
    wins, density = ndtr(ahead), apart * np.exp(-(ahead**2) / 2) / np.sqrt(2 * np.pi)
    expected = one * wins + other * (1 - wins) + density
    squares = (one**2 + variance[:, None]) * wins + (other**2 + variance) * (1 - wins) + (one + other) * density
    return centre + expected, np.sqrt(np.maximum(squares - expected**2, 0))


def best_pair(forecast: Forecast) -> Pair:
    """The two runs, of at least two, whose larger score is expected to be the highest; the better one first."""
    expected, _ = expect_maximum(forecast)
    rows, columns = np.triu_indices(len(expected), 1)
    best = int(expected[rows, columns].argmax())
    return order_safe_first(forecast, (int(rows[best]), int(columns[best])))


def order_safe_first(forecast: Forecast, pair: Pair) -> Pair:
    one, other = pair
    return pair if forecast.mean[one] >= forecast.mean[other] else (other, one)


def two_best(scores: np.ndarray) -> Pair | None:
    """The places of the two greatest of (R,), those that are NaN left out; None if there are no two."""
    order = np.argsort(-scores, kind="stable")[: np.isfinite(scores).sum()]
    return (int(order[0]), int(order[1])) if len(order) > 1 else None


def expect_win(forecast: Forecast, pair: Pair) -> float:
    """The probability that the first beats the second: 1/2 or more for the one that is expected to score higher."""
    difference = np.array([1, -1]) @ forecast.covariance[np.ix_(pair, pair)] @ np.array([1, -1])
    ahead = forecast.mean[pair[0]] - forecast.mean[pair[1]]
    return float(ndtr(ahead / np.sqrt(difference))) if difference > 0 else 0.5


def compare_pairs(forecast: Forecast, ours: Pair, theirs: Pair) -> tuple[float, float]:
    """(by how much the larger score of `ours` is expected to beat that of `theirs`, standard error of that)."""
    expected, _ = expect_maximum(forecast)
    boards = np.random.default_rng(0).multivariate_normal(forecast.mean, forecast.covariance, DRAWS, method="eigh")
    difference = boards[:, list(ours)].max(1) - boards[:, list(theirs)].max(1)
    return float(expected[ours] - expected[theirs]), float(difference.std())


def propose(
    competition: Competition,
    candidates: list[Candidate],
    known: Known,
    public: Mapping[str, float | None],
    public_share: float,
    assumed: Sequence[Entry] = (),
) -> dict[str, Any]:
    """The pair of the best expected maximum, and beside it the two best public scores and the two best out of fold.

    public: by run id. assumed: submissions that only Kaggle's list knows (kit.leaderboard.listed). Scores are in the metric's
    own direction, None where unknown. All pairs are judged by one forecast, so the proposal is the best of them by
    construction; what it is worth is measured on seasons of which the truth is known (tests/bench).
    """
    shared, stack = stack_shared(candidates, known)
    more, metric = listed.read_scores(assumed), metrics.find(competition)
    sign = metric.sign
    own = private_board.scores(competition, shared.labels, stack)
    sent = np.array([np.nan if (score := public.get(one.run.id)) is None else score for one in candidates])
    rows = len(candidates[0].decided)
    public_rows = min(max(1, round(rows * public_share)), rows - 1)
    forecast = private_board.forecast(
        competition, shared.labels, stack, sent, public_rows, rows - public_rows, groups=shared.groups, listed=more
    )
    cv_scores, public_scores = np.append(own, more.cv), np.append(sent, more.public)
    names = [one.run.id for one in candidates] + [entry.name for entry in assumed]
    best = best_pair(forecast)
    pairs = {"proposed": best, "best_public": two_best(sign * public_scores), "best_cv": two_best(sign * cv_scores)}
    scored = zip(names, _or_none(cv_scores), _or_none(public_scores), strict=True)
    return {
        "metric": competition.metric,
        "out_of_fold_rows": len(shared.labels),
        "public_rows": public_rows,
        "private_rows": rows - public_rows,
        "public_scores": int(np.isfinite(public_scores).sum()),
        "shift": {"of": sign * forecast.shift[0], "error": forecast.shift[1]},
        "runs": [
            {
                "run": name,
                "score": cv,
                "public": shown,
                "assumed": place >= len(candidates),
                "odd": place in forecast.odd,
                **_describe(forecast, place, metric),
            }
            for place, (name, cv, shown) in enumerate(scored)
        ],
        **{
            way: _describe_pair(competition, forecast, candidates, names, pair, best) if pair else None
            for way, pair in pairs.items()
        },
    }


def _or_none(scores: np.ndarray) -> list[float | None]:
    return [None if np.isnan(score) else score for score in scores.tolist()]


def _describe(forecast: Forecast, place: int, metric: Metric) -> dict[str, float]:
    expected = metric.bound(metric.sign * float(forecast.mean[place]))
    return {"forecast": expected, "forecast_error": float(forecast.error[place])}


def _describe_pair(
    competition: Competition,
    forecast: Forecast,
    candidates: list[Candidate],
    names: Sequence[str],
    pair: Pair,
    best: Pair,
) -> dict[str, Any]:
    """runs: the safe and the different one. expected_max, its error and the interval that is to hold HELD of such scores.
    first_is_better: its probability. differs: mean distance of their decisions (kit.targets), None where one is not here.
    behind: how much less is expected of it than of the best pair, positive for less whatever the metric; noise: that is no more
    than twice its error.
    """
    one, other = pair = order_safe_first(forecast, pair)
    metric = metrics.find(competition)
    expected, error = (float(each[pair]) for each in expect_maximum(forecast))
    behind, behind_error = compare_pairs(forecast, best, pair)
    apart = None
    if max(pair) < len(candidates):
        apart = float(competition.target.distance(candidates[one].decided, candidates[other].decided).mean())
    half = WITHIN * error
    ends = sorted(metric.bound(metric.sign * (expected + side * half)) for side in (-1, 1))
    return {
        "runs": [names[index] for index in pair],
        "expected_max": metric.bound(metric.sign * expected),
        "error": error,
        "interval": ends,
        "first_is_better": expect_win(forecast, pair),
        "differs": apart,
        "behind": behind,
        "behind_error": behind_error,
        "noise": is_noise(behind, behind_error),
    }
