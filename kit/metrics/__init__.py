"""Scores by name: what Kaggle computes, its direction and range, what it judges, and its noise."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from kit.competition import Competition, Metric
from kit.errors import DataError, nearest
from kit.forms import FORMS
from kit.metrics.classes import ACCURACY, BALANCED_ACCURACY, QUADRATIC_KAPPA
from kit.metrics.f_scores import macro_f, micro_f, probabilistic_f, row_f
from kit.metrics.likelihood import COLUMN_LOG_LOSS, KL_DIVERGENCE, LOG_LOSS
from kit.metrics.means import mean_of_rows as mean_of_rows  # for metrics of a competition's own
from kit.metrics.numbers import MAE, R2, RMSE, RMSLE
from kit.metrics.ranking import AUC, map_at, partial_auc
from kit.metrics.standard_errors import paired_gain, standard_error

METRICS = {
    "accuracy": ACCURACY,
    "balanced_accuracy": BALANCED_ACCURACY,
    "macro_f1": macro_f(1),
    "macro_f2": macro_f(2),
    "micro_f1": micro_f(1),
    "micro_f2": micro_f(2),
    "row_f1": row_f(1),
    "row_f2": row_f(2),
    "pf1": probabilistic_f(1),
    "quadratic_kappa": QUADRATIC_KAPPA,
    "log_loss": LOG_LOSS,
    "column_log_loss": COLUMN_LOG_LOSS,
    "kl_divergence": KL_DIVERGENCE,
    "auc": AUC,
    "auc_above_tpr_0.8": partial_auc(min_tpr=0.8),
    "map@3": map_at(3),  # and any other: map@7 is known, too
    "map@5": map_at(5),
    "rmse": RMSE,
    "rmsle": RMSLE,
    "mae": MAE,
    "r2": R2,
}
MAP_AT = re.compile(r"map@([1-9][0-9]*)")


def available(competition: Competition) -> dict[str, Metric]:
    """By name: the usual ones and the competition's own."""
    return {**METRICS, **competition.metrics}


def find_fitting(table: Mapping[str, Metric], target: str, form: str) -> list[str]:
    """Names of those that judge a kind of target and a kind of submission."""
    return [
        name
        for name, one in table.items()
        if (not one.targets or target in one.targets) and (not one.forms or form in one.forms)
    ]


def find(competition: Competition) -> Metric:
    """Raises DataError for an unknown one, with the nearest name."""
    return _look_up(competition.metric, available(competition))


def evaluate(
    competition: Competition, labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray | None = None
) -> dict[str, Any]:
    """The score of probabilities (N, C) on labels (N,) as the competition would score them, clipped as a submission is.

    {"score", "error": standard error over the rows (less than twice that apart is noise), "rows"}. score and error are nan
    where the metric is not defined on these rows, such as AUC without a positive. groups: (N,), equal for rows that depend on
    each other (kit.metrics.standard_errors.error_of_mean).
    """
    chosen, submitted = find(competition), prepare_for_scoring(competition, probabilities)
    score = float(chosen.score(labels, submitted))
    return {"score": score, "error": standard_error(chosen, labels, submitted, groups), "rows": len(labels)}


def gain(
    competition: Competition,
    labels: np.ndarray,
    ours: np.ndarray,
    theirs: np.ndarray,
    groups: np.ndarray | None = None,
) -> tuple[float, float]:
    """(how much better `ours` scores than `theirs`, positive for better in either direction; standard error of that).

    Paired: both are judged on the same rows, so what is hard for both does not blur the difference. groups: as for
    `evaluate`.
    """
    a, b = prepare_for_scoring(competition, ours), prepare_for_scoring(competition, theirs)
    return paired_gain(find(competition), labels, a, b, groups)


def log_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    return METRICS["log_loss"].score(labels, probabilities)


def prepare_for_scoring(competition: Competition, values: np.ndarray) -> np.ndarray:
    """What is scored of values (N, K): what a submission would say of them (kit.forms)."""
    target, form = competition.target, competition.submission
    return FORMS[form.kind].submitted(target, form, values, find_clip(competition))


def find_clip(competition: Competition) -> float:
    """Probabilities are submitted within [clip, 1 - clip]: Submission.clip, else what the metric needs."""
    own = competition.submission.clip
    return find(competition).clip if own is None else own


def metric(name: str) -> Metric:
    """Of the usual ones, map@k for any k among them. Raises DataError for any other, with the nearest name."""
    return _look_up(name, METRICS)


def _look_up(name: str, table: Mapping[str, Metric]) -> Metric:
    if name in table:
        return table[name]
    if match := MAP_AT.fullmatch(name):
        return map_at(int(match[1]))
    raise DataError(f"unknown metric {name!r}", do=nearest(name, table))
