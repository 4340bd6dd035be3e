"""The last step of an ensemble where its metric asks for one: calibration for log loss, thresholds for decisions.

It is fitted on other folds than those that it is judged on, and applied only if it gains there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.ensemble import calibration, thresholds
from kit.ensemble.methods import Chosen, Parameters


@dataclass(frozen=True)
class Finish:
    """fit(competition, probabilities, labels) -> parameters that go into JSON; of submissions of that kind."""

    name: str
    kind: str
    fit: Callable[[Competition, np.ndarray, np.ndarray], Parameters]
    apply: Callable[[np.ndarray, Parameters], np.ndarray]


_CUTS = Finish("cut points", "label", thresholds.fit_cuts, thresholds.apply_cuts)
FINISHES = {  # by metric
    "log_loss": Finish("temperature and clip", "probability", calibration.fit, calibration.apply),
    "macro_f1": Finish("class factors", "label", thresholds.fit_factors, thresholds.apply_factors),
    "quadratic_kappa": _CUTS,
    "rmse": _CUTS,
}


def finished(
    competition: Competition, chosen: Chosen, labels: np.ndarray, folds: np.ndarray
) -> tuple[np.ndarray, dict[str, Any] | None]:
    """(the honest probabilities, finished if that gains; what was found, for metrics.json: None if there is no finish for
    this metric). interval: where the gain lies with 95 % confidence.
    """
    finish = FINISHES.get(competition.metric)
    if finish is None or finish.kind != competition.submission.kind:
        return chosen.honest, None
    said = np.empty_like(chosen.honest)
    for fold, others in chosen.others.items():
        judged = folds == fold
        said[judged] = finish.apply(chosen.honest[judged], finish.fit(competition, others, labels[~judged]))
    gain, error = metrics.gain(competition, labels, said, chosen.honest)
    record = {
        "name": finish.name,
        "applied": gain > 0,
        "gain": gain,
        "error": error,
        "interval": [gain - 1.96 * error, gain + 1.96 * error],
        "parameters": finish.fit(competition, chosen.tried[chosen.method], labels),
    }
    return said if gain > 0 else chosen.honest, record


def apply(competition: Competition, probabilities: np.ndarray, record: dict[str, Any] | None) -> np.ndarray:
    """Probabilities (N, C) of the ensemble, with the finish of `record` if it is one that is applied."""
    if record is None or not record["applied"]:
        return probabilities
    return FINISHES[competition.metric].apply(probabilities, record["parameters"])
