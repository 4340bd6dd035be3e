"""Metrics of an order: where the true class stands in a row (MAP@k), where the positive rows stand in a column (AUC)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.competition import Metric, Scored
from kit.metrics.classes import CLASSES
from kit.metrics.means import mean_of_rows

COLUMNS: dict[str, Any] = {"forms": ("probability",), "targets": (*CLASSES, "labels")}


def map_at(k: int) -> Metric:
    """Mean average precision: of one true class 1 / its place among the k greatest values, 0 behind them.

    labels: int64 (N,). values: (N, C), or such a scipy.sparse.csr_array; a class of value 0 is not listed. Of equal values the
    class that comes first leads.
    """

    def per_row(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
        own = values[np.arange(len(labels)), labels]
        find = _places if isinstance(values, np.ndarray) else _places_of_sparse
        place = find(labels, values, own)
        return np.where((place <= k) & (own > 0), 1 / place, 0.0)

    return mean_of_rows(
        per_row, greater_is_better=True, binary_rows=k == 1, forms=("ranking", "label"), targets=("classes",)
    )


def _places(labels: np.ndarray, values: np.ndarray, own: np.ndarray) -> np.ndarray:
    """int64 (N,): from 1, that of the class `labels`, which has the value `own`, in each row of values (N, C)."""
    own, earlier = own[:, None], np.arange(values.shape[1]) < labels[:, None]
    return np.asarray(1 + (values > own).sum(1) + ((values == own) & earlier).sum(1))


def _places_of_sparse(labels: np.ndarray, values: Any, own: np.ndarray) -> np.ndarray:
    """Of a scipy.sparse.csr_array of few classes, each with a value above 0."""
    row = np.repeat(np.arange(len(labels)), np.diff(values.indptr))
    level = (values.data == own[row]) & (values.indices < labels[row])
    return 1 + np.bincount(row[(values.data > own[row]) | level], minlength=len(labels))


def one_vs_rest(labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(truth 0/1, values), both (N, K), a column per label or class; of two classes the second alone.

    labels: 0 to 1 (N, L), of which half makes a positive, with values (N, L); or int64 (N,) with values (N, C).
    """
    if labels.ndim == 2:
        return labels >= 0.5, values
    first = 1 if values.shape[1] == 2 else 0
    return labels[:, None] == np.arange(first, values.shape[1]), values[:, first:]


def _mean_over_columns(of_column: Scored, missing: Callable[[int], Any]) -> Scored:
    """Of the columns that have rows of both kinds; `missing` of the number of rows where none has."""

    def score(labels: np.ndarray, values: np.ndarray) -> Any:
        truth, values = one_vs_rest(labels, values)
        defined = np.flatnonzero(truth.any(0) & ~truth.all(0))
        each = [of_column(truth[:, column], values[:, column]) for column in defined]
        return np.mean(each, axis=0) if each else missing(len(labels))

    return score


def midranks(values: np.ndarray) -> np.ndarray:
    """float64 (N,): the place of each value from the least, from 1; equal values share their mean place."""
    _, rank, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[rank]


def _auc(truth: np.ndarray, values: np.ndarray) -> float:
    positive = int(truth.sum())
    above = midranks(values)[truth].sum() - positive * (positive + 1) / 2
    return float(above / (positive * (len(truth) - positive)))


def _auc_influence(truth: np.ndarray, values: np.ndarray) -> np.ndarray:
    """By DeLong et al. 1988, with the midranks of Sun and Xu 2014: each row's share of the other kind that it beats."""
    ranks, out = midranks(values), np.empty(len(truth))
    for kind in (True, False):
        own = truth == kind
        beaten = (ranks[own] - midranks(values[own])) / (~own).sum()
        out[own] = (beaten - beaten.mean()) * (1 if kind else -1) / own.mean()
    return out


def _areas(max_fpr: float) -> Scored:
    def area(truth: np.ndarray, values: np.ndarray) -> float:
        order = np.argsort(-values, kind="stable")
        last = np.append(np.diff(values[order]) != 0, True)  # of equal values
        true, false = (np.append(0, np.cumsum(kind[order])[last] / kind.sum()) for kind in (truth, ~truth))
        within = np.append(false[false < max_fpr], max_fpr)
        height = np.append(true[false < max_fpr], np.interp(max_fpr, false, true))
        return float(np.trapezoid(height, within))

    return area


def partial_auc(*, max_fpr: float = 1.0, min_tpr: float = 0.0) -> Metric:
    """Area under the ROC curve left of a false positive rate, or above a true positive rate, as it is, from 0 to `max_fpr` or
    1 - `min_tpr` (McClish 1989). labels and values as of AUC. Give one of the two.
    """
    if (max_fpr < 1) == (min_tpr > 0):
        raise ValueError("partial_auc takes either max_fpr below 1 or min_tpr above 0")
    area = _areas(max_fpr) if min_tpr == 0 else _above(min_tpr)
    high = max_fpr if min_tpr == 0 else 1 - min_tpr
    return Metric(_mean_over_columns(area, _no_score), greater_is_better=True, high=high, **COLUMNS)


def _above(min_tpr: float) -> Scored:
    """The ROC curve mirrored: what is above a true positive rate is left of a false negative rate."""
    area = _areas(1 - min_tpr)
    return lambda truth, values: area(~truth, -values)


def _no_score(rows: int) -> float:
    return float("nan")


# Area under the ROC curve (Hanley and McNeil 1982), 0 to 1, averaged over columns: labels (N, L) with values (N, L); classes
# int64 (N,) with values (N, C): of two the second, of more each that occurs against the others. nan for rows of one kind.
AUC = Metric(
    _mean_over_columns(_auc, _no_score),
    greater_is_better=True,
    influence=_mean_over_columns(_auc_influence, lambda rows: np.full(rows, np.nan)),
    **COLUMNS,
)
