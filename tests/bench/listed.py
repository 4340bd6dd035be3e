"""What is the forecast worth for submissions that only Kaggle's list knows? Made seasons, the rows of one or two runs hidden.

Every other hidden one has a CV in its message. Told is how often the 80 % interval of the larger private score of the chosen
two holds it, by how many of its errors the forecast is above it, and what the two lose to the best two of all; then how much
more is lost if the hidden ones are left out, and how much more if nothing is hidden, paired over the seasons.
"""

from collections.abc import Iterator

import numpy as np

from kit import metrics
from kit.leaderboard import final_two, private_board
from kit.leaderboard.listed import Listed
from kit.leaderboard.private_board import Forecast
from tests.bench.seasons import KINDS, Season, play, tell_difference, tell_forecasts


def judge(seasons: int, seed: int) -> np.ndarray:
    """(S, 4): what the forecast is off, and in errors of a forecast what is lost with, without, and of the whole."""
    return np.concatenate([np.array(list(judge_metric(metric, round(seasons / len(KINDS)), seed))) for metric in KINDS])


def judge_metric(metric: str, seasons: int, seed: int) -> Iterator[list[float]]:
    draw, hide = (np.random.default_rng([seed, *metric.encode(), *more]) for more in ((), (1,)))
    for _ in range(seasons):
        yield _judge_season(play(metric, draw), hide)


def _judge_season(season: Season, draw: np.random.Generator) -> list[float]:
    sent = np.flatnonzero(~np.isnan(season.public))
    hidden = draw.choice(sent, min(int(draw.integers(1, 3)), len(season.public) - 2), replace=False)
    kept = np.setdiff1d(np.arange(len(season.public)), hidden)
    private, whole = metrics.find(season.competition).sign * season.private, np.arange(len(season.public))
    order = np.append(kept, hidden)
    listed = _forecast(season, kept, _list(season, hidden, draw))
    pairs = [
        [order[place] for place in final_two.best_pair(listed)],
        [kept[place] for place in final_two.best_pair(_forecast(season, kept))],
        [whole[place] for place in final_two.best_pair(_forecast(season, whole))],
    ]
    expected, error = (float(each[final_two.best_pair(listed)]) for each in final_two.expect_maximum(listed))
    lost = [float(private.max() - private[pair].max()) / listed.error.mean() for pair in pairs]
    return [(expected - private[pairs[0]].max()) / error, *lost]


def _list(season: Season, hidden: np.ndarray, draw: np.random.Generator) -> Listed:
    told = [
        metrics.evaluate(season.competition, season.labels, season.stack[run])
        if draw.random() < 0.5
        else {"score": np.nan, "error": np.nan}
        for run in hidden
    ]
    cv, error = (np.array([one[key] for one in told]) for key in ("score", "error"))
    return Listed(cv, error, season.public[hidden])


def _forecast(season: Season, runs: np.ndarray, listed: Listed | None = None) -> Forecast:
    sizes = season.public_rows, season.private_rows
    return private_board.forecast(
        season.competition, season.labels, season.stack[runs], season.public[runs], *sizes, listed=listed
    )


def tell(judged: np.ndarray) -> str:
    off, lost = judged[:, 0], judged[:, 1:]
    without, whole = (tell_difference(lost[:, way] - lost[:, 0]) for way in (1, 2))
    told = f"one or two only listed, {len(off)} seasons: {tell_forecasts(off)}; loses {lost[:, 0].mean():.5f}"
    return f"{told}; left out {without}; nothing hidden {whole}"
