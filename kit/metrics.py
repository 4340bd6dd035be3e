"""Scores by name: what Kaggle computes, its direction and range, and its noise."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kit.competition import Competition, Metric, Scored
from kit.errors import DataError, nearest

RESAMPLES = 200  # of the bootstrap, for metrics that are no mean over rows


def mean_of_rows(per_row: Scored, *, greater_is_better: bool, high: float = 1.0, **more: Any) -> Metric:
    """A metric whose score is the mean of what each row contributes, from 0 to `high`."""

    def score(labels: np.ndarray, probabilities: np.ndarray) -> float:
        return float(per_row(labels, probabilities).mean())

    return Metric(score, greater_is_better, 0.0, high, per_row, **{"one_hot": False, **more})


def _hit(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return (probabilities.argmax(1) == labels).astype(np.float64)


def _log_loss(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    chosen = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return -np.log(np.clip(chosen, 1e-6, 1 - 1e-6))  # the clip that submissions get too


def _precision_at(k: int) -> Scored:
    """1 / place of the true class among the k most probable, 0 behind them: with one true class, its average precision."""

    def per_row(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
        return ((best == labels[:, None]) / np.arange(1, best.shape[1] + 1)).sum(1)

    return per_row


def _auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve; of more than two classes, the mean of each one that occurs against the others."""
    from sklearn.metrics import roc_auc_score

    occurring = np.unique(labels)
    if len(occurring) < 2:
        raise DataError("auc wants rows of two classes or more", received=f"rows of {len(occurring)}")
    ours = [1] if probabilities.shape[1] == 2 else occurring
    return float(np.mean([roc_auc_score(labels == label, probabilities[:, label]) for label in ours]))


def _macro_f1(labels: np.ndarray, probabilities: np.ndarray) -> float:
    from sklearn.metrics import f1_score

    every = np.arange(probabilities.shape[1])
    return float(f1_score(labels, probabilities.argmax(1), labels=every, average="macro", zero_division=0))


def _kappa(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Cohen's kappa with quadratic weights: classes are grades, in their order."""
    from sklearn.metrics import cohen_kappa_score

    every = np.arange(probabilities.shape[1])
    return float(cohen_kappa_score(labels, probabilities.argmax(1), labels=every, weights="quadratic"))


def _rmse(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Of the mean grade that the probabilities expect: classes are grades 0, 1, 2, ... in their order."""
    expected = probabilities @ np.arange(probabilities.shape[1])
    return float(np.sqrt(np.mean((expected - labels) ** 2)))


METRICS = {
    "accuracy": mean_of_rows(_hit, greater_is_better=True),
    "log_loss": mean_of_rows(
        _log_loss, greater_is_better=False, high=-np.log(1e-6), exclusive=True, finish="temperature and clip"
    ),
    "map@3": mean_of_rows(_precision_at(3), greater_is_better=True),
    "map@5": mean_of_rows(_precision_at(5), greater_is_better=True),
    "auc": Metric(_auc, greater_is_better=True, one_hot=False),
    "macro_f1": Metric(_macro_f1, greater_is_better=True, one_hot=False, finish="class factors"),
    "quadratic_kappa": Metric(_kappa, greater_is_better=True, low=-1.0, one_hot=False, finish="cut points"),
    "rmse": Metric(_rmse, greater_is_better=False, high=np.inf, finish="cut points"),
}


def available(competition: Competition) -> dict[str, Metric]:
    """By name: the usual ones and the competition's own."""
    return {**METRICS, **competition.metrics}


def find(competition: Competition) -> Metric:
    """Raises DataError for an unknown one, with the nearest name."""
    return _look_up(competition.metric, available(competition))


def evaluate(competition: Competition, labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """The score of probabilities (N, C) on labels (N,) as the competition would score them, clipped as a submission is.

    {"score", "error": standard error over the rows (less than twice that apart is noise), "rows"}.
    """
    chosen, submitted = find(competition), prepare_for_scoring(competition, probabilities)
    if chosen.per_row:
        error = chosen.per_row(labels, submitted).std() / np.sqrt(len(labels))
    else:
        error = np.std([chosen.score(labels[rows], submitted[rows]) for rows in _resample(labels)])
    return {"score": float(chosen.score(labels, submitted)), "error": float(error), "rows": len(labels)}


def gain(competition: Competition, labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """(how much better `ours` scores than `theirs`, positive for better in either direction; standard error of that).

    Paired: both are judged on the same rows, so what is hard for both does not blur the difference.
    """
    chosen = find(competition)
    sign = chosen.sign
    a, b = prepare_for_scoring(competition, ours), prepare_for_scoring(competition, theirs)
    if chosen.per_row:
        rows = sign * (chosen.per_row(labels, a) - chosen.per_row(labels, b))
        return float(rows.mean()), float(rows.std() / np.sqrt(len(rows)))
    drawn = [
        sign * (chosen.score(labels[rows], a[rows]) - chosen.score(labels[rows], b[rows])) for rows in _resample(labels)
    ]
    return float(sign * (chosen.score(labels, a) - chosen.score(labels, b))), float(np.std(drawn))


def log_loss(labels: np.ndarray, probabilities: np.ndarray) -> float:
    return METRICS["log_loss"].score(labels, probabilities)


def log_loss_gain(labels: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """As `gain`, in log loss whatever the competition's metric."""
    rows = _log_loss(labels, theirs) - _log_loss(labels, ours)
    return float(rows.mean()), float(rows.std() / np.sqrt(len(rows)))


def prepare_for_scoring(competition: Competition, probabilities: np.ndarray) -> np.ndarray:
    """What is scored of probabilities (N, C): clipped, or, of labels, wholly of the class that is the largest."""
    form = competition.submission
    if form.kind == "label" and find(competition).one_hot:
        return np.eye(probabilities.shape[1])[probabilities.argmax(1)]
    return np.clip(probabilities, form.clip, 1 - form.clip) if form.kind == "probability" else probabilities


def _resample(labels: np.ndarray) -> list[np.ndarray]:
    """Rows drawn with replacement, as many of each class as there are, so that every class is in every sample."""
    draw = np.random.default_rng(0)
    of_class = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return [np.concatenate([draw.choice(rows, len(rows)) for rows in of_class]) for _ in range(RESAMPLES)]


def metric(name: str) -> Metric:
    """Of the usual ones. Raises DataError for any other, with the nearest name."""
    return _look_up(name, METRICS)


def _look_up(name: str, table: Mapping[str, Metric]) -> Metric:
    if name not in table:
        raise DataError(f"unknown metric {name!r}", do=nearest(name, table))
    return table[name]
