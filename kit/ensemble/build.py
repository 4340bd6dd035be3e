"""An ensemble of runs, which is a run: joined by id, by a method that was chosen and judged on different rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kit import metrics, paths, predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import corrections, folds, image_rows
from kit.data.cache import Dataset
from kit.ensemble import choose_method, contribution, finish, methods
from kit.ensemble.choose_method import Chosen
from kit.ensemble.method import best_member
from kit.errors import ConfigError, DataError
from kit.json_files import write_json
from kit.runs import Run, provenance
from kit.stats.known import Known
from kit.targets import Target


def ensemble(competition: Competition, base_runs: list[Run], *, name: str | None = None) -> Run:
    """Makes one run of finished runs of one competition; of a single run, one that is better calibrated. Its out-of-fold
    probabilities, float32 (N, C) in run.oof, come from methods that were chosen and fitted on other folds.

    name: goes into the run's id. Raises ConfigError for a run that is given twice, DataError for one that is not finished, or
    is of another competition or of other data, and where they did not judge the same rows.
    """
    where = paths.data(competition.slug)
    data = corrections.load(competition, where)
    fold_of = folds.read(where.folds, data.train.ids)
    prints = folds.fingerprints(data, fold_of)
    _check(competition, base_runs, prints)
    ids, stack, submitted = _stack(base_runs, data)
    first = image_rows.first_images(data.train.rows, ids)
    labels, groups = data.train.labels[first], data.train.groups[first]
    folds_of_rows = folds.cross_fit_folds(data, fold_of, first)
    chosen = choose_method.choose(finish.before_decision(competition), stack, labels, folds_of_rows, groups)
    test_ids = image_rows.list_rows(data.test.rows)[0]
    tested = np.stack([predictions.load(run.test).before_finish().select(test_ids) for run in base_runs])
    unfinished = finish.Unfinished(chosen.honest, chosen.others, chosen.tried[chosen.method])
    honest, last = finish.fit_finish(competition, unfinished, labels, folds_of_rows, groups)
    record = {"method": chosen.method, "parameters": chosen.parameters, "finish": last}
    target = competition.target
    test = blend(target, tested, record)

    config = Config(recipe="ensemble", backbone=f"{len(base_runs)} runs", folds=base_runs[0].config.folds)
    parents = tuple(run.id for run in base_runs)
    prints |= provenance.corrections_of(base_runs)
    run = runs.create(competition.slug, "ensemble", config, {}, name=name, fingerprints=prints, parents=parents)
    predictions.save(run.oof, finish.keep(target, ids, honest, chosen.honest, last))
    predictions.save(run.test, finish.finish_test(target, test_ids, test, last))
    names = [run.id for run in base_runs]
    table = contribution.table(competition, names, stack, submitted, labels, folds_of_rows, chosen)
    timed = [row | {"seconds": contribution.seconds(run)} for row, run in zip(table, base_runs, strict=True)]
    seen = finish.apply(target, blend(target, stack, record), last)
    score = _judge(competition, submitted, Known(ids, labels, groups), honest, seen)
    tried = _summarize_methods(competition, labels, groups, chosen)
    write_json(run.metrics, score | record | tried | {"parts": timed})
    return run


def blend(target: Target, stack: np.ndarray, record: Mapping[str, Any]) -> np.ndarray:
    """float32 (N, K): the ensemble's values, not finished yet, from those of its parts (R, N, K), by the method and parameters
    of `record`, as metrics.json holds them.
    """
    return methods.available(target, stack)[record["method"]].apply(stack, record["parameters"])


def _check(competition: Competition, base_runs: list[Run], fingerprints: Mapping[str, str | None]) -> None:
    if len({run.id for run in base_runs}) < len(base_runs):
        raise ConfigError("an ensemble needs different runs", received=", ".join(run.id for run in base_runs))
    for run in base_runs:
        provenance.check_competition(run, competition.slug)
        if run.status() != "finished":
            raise DataError(f"{run.id} is not finished", received=run.status(), do=f"kit train --resume {run.id}")
        provenance.check_rows(run, fingerprints)


def _stack(base_runs: list[Run], data: Dataset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(ids (N,), values of before any finish (R, N, K), those submitted (R, N, K)): out of fold, joined by id, of rows that no
    correction touches. All runs must have judged the same ones of these.
    """
    loaded = [predictions.load(run.oof) for run in base_runs]
    ids = corrections.select_clean(data, loaded[0].ids)
    for run, own in zip(base_runs, loaded, strict=True):
        if own.columns != loaded[0].columns:
            raise DataError(
                f"{run.id} has other classes than {base_runs[0].id}", received=own.columns, expected=loaded[0].columns
            )
        here = corrections.select_clean(data, own.ids)
        if not np.array_equal(here, ids):
            raise DataError(
                f"{run.id} judged other rows than {base_runs[0].id}",
                received=f"{len(here)} rows, {len(np.intersect1d(here, ids))} of them shared",
                expected=f"the same {len(ids)} rows",
                do="train both with the same --folds, and take back no corrections",
            )
    unfinished = [own.before_finish() for own in loaded]
    return ids, np.stack([own.select(ids) for own in unfinished]), np.stack([own.select(ids) for own in loaded])


def _judge(
    competition: Competition, parts: np.ndarray, known: Known, honest: np.ndarray, seen: np.ndarray
) -> dict[str, Any]:
    """parts: (R, N, K), as submitted. honest, seen: (N, K), by what was chosen and fitted on other folds, and on the rows
    themselves.
    """
    labels, groups = known.labels, known.groups
    best = best_member(parts, methods.better(competition, labels))
    gain, error = metrics.gain(competition, labels, honest, parts[best], groups)
    return {
        "metric": competition.metric,
        **metrics.evaluate(competition, labels, honest, groups),
        "loss": float(competition.target.losses(labels, honest).mean()),
        "optimistic_score": metrics.evaluate(competition, labels, seen)["score"],
        "gain_over_best_part": {"gain": gain, "error": error},
    }


def _summarize_methods(
    competition: Competition, labels: np.ndarray, groups: np.ndarray, chosen: Chosen
) -> dict[str, Any]:
    """Where thresholds decide afterwards a method has no score of its own, but its loss, by which it was chosen."""
    undecided = finish.before_decision(competition) is not competition
    return {
        "chosen_in_folds": chosen.counts,
        "given_up": chosen.given_up,
        "methods": [
            {
                "method": name,
                "score": None if undecided else result["score"],
                "error": None if undecided else result["error"],
                "loss": float(competition.target.losses(labels, probabilities).mean()),
            }
            for name, probabilities in chosen.tried.items()
            for result in [metrics.evaluate(competition, labels, probabilities, groups)]
        ],
    }
