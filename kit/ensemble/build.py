"""An ensemble of runs, which is a run: blended by id, judged honestly, kept only if it is not worse than its best part."""

import numpy as np

from kit import metrics, places, predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, folds
from kit.data.cache import Dataset
from kit.ensemble import weights
from kit.errors import ConfigError, DataError
from kit.files import write_json
from kit.runs import Run


def ensemble(competition: Competition, parts: list[Run], *, name: str | None = None) -> Run:
    """Blends finished runs of one competition. Raises DataError when they do not predict the same rows."""
    where = places.data(competition.slug)
    data = cache.load(competition, where)
    fold_of = folds.read(where.folds, data.train.ids)
    fingerprints = folds.fingerprints(data, fold_of)
    _check(competition, parts, fingerprints)
    ids, stack = _stack(parts)
    labels = cache.labels_of(data.train, ids)
    fitted = weights.fit(stack, labels)
    honest = weights.cross_fitted(stack, labels, _folds(data, fold_of, ids))
    test = weights.blend(np.stack([predictions.load(part.test).at(data.test.ids) for part in parts]), fitted)

    config = Config(recipe="ensemble", backbone=f"{len(parts)} runs", folds=parts[0].config.folds)
    parents = tuple(part.id for part in parts)
    run = runs.create(competition.slug, "ensemble", config, {}, name=name, fingerprints=fingerprints, parents=parents)
    predictions.save(run.oof, predictions.of(ids, honest, competition.classes))
    predictions.save(run.test, predictions.of(data.test.ids, test, competition.classes))
    write_json(run.metrics, _judge(competition, parts, stack, labels, fitted, honest))
    return run


def _check(competition: Competition, parts: list[Run], fingerprints: dict[str, str]) -> None:
    if len(parts) < 2 or len({part.id for part in parts}) < len(parts):
        given = ", ".join(part.id for part in parts)
        raise ConfigError("an ensemble needs two or more different runs", received=given or "none")
    for part in parts:
        if part.slug != competition.slug:
            raise DataError(f"{part.id} is of another competition", received=part.slug, expected=competition.slug)
        if part.status() != "finished":
            raise DataError(f"{part.id} is not finished", received=part.status(), do=f"kit train --resume {part.id}")
        runs.check_data(part, fingerprints)


def _stack(parts: list[Run]) -> tuple[np.ndarray, np.ndarray]:
    """(ids (N,), probabilities (R, N, C)): out of fold, joined by id. All runs must have judged the same rows."""
    loaded = [predictions.load(part.oof) for part in parts]
    ids = np.sort(loaded[0].ids)
    for part, own in zip(parts, loaded, strict=True):
        if own.classes != loaded[0].classes:
            raise DataError(
                f"{part.id} has other classes than {parts[0].id}", received=own.classes, expected=loaded[0].classes
            )
        if not np.array_equal(np.sort(own.ids), ids):
            raise DataError(
                f"{part.id} judged other rows than {parts[0].id}",
                received=f"{len(own.ids)} rows, {len(np.intersect1d(own.ids, ids))} of them shared",
                expected=f"the same {len(ids)} rows",
                do="train both with the same --folds",
            )
    return ids, np.stack([own.at(ids) for own in loaded])


def _folds(data: Dataset, fold_of: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """The fold of each id; runs of a single fold are cut into five parts, exact duplicates together."""
    row = {name: number for number, name in enumerate(data.train.ids.tolist())}
    rows = np.array([row[name] for name in ids.tolist()])
    own = fold_of[rows]
    return own if len(np.unique(own)) > 1 else data.train.groups[rows] % 5


def _judge(
    competition: Competition,
    parts: list[Run],
    stack: np.ndarray,
    labels: np.ndarray,
    fitted: np.ndarray,
    honest: np.ndarray,
) -> dict[str, object]:
    scores = [metrics.judge(competition, labels, own)["score"] for own in stack]
    result = metrics.judge(competition, labels, honest)
    greater = metrics.metric(competition.metric).greater_is_better
    return {
        "metric": competition.metric,
        **result,
        "optimistic_score": metrics.judge(competition, labels, weights.blend(stack, fitted))["score"],
        "better_than_best_part": result["score"] > max(scores) if greater else result["score"] < min(scores),
        "parts": [
            {"run": part.id, "weight": float(weight), "score": score}
            for part, weight, score in zip(parts, fitted, scores, strict=True)
        ],
    }
