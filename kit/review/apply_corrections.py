"""From a table that a person filled in to the team's corrections, and what training with them has gained."""

from collections import Counter
from pathlib import Path
from typing import Any

from kit import metrics, paths, predictions
from kit.competition import Competition
from kit.data import cache, corrections, folds
from kit.data.corrections import ACTIONS
from kit.errors import DataError
from kit.runs import Run, provenance
from kit.runs.scores import read_environment
from kit.stats import paired


def apply(competition: Competition, file: Path) -> dict[str, int]:
    """Adds the decisions in `file` to data/<slug>/corrections.csv; of one image the new one counts. Returns how many there
    are now of each action. Raises DataError for a table that does not fit (kit.data.corrections.read).
    """
    where = paths.data(competition.slug)
    data = cache.load(competition, where)
    ids, labels = data.train.ids, data.train.labels
    new = corrections.read(file, competition, where, ids, labels)
    if not new:
        raise DataError(
            f"nothing is decided in {file}", expected="an action in at least one row: " + ", ".join(ACTIONS)
        )
    merged = {one.row: one for one in (*corrections.read_decisions(competition, where, ids, labels), *new)}
    corrections.write(where.corrections, data, competition.classes, list(merged.values()))
    counts = Counter(one.action for one in merged.values())
    return {action: counts[action] for action in ACTIONS}


def compare(competition: Competition, without: Run, corrected: Run) -> dict[str, Any]:
    """Both runs on the clean rows, which no correction touches, and the paired gain of the second with its standard error.

    This is rather too good for the run without corrections: what its own predictions called wrong was taken out of the rows
    that judge it. And a score on clean rows is no forecast of the leaderboard, where wrong labels stay.
    """
    where = paths.data(competition.slug)
    data = corrections.load(competition, where)
    prints = folds.fingerprints(data, folds.read(where.folds, data.train.ids))
    for run in (without, corrected):
        provenance.check_data(run, prints)
    known = corrections.read_clean_labels(competition, where)
    pair = paired.compare(competition, predictions.load(corrected.oof), predictions.load(without.oof), known)
    if pair is None:
        raise DataError("the two runs share no clean row", received=f"{without.id}, {corrected.id}")
    score = [
        {
            "run": run.id,
            "corrections": read_environment(run).get("corrections_fingerprint"),
            **metrics.evaluate(competition, pair.labels, probabilities),
        }
        for run, probabilities in ((without, pair.theirs), (corrected, pair.ours))
    ]
    return {"metric": competition.metric, "runs": score, **pair.record}
