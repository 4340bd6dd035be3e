"""Does a forecast hold beside submissions that went wrong? Made seasons with one that says the same of every row.

Either a run's file went wrong, whose public and private scores are then those of a constant, or a constant was sent beside the
runs, which only Kaggle's list knows. Told is how often the 80 % interval of the larger private score of the chosen two holds
it, and by how many of its errors the forecast is above it.
"""

from collections.abc import Iterator

import numpy as np

from kit import metrics
from kit.leaderboard import final_two, private_board
from kit.leaderboard.listed import Listed
from tests.bench.seasons import KINDS, Season, play, tell_forecasts

WRONG = ("a run's file went wrong", "a constant beside the runs")


def judge(seasons: int, seed: int) -> np.ndarray:
    """float64 (S, 2): what forecasts are off in their errors, by WRONG."""
    return np.array([off for metric in KINDS for off in _judge_metric(metric, round(seasons / len(KINDS)), seed)])


def _judge_metric(metric: str, seasons: int, seed: int) -> Iterator[tuple[float, float]]:
    draw, choose = (np.random.default_rng([seed, *metric.encode(), *more]) for more in ((), (2,)))
    for _ in range(seasons):
        season = play(metric, draw)
        broken, unknown = int(choose.choice(np.flatnonzero(~np.isnan(season.public)))), np.array([np.nan])
        constant = _score_constant(season)
        scores = [np.where(np.arange(len(one)) == broken, constant, one) for one in (season.public, season.private)]
        beside = Listed(unknown, unknown, np.array([constant]))
        yield (_judge(season, *scores), _judge(season, season.public, np.append(season.private, constant), beside))


def _score_constant(season: Season) -> float:
    """Of the mean label, as each class is among the labels."""
    classes = season.stack.shape[2]
    said = season.labels.mean(0) if season.labels.ndim > 1 else np.bincount(season.labels, minlength=classes)
    every = np.tile(said / (1 if season.labels.ndim > 1 else said.sum()), (len(season.labels), 1))
    return float(metrics.evaluate(season.competition, season.labels, every.astype(np.float32))["score"])


def _judge(season: Season, public: np.ndarray, private: np.ndarray, listed: Listed | None = None) -> float:
    sizes, sign = (season.public_rows, season.private_rows), metrics.find(season.competition).sign
    forecast = private_board.forecast(season.competition, season.labels, season.stack, public, *sizes, listed=listed)
    pair = final_two.best_pair(forecast)
    expected, error = (float(each[pair]) for each in final_two.expect_maximum(forecast))
    return (expected - (sign * private)[list(pair)].max()) / error


def tell(judged: np.ndarray) -> str:
    return "\n".join(
        f"{what}, {len(off)} seasons: {tell_forecasts(off)}" for what, off in zip(WRONG, judged.T, strict=True)
    )
