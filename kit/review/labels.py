"""Likely label errors, ranked from out-of-fold predictions, as a sheet to look at and a table to fill in.

By confident learning (C. Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021), as
cleanlab does it: how many labels are wrong is estimated from the probabilities, and so many of the least probable are named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from kit import paths, predictions
from kit.competition import Competition
from kit.data import cache, corrections
from kit.data.corrections import PROPOSED
from kit.data.image_rows import first_images
from kit.data.readers import table
from kit.errors import ConfigError
from kit.files import open_atomic, write_csv
from kit.paths import DataFolders
from kit.report.render import pictures
from kit.runs import Run, provenance
from kit.targets import Target

OUTLYING = 3.5  # robust deviations


@dataclass(frozen=True)
class Review:
    """suspects(labels, values) -> int64: the rows whose labels are likely wrong, the worst first; values are of models that
    did not learn from the row. others(target, labels, values) -> (labels that these rows may have instead, how probable the
    run finds that, or empty texts where it has no probability).
    """

    suspects: Callable[[np.ndarray, np.ndarray], np.ndarray]
    others: Callable[[Target, np.ndarray, np.ndarray], tuple[np.ndarray, list[float | str]]]


def suspects(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Of classes: the least probable label first. Of 50,000 rows in seconds. Raises ConfigError without cleanlab."""
    if find_spec("cleanlab") is None:
        raise ConfigError("label review needs cleanlab, which is not installed", do="pip install cleanlab")
    from cleanlab.filter import find_label_issues

    # of cleanlab's ways to pick, the one of most hits and fewest false alarms on digits with flipped labels
    how = {"filter_by": "low_self_confidence", "return_indices_ranked_by": "self_confidence", "n_jobs": 1}
    issues = find_label_issues(labels, probabilities, **how)
    return np.asarray(issues, dtype=np.int64)


def _other_class(target: Target, labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, list[float | str]]:
    """The given one is wrong, or not worth a proposal: so the most probable of the others."""
    rows = np.arange(len(labels))
    left = values.copy()
    left[rows, labels] = -1
    other = left.argmax(1)
    return other, [round(float(one), 4) for one in values[rows, other]]


def suspect_sets(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Of several labels: rows of which at least one is likely wrong, each label judged for itself, the least probable first
    (A. Thyagarajan et al., "Identifying Incorrect Annotations in Multi-Label Classification Data", 2022).
    """
    worst = np.full(len(labels), np.inf)  # the probability of the least probable one
    for given, present in zip(labels.T.astype(np.int64), probabilities.T, strict=True):
        if len(np.unique(given)) > 1:  # else there is nothing to learn it from
            both = np.stack([1 - present, present], axis=1)
            rows = suspects(given, both)
            worst[rows] = np.minimum(worst[rows], both[rows, given[rows]])
    order = np.argsort(worst, kind="stable")
    return order[np.isfinite(worst[order])]


def _other_set(target: Target, labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, list[float | str]]:
    """The label that the run contradicts most is turned over, and whatever else it decides otherwise; its probability."""
    rows, contradicted = np.arange(len(labels)), np.abs(values - labels)
    worst, other = contradicted.argmax(1), target.decide(values)
    other[rows, worst] = 1 - labels[rows, worst]
    return other, [round(float(one), 4) for one in contradicted.max(1)]


def suspect_numbers(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows with a residual of more than OUTLYING robust deviations from the median one: 1.4826 times the median absolute
    deviation (B. Iglewicz and D. Hoaglin, "How to Detect and Handle Outliers", 1993).
    """
    residuals = labels.astype(np.float64) - values
    off = np.abs(residuals - np.median(residuals, axis=0))
    score = (off / np.maximum(1.4826 * np.median(off, axis=0), 1e-12)).max(1)
    order = np.argsort(-score, kind="stable")
    return order[score[order] > OUTLYING]


def _other_numbers(target: Target, labels: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, list[float | str]]:
    return target.decide(values), [""] * len(values)


REVIEWS = {
    "classes": Review(suspects, _other_class),
    "grades": Review(suspects, _other_class),
    "labels": Review(suspect_sets, _other_set),
    "numbers": Review(suspect_numbers, _other_numbers),
}


def propose(run: Run, competition: Competition, *, top: int = 100, action: str = "") -> list[dict[str, Any]]:
    """Writes runs/<id>/review/labels.png and corrections.csv with the `top` most suspicious labels, worst first.

    Returns the table's new rows: id, given label, action (as asked, to be filled in by a person), the label that the run
    finds most probable, and its probability out of fold (empty for numbers). What was already decided on is not proposed
    again, and what a person has filled into an earlier table of the run stays. Raises ConfigError for a target whose labels
    are not reviewed.
    """
    where, target = paths.data(competition.slug), competition.target
    if target.kind not in REVIEWS:
        raise ConfigError(f"labels that are {target.kind} are not reviewed", expected=", ".join(REVIEWS))
    data = cache.load(competition, where)
    provenance.check_data(run, {"data_fingerprint": data.fingerprint})
    oof = predictions.load(run.oof)
    predictions.check_whole(oof, "a review")
    labels = cache.labels_of(data.train, oof.ids)
    path = run.folder / "review" / "corrections.csv"
    filled = [row for row in table(path, PROPOSED) if row["action"]] if path.exists() else []
    known = {row["id"] for row in filled} | _list_decided(competition, where, data)
    suspected = REVIEWS[target.kind].suspects(labels, oof.values).tolist()
    rows = [row for row in suspected if str(oof.ids[row]) not in known][:top]
    proposals = _propose(target, oof, rows, labels[rows], action)
    write_csv(path, PROPOSED, ([*row.values()] for row in [*filled, *proposals]))
    if proposals and competition.has_images:
        _draw(path.with_name("labels.png"), data, proposals)
    return proposals


def _list_decided(competition: Competition, where: DataFolders, data: cache.Dataset) -> set[str]:
    """The ids that the team's corrections decide on."""
    decisions = corrections.read_decisions(competition, where, data.train.rows, data.train.labels)
    return {str(data.train.rows[one.row]) for one in decisions}


def _propose(
    target: Target, oof: predictions.Predictions, rows: list[int], labels: np.ndarray, action: str
) -> list[dict[str, Any]]:
    """labels: of these rows."""
    others, probable = REVIEWS[target.kind].others(target, labels, oof.values[rows])
    texts = zip(oof.ids[rows].tolist(), target.write(labels), target.write(others), probable, strict=True)
    return [dict(zip(PROPOSED, (name, given, action, other, sure), strict=True)) for name, given, other, sure in texts]


def _draw(path: Path, data: cache.Dataset, proposals: list[dict[str, Any]]) -> None:
    rows = first_images(data.train.rows, [row["id"] for row in proposals])
    sure = [f" {row['probability']:.2f}" if row["probability"] != "" else "" for row in proposals]
    titles = [
        f"{row['id']}: {row['given']}\nsaid {row['label']}{one}" for row, one in zip(proposals, sure, strict=True)
    ]
    with open_atomic(path) as out:
        out.write(pictures.sheet(data.train.images[rows], titles))
