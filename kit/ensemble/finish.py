"""The last step of a run where its metric asks for one: calibration for log loss, thresholds and cut points for decisions.

For each fold it is fitted on the others, and applied only if it gains among them: the fold itself has no say. What is decided
by it is written into the values themselves, so that whatever follows takes the largest class, or labels above 0.5, as ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kit import metrics, predictions, top_k
from kit.competition import Competition, FinishName, Submission
from kit.ensemble import calibration, decisions
from kit.ensemble.method import Parameters
from kit.predictions import Predictions
from kit.progress import say
from kit.stats.cross_fit import cross_fit
from kit.targets import Target


@dataclass(frozen=True)
class Finish:
    """fit(competition, values, labels) -> parameters that go into JSON; apply(target, values, parameters) -> values.

    forms: of submissions, and kinds: of targets, for which it has a meaning. decides: by which quantity it decides what a row
    is said to be, for people; a single run has it then too. None: it only says how sure that is. join_by: the metric of
    probabilities by which runs are joined before it; None: the competition's own.
    """

    forms: tuple[str, ...]
    kinds: tuple[str, ...]
    decides: str | None
    fit: Callable[[Competition, np.ndarray, np.ndarray], Parameters]
    apply: Callable[[Target, np.ndarray, Parameters], np.ndarray]
    join_by: str | None = None


FINISHES: dict[FinishName, Finish] = {  # a metric names those that suit it
    "temperature and clip": Finish(
        ("probability",), ("classes", "grades", "labels"), None, calibration.fit, calibration.apply
    ),
    "class factors": Finish(
        ("label",),
        ("classes", "grades"),
        "the probability of each class times its factor",
        decisions.fit_factors,
        decisions.apply_factors,
    ),
    "cut points": Finish(
        ("label",), ("classes", "grades"), "the expected grade", decisions.fit_cuts, decisions.apply_cuts
    ),
    "thresholds": Finish(
        ("labels",),
        ("labels",),
        "the probability of each label",
        decisions.fit_thresholds,
        decisions.apply_thresholds,
        join_by="column_log_loss",
    ),
}


@dataclass(frozen=True)
class Unfinished:
    """What a finish is fitted on. honest: float32 (N, K), out of fold. others: for each fold the values, float32 (M, K), of the
    M rows of the other folds, which nothing of that fold had a part in. final: (N, K), as the test rows are predicted.
    """

    honest: np.ndarray
    others: Mapping[int, np.ndarray]
    final: np.ndarray


def find(competition: Competition) -> FinishName | None:
    """The first that the competition's metric asks for and that has a meaning for its form and target."""
    form, kind = competition.submission.kind, competition.target.kind
    wanted = metrics.find(competition).finish
    return next((name for name in wanted if form in FINISHES[name].forms and kind in FINISHES[name].kinds), None)


def before_decision(competition: Competition) -> Competition:
    """The competition as its runs are joined. Where thresholds will decide, a score at 0.5 would prefer what exaggerates."""
    name = find(competition)
    metric = FINISHES[name].join_by if name else None
    if metric is None:
        return competition
    form = Submission(competition.submission.id_column, competition.target.columns, kind="probability")
    return replace(competition, metric=metric, submission=form)


def fit_finish(
    competition: Competition,
    unfinished: Unfinished,
    labels: np.ndarray,
    folds: np.ndarray,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, dict[str, Any] | None]:
    """(the honest values, finished where that promised to gain; what was found, for metrics.json: None if there is no
    finish for this metric). gain: of that honest choice, with a 95 % interval. applied: whether it is for test images.
    groups: as for kit.metrics.evaluate.
    """
    name = find(competition)
    if name is None or _lacks_classes(unfinished.honest, name):
        return unfinished.honest, None
    finish, target = FINISHES[name], competition.target
    finished_rows, applied = unfinished.honest.copy(), unfinished.honest.copy()
    for fold, others in unfinished.others.items():
        judged, known = folds == fold, labels[folds != fold]
        applied[judged] = finish.apply(target, unfinished.honest[judged], finish.fit(competition, others, known))
        if _gains(finish, competition, others, known, folds[~judged]):
            finished_rows[judged] = applied[judged]
    gain, error = metrics.gain(competition, labels, finished_rows, unfinished.honest, groups)
    record = {
        "name": name,
        "decides": finish.decides,
        "applied": metrics.gain(competition, labels, applied, unfinished.honest)[0] > 0,
        "gain": gain,
        "error": error,
        "interval": [gain - 1.96 * error, gain + 1.96 * error],
        "parameters": finish.fit(competition, unfinished.final, labels),
    }
    return finished_rows, record


def _lacks_classes(values: np.ndarray, name: str) -> bool:
    """Whether these are the top k of many classes, to which no finish is fitted; says so."""
    lacks = top_k.is_top_k(values)
    if lacks:
        say(f"{name} are not fitted: only the {values.shape[1]} most probable classes of each row are kept")
    return lacks


def decide(
    competition: Competition,
    values: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, dict[str, Any] | None]:
    """`fit_finish` of a single run, float32 (N, K) out of fold, if its competition has a finish that decides."""
    name = find(competition)
    if name is None or FINISHES[name].decides is None or _lacks_classes(values, name):
        return values, None
    others = {int(fold): values[folds != fold] for fold in np.unique(folds)}
    return fit_finish(competition, Unfinished(values, others, values), labels, folds, groups)


def keep(
    target: Target, ids: np.ndarray, finished: np.ndarray, unfinished: np.ndarray, record: dict[str, Any] | None
) -> Predictions:
    """What a run says, and what it said before its finish if that decided: what joins or learns from it takes no decisions."""
    decided = record is not None and FINISHES[record["name"]].decides is not None
    return predictions.make(ids, finished, target, unfinished if decided else None)


def finish_test(target: Target, ids: np.ndarray, values: np.ndarray, record: dict[str, Any] | None) -> Predictions:
    """`apply` and `keep` of the test images, values (N, K)."""
    return keep(target, ids, apply(target, values, record), values, record)


def _gains(finish: Finish, competition: Competition, values: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> bool:
    """Whether the finish gains on rows of some folds, each judged by what was fitted on the others of them."""
    halves = folds if len(np.unique(folds)) > 1 else np.arange(len(folds)) % 2  # of one fold, its halves
    finished_rows = cross_fit(
        halves,
        lambda rest: finish.fit(competition, values[rest], labels[rest]),
        lambda fitted, rows: finish.apply(competition.target, values[rows], fitted),
    )
    return metrics.gain(competition, labels, finished_rows, values)[0] > 0


def apply(target: Target, values: np.ndarray, record: dict[str, Any] | None) -> np.ndarray:
    """Values (N, K) with the finish of `record` if it is one that is applied."""
    if record is None or not record["applied"]:
        return values
    return FINISHES[record["name"]].apply(target, values, record["parameters"])
