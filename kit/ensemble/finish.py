"""The last step of an ensemble where its metric asks for one: calibration for log loss, thresholds for decisions.

For each fold it is fitted on the others, and applied only if it gains among them: the fold itself has no say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition, FinishName
from kit.ensemble import calibration, thresholds
from kit.ensemble.choose_method import Chosen
from kit.ensemble.methods import Parameters
from kit.stats.cross_fit import cross_fit


@dataclass(frozen=True)
class Finish:
    """fit(competition, probabilities, labels) -> parameters that go into JSON; of submissions of that kind."""

    kind: str
    fit: Callable[[Competition, np.ndarray, np.ndarray], Parameters]
    apply: Callable[[np.ndarray, Parameters], np.ndarray]


FINISHES: dict[FinishName, Finish] = {  # a metric names the one that suits it
    "temperature and clip": Finish("probability", calibration.fit, calibration.apply),
    "class factors": Finish("label", thresholds.fit_factors, thresholds.apply_factors),
    "cut points": Finish("label", thresholds.fit_cuts, thresholds.apply_cuts),
}


def fit_finish(
    competition: Competition, chosen: Chosen, labels: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, dict[str, Any] | None]:
    """(the honest probabilities, finished where that promised to gain; what was found, for metrics.json: None if there is no
    finish for this metric). gain: of that honest choice, with a 95 % interval. applied: whether it is for test images.
    """
    name = metrics.find(competition).finish
    if name is None or FINISHES[name].kind != competition.submission.kind:
        return chosen.honest, None
    finish = FINISHES[name]
    finished_rows, applied = chosen.honest.copy(), chosen.honest.copy()
    for fold, others in chosen.others.items():
        judged, known = folds == fold, labels[folds != fold]
        applied[judged] = finish.apply(chosen.honest[judged], finish.fit(competition, others, known))
        if _gains(finish, competition, others, known, folds[~judged]):
            finished_rows[judged] = applied[judged]
    gain, error = metrics.gain(competition, labels, finished_rows, chosen.honest)
    record = {
        "name": name,
        "applied": metrics.gain(competition, labels, applied, chosen.honest)[0] > 0,
        "gain": gain,
        "error": error,
        "interval": [gain - 1.96 * error, gain + 1.96 * error],
        "parameters": finish.fit(competition, chosen.tried[chosen.method], labels),
    }
    return finished_rows, record


def _gains(
    finish: Finish, competition: Competition, probabilities: np.ndarray, labels: np.ndarray, folds: np.ndarray
) -> bool:
    """Whether the finish gains on rows of some folds, each judged by what was fitted on the others of them."""
    halves = folds if len(np.unique(folds)) > 1 else np.arange(len(folds)) % 2  # of one fold, its halves
    finished_rows = cross_fit(
        halves,
        lambda rest: finish.fit(competition, probabilities[rest], labels[rest]),
        lambda fitted, rows: finish.apply(probabilities[rows], fitted),
    )
    return metrics.gain(competition, labels, finished_rows, probabilities)[0] > 0


def apply(probabilities: np.ndarray, record: dict[str, Any] | None) -> np.ndarray:
    """Probabilities (N, C) of the ensemble, with the finish of `record` if it is one that is applied."""
    if record is None or not record["applied"]:
        return probabilities
    return FINISHES[record["name"]].apply(probabilities, record["parameters"])
