"""The shadow leaderboard: runs scored on the rows that were held out, for practice without a quota and an honest last check.

runs/shadow/<slug>/<run-id>.json: one file per run, so that a team's tables merge. The private half is scored only when it is
revealed, and each reveal is recorded: who chooses by it has made it public.
"""

import datetime
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit import metrics, paths, predictions
from kit.competition import Competition
from kit.data import holdout
from kit.data.holdout import Holdout
from kit.errors import DataError
from kit.json_files import read_json, write_json
from kit.runs import Run


@dataclass(frozen=True)
class Entry:
    """holdout: sha256 of the holdout.csv. public, private: score, its standard error and its rows; private None until
    revealed. when, revealed: UTC, ISO 8601.
    """

    run: str
    when: str
    holdout: str
    public: dict[str, Any]
    private: dict[str, Any] | None = None
    revealed: str | None = None


def submit(competition: Competition, run: Run, *, reveal: bool = False) -> Entry:
    """Scores the run's test predictions on the held-out rows, and writes its entry. Raises DataError for a run that did not
    predict them: it was trained before they were set aside, and may have learned from them.
    """
    path = paths.data(competition.slug).holdout
    held, test = holdout.read(path, competition), predictions.load(run.test)
    if missing := set(held.ids.tolist()) - set(test.ids.tolist()):
        raise DataError(
            f"{run.id} did not predict the hold-out",
            received=f"{len(missing)} of {len(held.ids)} rows missing",
            expected="a run trained since it was set aside",
            do="train again",
        )
    probabilities = predictions.order_columns(competition, test).select(held.ids)
    now = datetime.datetime.now(datetime.UTC).isoformat("T", "seconds")
    public = _score(competition, held, probabilities, held.public)
    entry = next((one for one in table(competition) if one.run == run.id), None)
    entry = replace(entry, public=public) if entry else Entry(run.id, now, str(holdout.digest(path)), public)
    if reveal and entry.private is None:
        private = _score(competition, held, probabilities, ~held.public)
        entry = replace(entry, private=private, revealed=now)
    write_json(_folder(competition) / f"{run.id}.json", asdict(entry))
    return entry


def _score(competition: Competition, held: Holdout, probabilities: np.ndarray, rows: np.ndarray) -> dict[str, Any]:
    groups = None if held.groups is None else held.groups[rows]
    return metrics.evaluate(competition, held.labels[rows], probabilities[rows], groups)


def table(competition: Competition) -> list[Entry]:
    """The entries on the present hold-out, the best public score first. Raises DataError for a damaged one."""
    present = holdout.digest(paths.data(competition.slug).holdout)
    sign = metrics.find(competition).sign
    try:
        entries = [Entry(**read_json(path)) for path in sorted(_folder(competition).glob("*.json"))]
    except TypeError as error:
        raise DataError(f"{_folder(competition)} holds a file that is no entry", received=error) from None
    return sorted((one for one in entries if one.holdout == present), key=lambda one: -sign * one.public["score"])


def _folder(competition: Competition) -> Path:
    return paths.runs() / "shadow" / competition.slug
