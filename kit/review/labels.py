"""Likely label errors, ranked from out-of-fold predictions, as a sheet to look at and a table to fill in.

By confident learning (C. Northcutt et al., "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021), as
cleanlab does it: how many labels are wrong is estimated from the probabilities, and so many of the least probable are named.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from kit import paths, predictions
from kit.competition import Competition
from kit.data import cache, corrections
from kit.data.corrections import PROPOSED
from kit.data.readers import table
from kit.errors import ConfigError
from kit.files import open_atomic, write_csv
from kit.paths import DataFolders
from kit.predictions import find_rows
from kit.report.render import pictures
from kit.runs import Run, provenance


def suspects(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """int64: the rows whose labels are likely wrong, the least probable label first. Of 50,000 rows in seconds.

    labels: int (N,). probabilities: (N, C), by models that did not learn from the row. Raises ConfigError without cleanlab.
    """
    if find_spec("cleanlab") is None:
        raise ConfigError("label review needs cleanlab, which is not installed", do="pip install cleanlab")
    from cleanlab.filter import find_label_issues

    # of cleanlab's ways to pick, the one of most hits and fewest false alarms on digits with flipped labels
    how = {"filter_by": "low_self_confidence", "return_indices_ranked_by": "self_confidence", "n_jobs": 1}
    issues = find_label_issues(labels, probabilities, **how)
    return np.asarray(issues, dtype=np.int64)


def propose(run: Run, competition: Competition, *, top: int = 100, action: str = "") -> list[dict[str, Any]]:
    """Writes runs/<id>/review/labels.png and corrections.csv with the `top` most suspicious labels, worst first.

    Returns the table's new rows: id, given label, action (as asked, to be filled in by a person), the label that the run
    finds most probable, and its probability out of fold. What was already decided on is not proposed again, and what a
    person has filled into an earlier table of the run stays.
    """
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    provenance.check_data(run, {"data_fingerprint": data.fingerprint})
    oof = predictions.load(run.oof)
    labels = cache.labels_of(data.train, oof.ids)
    path = run.folder / "review" / "corrections.csv"
    filled = [row for row in table(path, PROPOSED) if row["action"]] if path.exists() else []
    known = {row["id"] for row in filled} | _list_decided(competition, where, data)
    rows = [row for row in suspects(labels, oof.values) if str(oof.ids[row]) not in known][:top]
    proposals = [_row(oof, row, competition.target.columns[labels[row]], action) for row in rows]
    write_csv(path, PROPOSED, ([*row.values()] for row in [*filled, *proposals]))
    if proposals:
        _draw(path.with_name("labels.png"), data, proposals)
    return proposals


def _list_decided(competition: Competition, where: DataFolders, data: cache.Dataset) -> set[str]:
    """The ids that the team's corrections decide on."""
    decisions = corrections.read_decisions(competition, where, data.train.ids, data.train.labels)
    return {str(data.train.ids[one.row]) for one in decisions}


def _row(oof: predictions.Predictions, row: int, given: str, action: str) -> dict[str, Any]:
    """The given label is wrong, or not worth a proposal: so the most probable of the others."""
    others = np.where(np.array(oof.columns) == given, -1, oof.values[row])
    predicted = int(others.argmax())
    values = (
        str(oof.ids[row]),
        given,
        action,
        oof.columns[predicted],
        round(float(oof.values[row, predicted]), 4),
    )
    return dict(zip(PROPOSED, values, strict=True))


def _draw(path: Path, data: cache.Dataset, proposals: list[dict[str, Any]]) -> None:
    rows = find_rows(data.train.ids, [row["id"] for row in proposals])
    titles = [f"{row['id']}: {row['given']}\nsaid {row['label']} {row['probability']:.2f}" for row in proposals]
    with open_atomic(path) as out:
        out.write(pictures.sheet(data.train.images[rows], titles))
