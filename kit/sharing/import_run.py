"""Predictions made elsewhere become a run: checked as those of a teammate are, scored here, then a run like any other."""

from collections.abc import Set
from dataclasses import replace
from pathlib import Path

import numpy as np

from kit import metrics, paths, predictions, runs, top_k
from kit.competition import Competition
from kit.config import Config
from kit.data import cache, corrections, folds, holdout, keep_folds
from kit.data.cache import Dataset
from kit.data.image_rows import list_rows
from kit.ensemble import finish
from kit.errors import DataError
from kit.files import sha256
from kit.json_files import write_json
from kit.paths import DataFolders
from kit.progress import say
from kit.runs import Run
from kit.sharing import read_predictions


def import_run(
    competition: Competition, oof: Path, test: Path, *, folds_file: Path | None = None, name: str | None = None
) -> Run:
    """A finished run, of kind "import", of predictions out of fold and of the test rows (kit.sharing.read_predictions).

    folds_file: a table of the ids and folds that the predictions were made on, however its folds are numbered. That no row was
    predicted by a model that learned from it cannot be seen from files: it is believed, and said so.
    Raises DataError for files that do not fit the data here, for rows of a fold without a prediction, and for other folds.
    """
    where = paths.data(competition.slug)
    data = corrections.load(competition, where)
    fold_of = folds.read(where.folds, data.train.ids)
    left_out = _list_left_out(where, data)
    if folds_file:
        _check_folds(folds_file, where.folds, data, fold_of, left_out)
    of_train, of_test = (read_predictions.read(path, competition) for path in (oof, test))
    if predictions.keeps_top_k(competition, len(data.train.ids) + len(data.test.ids)):
        of_train, of_test = (replace(one, values=top_k.keep(one.values)) for one in (of_train, of_test))
    judged = _find_judged(oof, of_train.ids, data, fold_of, left_out)
    tested = list_rows(data.test.rows)[0]
    _check_known(test, of_test.ids, tested)
    _check_complete(test, of_test.ids, tested)
    say(f"believed: no row of {oof.name} was predicted by a model that learned from it, on {folds_file or where.folds}")
    target, ids = competition.target, data.train.rows[judged]
    labels, groups = data.train.labels[judged], data.train.groups[judged]
    parts = folds.cross_fit_folds(data, fold_of, judged)
    values = of_train.select(ids)
    honest, finished = finish.decide(competition, values, labels, parts, groups)
    config = Config(recipe="import", backbone=oof.name, folds=int(fold_of[judged].max()) + 1)
    prints = folds.fingerprints(data, fold_of)
    run = runs.create(competition.slug, "import", config, {}, name=name, fingerprints=prints)
    predictions.save(run.oof, finish.keep(target, ids, honest, values, finished))
    predictions.save(run.test, finish.finish_test(target, tested, of_test.select(tested), finished))
    result = {"metric": competition.metric, **metrics.evaluate(competition, labels, honest, groups)}
    files = {path.name: sha256(path) for path in (oof, test, folds_file) if path}
    write_json(run.metrics, result | ({"finish": finished} if finished else {}) | {"imported": files})
    return run


def _list_left_out(where: DataFolders, data: Dataset) -> Set[str]:
    """Ids of training rows that may stand in the files and are not used: held out, or unreadable."""
    unreadable = {row["id"] for row in cache.quarantine(where) if row["part"] == "train"}
    return unreadable | holdout.training_ids(data.test.rows)


def _check_folds(path: Path, here: Path, data: Dataset, fold_of: np.ndarray, left_out: Set[str]) -> None:
    """Raises DataError unless the same rows share a fold in both files, and the same rows are never judged."""
    ids, images = list_rows(data.train.rows)
    theirs = folds.read(path, ids, column=keep_folds.find_id_column(path, ids), left_out=left_out)
    ours = fold_of[images]
    for one, other in ((theirs, ours), (ours, theirs)):
        first = np.unique(one, return_index=True)
        leader = first[1][np.searchsorted(first[0], one)]
        if len(parted := np.flatnonzero(other != other[leader])):
            row = parted[0]
            raise DataError(
                f"{path} does not hold the folds of {here}",
                received=f"{ids[leader[row]]} and {ids[row]}, which share a fold in one of them, not in the other",
                expected="predictions made on the folds here",
                do=f"`kit prepare {here.parent.name} --folds-from {path} --reset-folds` takes those folds, for runs to come",
            )


def _find_judged(path: Path, given: np.ndarray, data: Dataset, fold_of: np.ndarray, left_out: Set[str]) -> np.ndarray:
    """int64: the first image of each row that is judged: of the folds 0, 1, ... that the predictions are of, but for rows that
    a correction touches.
    """
    names, first = list_rows(data.train.rows)
    _check_known(path, given, np.array([*names, *left_out], str))
    own = fold_of[first]
    present = np.unique(own[np.isin(names, given) & (own >= 0)])
    if not len(present) or present.tolist() != list(range(len(present))):
        raise DataError(
            f"{path} is not of whole folds", received=f"rows of the folds {present.tolist()}", expected="0, 1, ..."
        )
    judged = first[(own >= 0) & (own < len(present)) & ~np.isin(first, data.corrected)]
    _check_complete(path, given, data.train.rows[judged])
    return judged


def _check_known(path: Path, given: np.ndarray, known: np.ndarray) -> None:
    if len(strange := np.setdiff1d(given, known)):
        raise DataError(
            f"{path} holds {len(strange)} unknown ids",
            received=repr(str(strange[0])),
            expected=f"ids such as {str(known[0])!r}",
        )


def _check_complete(path: Path, given: np.ndarray, wanted: np.ndarray) -> None:
    if len(missing := np.setdiff1d(wanted, given)):
        raise DataError(
            f"{path} lacks {len(missing)} rows",
            received=f"no {str(missing[0])!r}",
            expected=f"all {len(wanted)} rows",
            do="of a hold-out, ids with holdout/ before them" if missing[0].startswith(holdout.PREFIX) else "",
        )
