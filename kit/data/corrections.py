"""What people found wrong with training labels: one table, shared in the team like the folds, that training honours.

data/<slug>/corrections.csv holds id, action and label (and may hold more). action: `drop`, nothing learns from the row;
`relabel`, it is learned from under `label`; `keep`, a person looked and the label stays. An empty action decides nothing.
Where several images answer for one row of the submission, the id is that of the row, and all of its images are meant.

The folds stay as they are. No score is judged on a row that is dropped or relabelled: the rest, the clean rows, is the same
for a training with the corrections and one without, so that the two can be compared and joined.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition
from kit.data import cache, folds, holdout
from kit.data.cache import Dataset
from kit.data.readers import table
from kit.errors import DataError
from kit.files import write_csv
from kit.paths import DataFolders
from kit.predictions import index_ids
from kit.progress import say
from kit.stats.known import Known
from kit.targets import Target

ACTIONS = ("drop", "relabel", "keep")
COLUMNS = ("id", "given", "action", "label")
PROPOSED = (*COLUMNS, "probability")  # of runs/<id>/review/corrections.csv, which a person fills in


@dataclass(frozen=True)
class Decision:
    """Of one training row, by its place, or that of one of its images, among the ids that were given. label: the other label,
    as one row of the target's labels (kit.targets) in plain values, such as the place of a class; -1 unless it is relabelled.
    """

    row: int
    action: str
    label: Any


def load(competition: Competition, folders: DataFolders) -> Dataset:
    """The prepared data (kit.data.cache.load) with the team's corrections. Raises DataError for a file that does not fit."""
    data = cache.load(competition, folders)
    return apply(data, read_decisions(competition, folders, data.train.rows, data.train.labels))


def read_clean_labels(competition: Competition, folders: DataFolders) -> Known:
    """Ids, labels and groups of the clean rows: what to judge a run on, also one of before the corrections.

    Raises DataError for data that is not prepared here, and for a file that does not fit.
    """
    rows = cache.read_labels(competition, folders)
    decided = read_decisions(competition, folders, rows.ids, rows.labels)
    corrected = [one.row for one in decided if one.action != "keep"]
    return rows.take(np.delete(np.arange(len(rows.ids)), corrected))


def read_decisions(
    competition: Competition, folders: DataFolders, ids: np.ndarray, labels: np.ndarray
) -> list[Decision]:
    """What the team has decided so far. ids, labels: as in `read`."""
    path = folders.corrections
    return read(path, competition, folders, ids, labels) if path.exists() else []


def read(
    path: Path, competition: Competition, folders: DataFolders, ids: np.ndarray, labels: np.ndarray
) -> list[Decision]:
    """The rows with an action, but for images that were held out since. ids, labels: of the training images, with the labels
    that were given.

    Raises DataError, naming file and line, for an unknown id, class or action, an id that comes twice, a row relabelled as
    what it is, and labels that were other ones when the file was made (column `given`, if there is one).
    """
    row_of = index_ids(ids)
    held = holdout.training_ids(holdout.read(folders.holdout, competition).ids) if folders.holdout.exists() else ()
    decisions: dict[int, Decision] = {}
    for line, record in enumerate(table(path, ("id", "action", "label")), 2):
        if record["id"] in held:
            continue
        try:
            decision = _decision(record, row_of, labels, competition.target)
            if decision.row in decisions:
                raise DataError(f"id {record['id']!r} comes twice")
        except DataError as error:
            raise DataError(f"{path}, line {line}: {error}") from None
        decisions[decision.row] = decision
    return [decision for decision in decisions.values() if decision.action]


def _decision(record: Mapping[str, str], row_of: Mapping[str, int], labels: np.ndarray, target: Target) -> Decision:
    action, label = record["action"], record["label"]
    if record["id"] not in row_of:
        raise DataError(f"no training row has the id {record['id']!r}")
    row = row_of[record["id"]]
    [given] = target.write(labels[row : row + 1])
    if record.get("given", given) != given:
        raise DataError(
            f"the label of {record['id']!r} is another now", received=repr(record["given"]), expected=repr(given)
        )
    if action and action not in ACTIONS:
        raise DataError(f"unknown action {action!r}", expected=f"{', '.join(ACTIONS)}, or nothing")
    if action != "relabel":
        return Decision(row, action, -1)
    other = target.parse([label])
    if target.write(other) == [given]:
        raise DataError(f"{record['id']!r} is relabelled as what it is", received=repr(label), do="use keep")
    return Decision(row, action, other[0].tolist())


def write(path: Path, data: Dataset, target: Target, decisions: Iterable[Decision]) -> None:
    """data: with the labels that were given."""
    kind = data.train.labels.dtype
    rows = [
        (
            data.train.rows[one.row],
            *target.write(data.train.labels[one.row : one.row + 1]),
            one.action,
            *(target.write(np.array([one.label], kind)) if one.action == "relabel" else [""]),
        )
        for one in decisions
    ]
    write_csv(path, COLUMNS, rows)


def apply(data: Dataset, decisions: Sequence[Decision]) -> Dataset:
    """The data as training is to see them. Says what changes."""
    acting = {str(data.train.rows[one.row]): one for one in decisions if one.action != "keep"}
    if not acting:
        return data
    corrected = [image for image, row in enumerate(data.train.rows.tolist()) if row in acting]
    of_image = {image: acting[data.train.rows[image]] for image in corrected}
    labels = data.train.labels.copy()
    for image, one in of_image.items():
        if one.action == "relabel":
            labels[image] = one.label
    dropped = [image for image, one in of_image.items() if one.action == "drop"]
    acted = sorted((row, one.action, one.label) for row, one in acting.items())
    out = sum(action == "drop" for _, action, _ in acted)
    say(f"corrections.csv: {out} training rows dropped, {len(acted) - out} relabelled; none of them is judged")
    return replace(
        data,
        train=replace(data.train, labels=labels),
        dropped=tuple(dropped),
        corrected=tuple(corrected),
        corrections=hashlib.sha256(repr(acted).encode()).hexdigest(),
        rows_fingerprint=folds.rows_fingerprint(data),
    )


def select_clean(data: Dataset, ids: np.ndarray) -> np.ndarray:
    """Those of `ids`, sorted, that no correction touches."""
    return np.setdiff1d(ids, data.train.rows[list(data.corrected)])


def fingerprints(data: Dataset, fold_of: np.ndarray) -> dict[str, str | None]:
    """As kit.data.folds.fingerprints, and that of the corrections: members of a run share it, joined runs need not."""
    return {**folds.fingerprints(data, fold_of), "corrections_fingerprint": data.corrections}
