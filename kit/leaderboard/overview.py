"""What `kit leaderboard` tells, from files alone: noise of every score, CV against public score, the two best runs."""

from dataclasses import asdict
from typing import Any

from kit import metrics, paths, predictions, runs
from kit.competition import Competition
from kit.data import corrections
from kit.errors import DataError
from kit.json_files import read_json
from kit.leaderboard import ledger
from kit.leaderboard.agreement import FAR, Fit, Pair
from kit.leaderboard.ledger import Entry
from kit.runs.scores import read_scores
from kit.stats import noise, paired


def list_scored(competition: Competition, entries: list[Entry], public_rows: int | None) -> list[dict[str, Any]]:
    """A record per submission with a public score: what it scored out of fold and in public, each with its error.

    cv_error_folds: the standard error over folds beside the one over rows. None: not known here.
    """
    known = {entry.run: run_metrics for entry in entries if (run_metrics := ledger.metrics_of(entry.run))}
    metric = metrics.find(competition)
    usual = noise.median_row_deviation(metric, known.values())
    return [
        {
            **{key: getattr(entry, key) for key in ("ref", "when", "run", "sha256", "cv", "cv_error")},
            "cv_error_folds": noise.error_over_folds(known.get(entry.run, {})),
            "public": entry.public,
            "private": entry.private,
            "public_error": noise.public_error(
                metric,
                entry.public,
                public_rows,
                noise.row_deviation(metric, known[entry.run]) if entry.run in known else usual,
            ),
        }
        for entry in entries
        if entry.status == "complete" and entry.public is not None
    ]


def public_rows(competition: Competition, share: float | None) -> int | None:
    """How many test rows the public score is of; None if the share or, without prepared data, their number is unknown.

    Training images that were held out are no test rows, wherever the cache keeps them.
    """
    examined = paths.data(competition.slug).cache / "check.json"
    if share is None or not examined.exists():
        return None
    test = read_json(examined)["test"]
    return max(1, round((test["rows"] - test.get("held_out", 0)) * share))


def pairs(rows: list[dict[str, Any]]) -> list[Pair]:
    """Of the records of `scored`, one per file that has both scores: the same bytes sent twice tell nothing new."""
    of_file = {
        row["sha256"] or row["ref"]: Pair(*(row[key] for key in ("ref", "cv", "public", "cv_error", "public_error")))
        for row in rows
        if row["cv"] is not None
    }
    return list(of_file.values())


def describe_fit(pairs: list[Pair], fit: Fit | None) -> dict[str, Any]:
    """The fit and rank correlation, and the surprising pairs; None for the fit of too few pairs."""
    if fit is None:
        return {"pairs": len(pairs), "fit": None, "surprising": None}
    surprising = [
        {"ref": pair.ref, "expected": fit.predict(pair.cv), "public": pair.public, "off": off}
        for pair, off in zip(pairs, fit.off, strict=True)
        if off is not None and abs(off) > FAR
    ]
    line = {key: value for key, value in asdict(fit).items() if key != "off"}
    errors_known = any(off is not None for off in fit.off)
    return {"pairs": len(pairs), "fit": line, "surprising": surprising if errors_known else None}


def best_two(competition: Competition) -> dict[str, Any]:
    """The best two runs here by CV, judged on the rows that both were judged on: gain of the first, and its paired error.

    They are the best of many by these very rows, so a true difference is smaller still. {"missing": what} where they cannot
    be compared.
    """
    try:
        return _best_two(competition)
    except DataError as error:
        return {"missing": str(error)}


def _best_two(competition: Competition) -> dict[str, Any]:
    finished = [run for run in runs.list_runs(competition.slug) if run.metrics.exists()]
    score = {run.id: float(read_scores(run)["score"]) for run in finished}
    better = metrics.find(competition).greater_is_better
    best = sorted(finished, key=lambda run: score[run.id], reverse=better)[:2]
    if len(best) < 2:
        raise DataError("two finished runs are needed here to compare", received=len(best))
    known = corrections.read_clean_labels(competition, paths.data(competition.slug))
    ours, theirs = (predictions.load(run.oof) for run in best)
    pair = paired.compare(competition, ours, theirs, known)
    if pair is None:
        raise DataError(f"{best[0].id} and {best[1].id} were judged on no common row")
    return {"runs": [run.id for run in best], **pair.record}
