"""Whether a run that arrives fits here: the same classes in their order, rows that are rows here, the same data and folds."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kit import paths, predictions, runs
from kit.competition import Competition
from kit.data import cache, folds
from kit.errors import DataError, list_names
from kit.files import read_json
from kit.runs import Run, provenance
from kit.sharing.manifest import ID, Manifest

KINDS = ("train", "predict", "ensemble", "import")


def slug_of(folder: Path, manifest: Manifest) -> str:
    """The competition, by run.json. Raises DataError if that is of another run than the manifest, or not sound."""
    record = read_json(folder / "run.json")
    try:
        slug, parents = str(record["slug"]), record["parents"]
        sound = (record["id"], record["kind"]) == (manifest.run, manifest.kind) and manifest.run.startswith(f"{slug}-")
        sound = sound and manifest.kind in KINDS and isinstance(record.get("created", ""), str)
        sound = sound and isinstance(parents, list) and all(ID.fullmatch(parent) for parent in parents)
    except (KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise DataError(f"run.json of {manifest.run} is not sound", received=str(record)[:200])
    return slug


def check(folder: Path, competition: Competition) -> Run:
    """The run in `folder`. Raises DataError if it does not fit the data and folds here, and ConfigError for settings of another
    version of the kit.
    """
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    try:
        run = runs.open_run(folder)
        provenance.check_rows(run, folds.fingerprints(data, folds.read(where.folds, data.train.ids)))
        metrics = read_json(run.metrics)
        metric, numbers = metrics["metric"], [metrics[key] for key in ("score", "error", "rows")]
        if not all(isinstance(number, (int, float)) for number in numbers):
            raise TypeError(f"score, error and rows are {numbers}")
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"the records of {folder.name} are not sound", received=repr(error)) from None
    if metric != competition.metric:
        raise DataError(f"{run.id} was scored by another metric", received=metric, expected=competition.metric)
    _check_rows(run, competition, "oof", data.train.rows)
    _check_rows(run, competition, "test", np.unique(data.test.rows))
    return run


def _check_rows(run: Run, competition: Competition, part: str, here: np.ndarray) -> None:
    """Out of fold, some of the rows here; of the test images, all."""
    own = predictions.load(run.folder / f"{part}.npz", here)
    if own.columns != competition.target.columns:
        raise DataError(
            f"{run.id} has its classes in another order, or others",
            received=list_names(own.columns),
            expected=list_names(competition.target.columns),
        )
    predictions.check(own, competition.target)
    strange = np.setdiff1d(own.ids, here)
    if len(strange) or not len(own.ids) or (part == "test" and len(own.ids) != len(here)):
        raise DataError(
            f"{part}.npz of {run.id} is not of the rows here",
            received=f"{len(own.ids)} ids, {len(strange)} of them unknown",
            expected=f"ids of the {len(here)} rows",
        )


def record(run: Run, source: str) -> dict[str, Any]:
    """Where a run came from, and which of the runs that it was made of are not here: of it, there are the predictions only."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    missing = [parent for parent in run.parents if not (paths.runs() / parent / "run.json").exists()]
    return {"from": source, "when": now, "parents_not_here": missing}
