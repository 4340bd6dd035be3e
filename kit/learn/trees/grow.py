"""Gradient boosting by scikit-learn's HistGradientBoosting (after Ke et al., "LightGBM", 2017), for each kind of target."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from kit.config import Config
from kit.learn.trees.forest import Forest
from kit.linear import NEVER
from kit.runs import environment
from kit.targets import Target

FEW = 10_000  # rows, up to which a second thread costs more than it saves


@dataclass(frozen=True)
class Rows:
    """inputs: float64 (N, D), categories first. told: float32 (N, K), the targets as values. weights: (N,)."""

    inputs: np.ndarray
    told: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class _Part:
    """One model of scikit-learn, and the columns of the target that its outputs speak of: none for a constant."""

    model: Any
    columns: Sequence[int]


def grow(target: Target, config: Config, seed: int, learn: Rows, stopping: Rows, categories: int) -> Forest:
    """Trees from the rows to learn from; as many as the stopping rows want, if there are any, else all.

    categories: how many of the first inputs are categories, 0 to 254 each.
    """
    bias = _constants(target, learn)
    learn, stopping = (_fill_empty(rows, np.isnan(learn.inputs).all(0)) for rows in (learn, stopping))
    threads = 1 if len(learn.inputs) <= FEW else environment.usable_cores()
    with threadpool_limits(threads):
        parts = [
            _Part(_fit(target.has_units, config, seed, known, aside, categories), named)
            for named, known, aside in _problems(target, learn, stopping)
        ]
    return _join(bias, parts)


def _fill_empty(rows: Rows, empty: np.ndarray) -> Rows:
    """Columns without a value in any row to learn from become 0, as scikit-learn wants a value: no tree then asks for them."""
    return replace(rows, inputs=np.where(empty, 0.0, rows.inputs)) if empty.any() else rows


def _problems(target: Target, learn: Rows, stopping: Rows) -> Iterator[tuple[Sequence[int], Rows, Rows]]:
    """(columns of the target, rows to learn from, rows to stop by), the truth of each rows (N,) in place of `told`.

    One for each number or label, one for all classes: a row counts once for every class, by its share.
    """
    if target.independent:
        for column in range(learn.told.shape[1]):
            if np.ptp(learn.told[:, column]):
                yield [column], _of_column(learn, column), _of_column(stopping, column)
        return
    seen = np.flatnonzero(learn.told.any(0))
    if len(seen) > 1:
        yield (seen[1:] if len(seen) == 2 else seen).tolist(), _by_class(learn, seen), _by_class(stopping, seen)


def _of_column(rows: Rows, column: int) -> Rows:
    return Rows(rows.inputs, rows.told[:, column], rows.weights)


def _by_class(rows: Rows, seen: np.ndarray) -> Rows:
    place, column = np.nonzero(rows.told[:, seen])
    weights = rows.weights[place] * rows.told[:, seen][place, column]
    return Rows(rows.inputs[place], column, weights)


def _constants(target: Target, rows: Rows) -> np.ndarray:
    """float64 (K,): the logits of what is the same in all rows, of classes that none of them has, and else 0."""
    told, bias = rows.told.astype(np.float64), np.zeros(rows.told.shape[1])
    same = np.ptp(told, axis=0) == 0
    if target.independent:
        share = told.mean(0) if target.has_units else np.clip(told.mean(0), 1e-6, 1 - 1e-6)
        bias[same] = share[same] if target.has_units else np.log(share / (1 - share))[same]
    else:
        bias[~told.any(0)] = NEVER
    return bias


def _fit(numbers: bool, config: Config, seed: int, learn: Rows, stopping: Rows, categories: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    model = (HistGradientBoostingRegressor if numbers else HistGradientBoostingClassifier)(
        learning_rate=config.learning_rate,
        max_iter=config.trees,
        max_leaf_nodes=config.leaves,
        min_samples_leaf=config.leaf_rows,
        l2_regularization=config.leaf_decay,
        max_features=config.column_share,
        categorical_features=[*range(categories)] or None,
        early_stopping=bool(len(stopping.inputs)),
        n_iter_no_change=max(config.patience, 1),
        random_state=seed,
    )
    aside = {"X_val": stopping.inputs, "y_val": stopping.told, "sample_weight_val": stopping.weights}
    return model.fit(learn.inputs, learn.told, learn.weights, **aside if len(stopping.inputs) else {})


def _join(bias: np.ndarray, parts: Sequence[_Part]) -> Forest:
    """The trees of all models. What is read of a model here is not of scikit-learn's public interface; a test holds it to what
    its own prediction says.
    """
    columns, first, nodes, sets = [], [0], [], [np.empty((0, 8), np.uint32)]
    for part in parts:
        bias[list(part.columns)] += np.ravel(part.model._baseline_prediction)
        for step in part.model._predictors:
            for column, tree in zip(part.columns, step, strict=True):
                columns.append(column)
                nodes.append(_nodes(tree.nodes, first[-1], sum(map(len, sets))))
                sets.append(tree.raw_left_cat_bitsets)
                first.append(first[-1] + len(tree.nodes))
    named = {name: np.concatenate([one[name] for one in nodes]) for name in nodes[0]} if nodes else _nothing()
    return Forest(bias, np.array(columns, np.int64), np.array(first[:-1]), **named, sets=np.concatenate(sets))


def _nodes(nodes: np.ndarray, first: int, sets: int) -> dict[str, np.ndarray]:
    """The fields of a Forest of a tree's nodes. first, sets: the places of its own ones among all."""
    leaf, named = nodes["is_leaf"].astype(bool), nodes["is_categorical"].astype(bool)
    return {
        "value": nodes["value"],
        "feature": np.where(leaf, -1, nodes["feature_idx"]),
        "threshold": nodes["num_threshold"],
        "left": first + nodes["left"].astype(np.int64),
        "right": first + nodes["right"].astype(np.int64),
        "missing_left": nodes["missing_go_to_left"].astype(bool),
        "bits": np.where(named, sets + nodes["bitset_idx"].astype(np.int64), -1),
    }


def _nothing() -> dict[str, np.ndarray]:
    """Of no trees, where all rows are told the same."""
    floats, ints = np.empty(0), np.empty(0, np.int64)
    both = {"value": floats, "threshold": floats, "missing_left": np.empty(0, bool)}
    return both | dict.fromkeys(("feature", "left", "right", "bits"), ints)
