"""An ensemble of runs, which is a run: joined by id, by a method that was chosen and judged on different rows."""

from typing import Any

import numpy as np

from kit import metrics, places, predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, folds
from kit.data.cache import Dataset
from kit.ensemble import members, methods
from kit.ensemble.methods import METHODS, Chosen
from kit.errors import ConfigError, DataError
from kit.files import write_json
from kit.runs import Run


def ensemble(competition: Competition, parts: list[Run], *, name: str | None = None) -> Run:
    """Makes one run of finished runs of one competition; of a single run, one that is better calibrated.

    Raises DataError when they do not predict the same rows.
    """
    where = places.data(competition.slug)
    data = cache.load(competition, where)
    fold_of = folds.read(where.folds, data.train.ids)
    fingerprints = folds.fingerprints(data, fold_of)
    _check(competition, parts, fingerprints)
    ids, stack = _stack(parts)
    labels = cache.labels_of(data.train, ids)
    folds_of_rows = folds.parts(data, fold_of, _rows(data, ids))
    chosen = methods.choose(competition, stack, labels, folds_of_rows)
    tested = np.stack([predictions.load(part.test).at(data.test.ids) for part in parts])
    test = METHODS[chosen.method].apply(tested, chosen.parameters)

    config = Config(recipe="ensemble", backbone=f"{len(parts)} runs", folds=parts[0].config.folds)
    parents = tuple(part.id for part in parts)
    run = runs.create(competition.slug, "ensemble", config, {}, name=name, fingerprints=fingerprints, parents=parents)
    predictions.save(run.oof, predictions.of(ids, chosen.honest, competition.classes))
    predictions.save(run.test, predictions.of(data.test.ids, test, competition.classes))
    table = members.table(competition, [part.id for part in parts], stack, labels, folds_of_rows, chosen)
    write_json(run.metrics, _judge(competition, stack, labels, chosen) | {"parts": table})
    return run


def _check(competition: Competition, parts: list[Run], fingerprints: dict[str, str]) -> None:
    if len({part.id for part in parts}) < len(parts):
        raise ConfigError("an ensemble needs different runs", received=", ".join(part.id for part in parts))
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


def _rows(data: Dataset, ids: np.ndarray) -> np.ndarray:
    row = {name: number for number, name in enumerate(data.train.ids.tolist())}
    return np.array([row[name] for name in ids.tolist()])


def _judge(competition: Competition, stack: np.ndarray, labels: np.ndarray, chosen: Chosen) -> dict[str, Any]:
    scores = {name: metrics.judge(competition, labels, said)["score"] for name, said in chosen.tried.items()}
    seen = METHODS[chosen.method].apply(stack, chosen.parameters)
    best = methods.best_member(stack, methods.better(competition, labels))
    gain, error = metrics.gain(competition, labels, chosen.honest, stack[best])
    return {
        "metric": competition.metric,
        **metrics.judge(competition, labels, chosen.honest),
        "log_loss": metrics.log_loss(labels, chosen.honest),
        "optimistic_score": metrics.judge(competition, labels, seen)["score"],
        "gain_over_best_part": {"gain": gain, "error": error},
        "method": chosen.method,
        "parameters": chosen.parameters,
        "chosen_in_folds": chosen.counts,
        "methods": [
            {"method": name, "score": score, "log_loss": metrics.log_loss(labels, chosen.tried[name])}
            for name, score in scores.items()
        ],
    }
