"""What other runs predicted, as columns to learn from (D. Wolpert, "Stacked generalization", 1992), joined by id: of training
rows what was said out of fold, by models that did not see the row.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kit import predictions, runs
from kit.competition import Competition
from kit.config import Config
from kit.data import folds
from kit.data.cache import CachedSplit, Dataset
from kit.errors import ConfigError, DataError
from kit.learn.member import Member
from kit.predictions import Predictions
from kit.runs import Run, provenance


def resolve(competition: Competition, config: Config) -> Config:
    """With the whole ids of the runs. Raises ConfigError for one that is named twice, DataError for one that is not here, not
    finished, or of another competition.
    """
    found = [provenance.find_source(reference) for reference in config.stacked_on]
    ids = tuple(run.id for run in found)
    if len(set(ids)) < len(ids):
        raise ConfigError("stacked_on needs different runs", received=", ".join(ids))
    for run in found:
        provenance.check_competition(run, competition.slug)
        if run.status() != "finished":
            raise DataError(f"{run.id} is not finished", received=run.status(), do=f"kit train --resume {run.id}")
    return replace(config, stacked_on=ids)


def check(competition: Competition, sources: Sequence[str], data: Dataset, fold_of: np.ndarray) -> None:
    """Raises DataError for a run of other rows or folds, one that lacks a fold or a test row, and one that keeps only the best
    of many classes.
    """
    prints, judged = folds.fingerprints(data, fold_of), np.unique(fold_of[fold_of >= 0])
    for run in map(runs.find, sources):
        provenance.check_rows(run, prints)
        said, tested = _load(competition, run, "train"), _load(competition, run, "test")
        here = np.unique(fold_of[np.isin(data.train.rows, said.ids)])
        if len(missing := np.setdiff1d(judged, here)):
            raise DataError(
                f"{run.id} has judged no row of fold {missing[0]}",
                received=f"{len(judged) - len(missing)} folds",
                expected=f"all {len(judged)} folds of folds.csv, of which a member learns the others",
                do=f"stack on a run of --folds {len(judged)}",
            )
        predictions.find_rows(tested.ids, np.unique(data.test.rows), f"of test rows here are not in {run.id}")


def columns(member: Member, split: CachedSplit, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), D): of each run the K columns of the target, of two that exclude each other the second. Nan where a
    row was never judged; all images of a row of the submission have the values of that row.
    """
    tables = [_look_up(member.competition, runs.find(name), split, rows) for name in member.config.stacked_on]
    return np.concatenate([np.empty((len(rows), 0), np.float32), *tables], axis=1)


def _look_up(competition: Competition, run: Run, split: CachedSplit, rows: np.ndarray) -> np.ndarray:
    said = _load(competition, run, split.split)
    place = predictions.index_ids(said.ids)
    at = np.array([place.get(name, -1) for name in split.rows[rows].tolist()], np.int64)
    values = np.where((at >= 0)[:, None], said.values[at], np.float32(np.nan))
    return values[:, 1:] if competition.target.exclusive and values.shape[1] == 2 else values


def _load(competition: Competition, run: Run, split: str) -> Predictions:
    said = predictions.load(run.oof if split == "train" else run.test).before_finish()
    predictions.check_whole(said, "a run to stack on")
    return predictions.order_columns(competition, said)
