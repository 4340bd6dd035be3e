"""What training with corrections has gained over training without them."""

from typing import Any

from kit import metrics, paths, predictions
from kit.competition import Competition
from kit.data import corrections, folds
from kit.errors import DataError
from kit.runs import Run, provenance
from kit.runs.scores import read_environment
from kit.stats import paired


def compare(competition: Competition, without: Run, corrected: Run) -> dict[str, Any]:
    """Both runs on the clean rows, which no correction touches, and the paired gain of the second with its standard error.

    This is rather too good for the run without corrections: what its own predictions called wrong was taken out of the rows
    that judge it. And a score on clean rows is no forecast of the leaderboard, where wrong labels stay.
    """
    where = paths.data(competition.slug)
    data = corrections.load(competition, where)
    prints = folds.fingerprints(data, folds.read(where.folds, data.train.ids))
    for run in (without, corrected):
        provenance.check_rows(run, prints)
    known = corrections.read_clean_labels(competition, where)
    pair = paired.compare(competition, predictions.load(corrected.oof), predictions.load(without.oof), known)
    if pair is None:
        raise DataError("the two runs share no clean row", received=f"{without.id}, {corrected.id}")
    score = [
        {
            "run": run.id,
            "corrections": read_environment(run).get("corrections_fingerprint"),
            **metrics.evaluate(competition, pair.labels, probabilities, pair.groups),
        }
        for run, probabilities in ((without, pair.theirs), (corrected, pair.ours))
    ]
    return {"metric": competition.metric, "runs": score, **pair.record}
