"""What each member of an ensemble is worth: its score, how like the others it is, what is lost without it."""

from typing import Any

import numpy as np

from kit import metrics, runs, top_k
from kit.competition import Competition
from kit.ensemble import calibration, finish, methods
from kit.ensemble.choose_method import Chosen
from kit.ensemble.method import Parameters
from kit.errors import DataError
from kit.runs import Run
from kit.runs.history import read_history
from kit.stats.cross_fit import cross_fit


def table(
    competition: Competition,
    names: list[str],
    stack: np.ndarray,
    submitted: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    chosen: Chosen,
) -> list[dict[str, Any]]:
    """stack, submitted: (R, N, K), of before any finish and after it.

    One record per run: its weight (None where the method has none), score and log loss out of fold, mean correlation of
    its rows' losses with the others', the temperature that would calibrate it (None of kit.top_k), and by how much the
    cross-fitted score and log loss of the chosen method are worse without it (negative: they are better without it; None
    for a single run, and a score where thresholds decide afterwards).
    """
    weights = chosen.parameters.get("weights", [None] * len(names))
    losses = np.stack([competition.target.losses(labels, one) for one in stack])
    correlations = np.atleast_2d(np.corrcoef(losses))
    rows = []
    for index, name in enumerate(names):
        others = np.arange(len(names)) != index
        record: dict[str, Any] = {"run": name, "weight": weights[index]}
        record["score"] = metrics.evaluate(competition, labels, submitted[index])["score"]
        record["loss"] = float(competition.target.losses(labels, stack[index]).mean())
        record["correlation"] = float(correlations[index][others].mean()) if others.any() else None
        record["temperature"] = None
        if not top_k.is_top_k(stack):
            record["temperature"] = calibration.fit_temperature(competition.target, stack[index], labels)
        record |= _measure_loss_without(competition, stack[others], labels, folds, chosen)
        rows.append(record)
    return rows


def _measure_loss_without(
    competition: Competition, others: np.ndarray, labels: np.ndarray, folds: np.ndarray, chosen: Chosen
) -> dict[str, float | None]:
    if not len(others):
        return {"score_lost_without": None, "loss_lost_without": None}
    method, target = methods.available(competition.target, others)[chosen.method], competition.target

    def fit(rest: np.ndarray) -> Parameters:
        return method.fit(others[:, rest], labels[rest], methods.better(competition, labels[rest]))

    without = cross_fit(folds, fit, lambda parameters, rows: method.apply(others[:, rows], parameters))
    whole = chosen.tried[chosen.method]
    undecided = finish.before_decision(competition) is not competition  # a score before thresholds would mislead
    lost = None if undecided else metrics.gain(competition, labels, whole, without)[0]
    difference = float((target.losses(labels, without) - target.losses(labels, whole)).mean())
    return {"score_lost_without": lost, "loss_lost_without": difference}


def seconds(run: Run) -> int | None:
    """What the trainings behind a run took, all members together, by their history.csv; None if that is not recorded."""
    try:
        trained = _trainings(run).values()
    except DataError:  # a run that it came from is not here any more, or never was
        return None
    files = [file for one in trained for file in one.folder.glob("*/history.csv")]
    epochs = [row for file in files for row in read_history(file)]
    return round(sum(row["seconds"] for row in epochs)) if all("seconds" in row for row in epochs) else None


def _trainings(run: Run) -> dict[str, Run]:
    if run.kind == "import":
        raise DataError(f"{run.id} was trained elsewhere")
    before = [_trainings(runs.find(parent, runs.read_run)) for parent in run.parents]
    own = {run.id: run} if run.kind == "train" else {}
    return own | {key: one for each in before for key, one in each.items()}
