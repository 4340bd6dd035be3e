"""Submissions that only Kaggle's list knows (bare files, notebooks, runs that are elsewhere) as a part of the forecast; and
sent runs that are here but not compared (archived, of too few rows, not among the best).

How they move with the others is assumed, without their rows: a row varies as that of the other runs on average, or as the
error in the message says, and their luck is like that of the others as these are alike on average.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from kit.competition import Competition
from kit.leaderboard.candidates import MAX_CANDIDATES, Candidate, load, split_comparable
from kit.leaderboard.ledger import Entry
from kit.runs import Run

ALIKE = 0.5  # the correlation of two runs where no two are here that could tell


class Listed(NamedTuple):
    """Of L submissions the score out of fold, its standard error, and the public score, each float64 (L,), nan if unknown."""

    cv: np.ndarray
    cv_error: np.ndarray
    public: np.ndarray


def select(entries: Sequence[Entry], here: Collection[str]) -> list[Entry]:
    """Those with a score, of other runs and other bytes than what runs `here` have sent, each run and file once."""
    scored = [one for one in entries if one.status != "error" and not (one.public is None and one.cv is None)]
    seen, selected = {*here, *(one.sha256 for one in entries if one.run in here)} - {None}, []
    for one in sorted(scored, key=lambda one: one.public is None):
        known = {one.run, one.sha256} - {None}
        if not known & seen:
            selected.append(one)
        seen |= known
    return selected


def gather(
    competition: Competition, runs: list[Run], entries: Sequence[Entry]
) -> tuple[list[Candidate], list[Candidate], list[Entry]]:
    """(of `runs`, the best first, those to compare row by row; those judged on too few rows for that; the submissions that can
    be forecast beside them). Raises as kit.leaderboard.candidates.load does.
    """
    compared, few = split_comparable(load(competition, runs[:MAX_CANDIDATES]))
    return compared, few, select(entries, {one.run.id for one in compared})


def read_scores(entries: Sequence[Entry]) -> Listed:
    return Listed(*(np.array([getattr(one, key) for one in entries], np.float64) for key in Listed._fields))


def extend_covariance(covariance: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """float64 (R + L, R + L): (R, R) of runs that are here, and what is assumed of L more. variances: (L,), nan or 0: unknown.

    What is assumed is the luck of the mean run and some of its own, so that no eigenvalue falls below 0.
    """
    own = covariance.diagonal()
    known = covariance / np.sqrt(np.outer(own, own))
    count, more = len(own), len(variances)
    alike = max(0.0, (known.sum() - count) / (count * (count - 1))) if count > 1 else ALIKE
    across = np.tile(alike * known.mean(1) / known.mean() if alike else np.zeros(count), (more, 1))
    among = np.where(np.eye(more), 1.0, alike)
    deviations = np.sqrt(np.append(own, np.where(variances > 0, variances, own.mean())))
    return np.block([[known, across.T], [across, among]]) * np.outer(deviations, deviations)
