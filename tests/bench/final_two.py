"""Does the forecast of `kit pick` hold, and are its two better than simpler choices? On seasons of which the truth is known.

Told is, of the larger private score of the chosen two: how often the 80 % interval holds it, and by how many of its own
standard errors the forecast is above it. Of each way to choose two: how much their larger score is below that of the best
two, and how much more that is than with the kit's two, paired over the seasons. ± is one standard error over seasons.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kit import metrics
from kit.leaderboard import final_two, private_board
from kit.leaderboard.final_two import Pair
from kit.leaderboard.private_board import Forecast
from tests.bench import listed, odd
from tests.bench.place import Place
from tests.bench.seasons import KINDS, Season, count_held, play, tell_difference, tell_forecasts

SEASONS = 2800  # of all metrics together
OTHERS = ("two best public", "two best CV", "best CV + most different")
WAYS = ("kit pick", *OTHERS)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Of S seasons. off: forecast less truth in its standard errors, (S,). lost: (S, WAYS), in the metric's own unit. unit:
    (S,), the mean standard error of the forecasts of runs.
    """

    off: np.ndarray
    lost: np.ndarray
    unit: np.ndarray

    @property
    def held(self) -> float:
        """The share of seasons whose truth the 80 % interval holds."""
        return count_held(self.off)


def final_two_seasons(place: Place, seed: int) -> str:
    few = SEASONS // 4
    return "\n".join([tell(judge(SEASONS, seed)), listed.tell(listed.judge(few, seed)), odd.tell(odd.judge(few, seed))])


def judge(seasons: int, seed: int) -> dict[str, Outcome]:
    """By metric, as many seasons of each, about `seasons` in all."""
    return {metric: judge_metric(metric, round(seasons / len(KINDS)), seed) for metric in KINDS}


def judge_metric(metric: str, seasons: int, seed: int) -> Outcome:
    draw = np.random.default_rng([seed, *metric.encode()])
    rows = [_judge_season(play(metric, draw)) for _ in range(seasons)]
    off, lost, unit = (np.array(column) for column in zip(*rows, strict=True))
    return Outcome(off, lost, unit)


def _judge_season(season: Season) -> tuple[float, list[float], float]:
    forecast = private_board.forecast(
        season.competition, season.labels, season.stack, season.public, season.public_rows, season.private_rows
    )
    private = metrics.find(season.competition).sign * season.private
    pairs = list(choose(season, forecast))
    expected, error = (each[pairs[0]] for each in final_two.expect_maximum(forecast))
    got = [float(private[list(pair)].max()) for pair in pairs]
    return (expected - got[0]) / error, [private.max() - one for one in got], float(forecast.error.mean())


def choose(season: Season, forecast: Forecast) -> Iterator[Pair]:
    """The two of each of WAYS."""
    sign, decide = metrics.find(season.competition).sign, season.competition.target.decide
    cv = sign * private_board.scores(season.competition, season.labels, season.stack)
    yield final_two.best_pair(forecast)
    yield final_two.two_best(sign * season.public) or (0, 1)
    yield final_two.two_best(cv) or (0, 1)
    first, decided = int(cv.argmax()), [decide(one) for one in season.stack]
    apart = [season.competition.target.distance(decided[first], other).mean() for other in decided]
    yield first, int(np.argmax(apart))


def tell(outcomes: dict[str, Outcome]) -> str:
    """A line per metric and one of all, whose losses are in standard errors of the forecast of a run."""
    joined = Outcome(
        np.concatenate([one.off for one in outcomes.values()]),
        np.concatenate([one.lost / one.unit[:, None] for one in outcomes.values()]),
        np.concatenate([one.unit for one in outcomes.values()]),
    )
    return "\n".join(_line(name, one) for name, one in {**outcomes, "all": joined}.items())


def _line(name: str, one: Outcome) -> str:
    parts = [f"{name}, {len(one.off)} seasons: {tell_forecasts(one.off)}"]
    parts.append(f"kit pick loses {one.lost[:, 0].mean():.5f}")
    for place, way in enumerate(OTHERS, 1):
        parts.append(f"{way} {tell_difference(one.lost[:, place] - one.lost[:, 0])}")
    return "; ".join(parts)
