"""Whether a run that arrives fits here: the same classes in their order, rows that are rows here, the same data and folds."""

from pathlib import Path

import numpy as np

from kit import paths, predictions, runs
from kit.competition import Competition
from kit.data import cache, folds
from kit.errors import DataError, list_names
from kit.fields import check_fields, is_text, show
from kit.json_files import read_json
from kit.runs import Run, provenance
from kit.runs.check_records import COMPARED, OF_A_MEMBER, read_records
from kit.runs.history import read_history
from kit.sharing.manifest import Manifest


def slug_of(folder: Path, manifest: Manifest) -> str:
    """The competition, by run.json. Raises DataError if that is of another run than the manifest, or not sound."""
    record = read_records(folder)[0]
    slug = str(record["slug"])
    named = (record["id"], record["kind"]) == (manifest.run, manifest.kind) and manifest.run.startswith(f"{slug}-")
    if not named or not is_text(record.get("created", "")):
        raise DataError(f"run.json of {manifest.run} is not sound", received=show(record))
    return slug


def check(folder: Path, competition: Competition) -> Run:
    """The run in `folder`. Raises DataError if it does not fit the data and folds here, and ConfigError for settings of another
    version of the kit.
    """
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    run = runs.open_run(folder)
    metric = check_fields(read_json(run.metrics), f"metrics.json of {run.id}", COMPARED, {})["metric"]
    for file in run.folder.glob("*/metrics.json"):
        check_fields(read_json(file), f"{file.parent.name}/metrics.json of {run.id}", {}, OF_A_MEMBER)
    for file in run.folder.glob("*/history.csv"):
        read_history(file)
    provenance.check_rows(run, folds.fingerprints(data, folds.read(where.folds, data.train.ids)))
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
