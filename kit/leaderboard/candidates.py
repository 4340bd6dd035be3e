"""The finished runs of a competition as candidates for a submission: what they scored out of fold, and what they say."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics, paths, predictions, runs
from kit.compare.pair import read_test_predictions
from kit.competition import Competition
from kit.errors import DataError
from kit.leaderboard import ledger
from kit.leaderboard.ledger import Entry
from kit.predictions import Predictions, match_ids, order_columns
from kit.progress import bar, say
from kit.runs import Run
from kit.runs.scores import read_scores
from kit.stats.known import Known

MAX_CANDIDATES = 30  # candidates that are compared with each other: the best by score


@dataclass(frozen=True)
class Candidate:
    """oof: its predictions out of fold. decided: what is said of each of the T test rows, as labels (kit.targets), in the same
    order for all.

    content_hash: of what its submission would say, so that equal ones are known.
    """

    run: Run
    score: float
    error: float
    oof: Predictions
    decided: np.ndarray
    content_hash: str


def read_submitted(slug: str) -> dict[str, float | None]:
    """The ids of the runs that the team has submitted, each with its public score where that is known here."""
    public_scores: dict[str, float | None] = {}
    for entry in ledger.read_cached(slug):
        if entry.run and entry.status != "error":
            public_scores[entry.run] = public_scores.get(entry.run) if entry.public is None else entry.public
    return public_scores


def list_elsewhere(entries: list[Entry], here: Collection[str]) -> list[dict[str, Any]]:
    """The submissions that Kaggle could score, or may yet, whose runs are not among those `here`: what Kaggle's list knows of
    each, and what is missing to compare it.
    """
    return [
        {
            **{key: getattr(entry, key) for key in ("ref", "by", "run", "message", "public", "cv", "cv_error")},
            "missing": _describe_missing(entry),
        }
        for entry in entries
        if entry.status != "error" and entry.run not in here
    ]


def _describe_missing(entry: Entry) -> str:
    if entry.run is None:
        return "predictions out of fold: kit runs import"
    if not (paths.runs() / entry.run).exists():
        return f"its run: kit runs pull {entry.run}"
    return f"a finished run of enough rows, not archived, among the best {MAX_CANDIDATES}"


def list_finished(competition: Competition) -> list[Run]:
    """The finished runs here, the best score out of fold first."""
    here = [run for run in runs.list_runs(competition.slug) if run.status() == "finished"]
    sign = metrics.find(competition).sign
    return sorted(here, key=lambda run: -sign * read_scores(run)["score"])


def load(competition: Competition, chosen: list[Run]) -> list[Candidate]:
    """Reads their predictions; runs of which those are damaged are named and left out. Raises DataError if one does not predict
    the same test rows as the others.
    """
    loaded: list[Candidate] = []
    ids = None
    for run in bar(chosen, label="read predictions", unit="run"):
        try:
            record, test = read_scores(run), read_test_predictions(competition, run)
            oof = order_columns(competition, predictions.load(run.oof))
        except DataError as error:
            say(f"left out: {error}")
            continue
        ids = test.ids if ids is None else ids
        wanted, at = match_ids(ids, test.ids)
        if len(wanted) != len(ids) or len(ids) != len(test.ids):
            raise DataError(f"{run.id} predicts other test rows than {loaded[0].run.id}", received=len(test.ids))
        probabilities = test.values[at]
        decided = competition.target.decide(probabilities)
        content_hash = _hash(metrics.prepare_for_scoring(competition, probabilities))
        loaded.append(Candidate(run, record["score"], record["error"], oof, decided, content_hash))
    return loaded


def _hash(content: Any) -> str:
    """sha256 of (T, C), as an array or a scipy.sparse.csr_array, to six decimals."""
    arrays = [content] if isinstance(content, np.ndarray) else [content.data, content.indices, content.indptr]
    return hashlib.sha256(b"".join(np.ascontiguousarray(one.round(6)).tobytes() for one in arrays)).hexdigest()


def split_comparable(candidates: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """(those to compare on the rows that all judged, those left out): a run on a single validation fold must not take most rows
    away from runs that judged at least twice as many.
    """
    most = max((len(one.oof.ids) for one in candidates), default=0)
    enough = [2 * len(one.oof.ids) >= most for one in candidates]
    parts = [[one for one, fits in zip(candidates, enough, strict=True) if fits is asked] for asked in (True, False)]
    return parts[0], parts[1]


def stack_shared(candidates: list[Candidate], known: Known) -> tuple[Known, np.ndarray]:
    """(what is known, probabilities (R, N, C)) of the N rows that all of them judged out of fold.

    Raises DataError if there is none.
    """
    ids = candidates[0].oof.ids
    for candidate in candidates[1:]:
        ids = ids[match_ids(ids, candidate.oof.ids)[0]]
    rows, at = match_ids(ids, known.ids)
    if not len(rows):
        raise DataError(
            "no training row was judged by all these runs", received=f"{len(candidates)} runs", do="leave some out"
        )
    stack = [one.oof.values[match_ids(ids[rows], one.oof.ids)[1]] for one in candidates]
    return known.take(at), np.stack(stack)
