"""The final two: which pair of submissions has the best expected maximum on the private board, as kit.leaderboard.private_board
estimates it. A pair that fails on the same images gains little from being two.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.leaderboard import private_board
from kit.leaderboard.candidates import Candidate, stack_shared
from kit.stats.known import Known


def best_pair(simulated: np.ndarray) -> tuple[int, int]:
    """The two columns of (draws, R), R at least 2, whose larger value has the highest mean; the better one first."""
    best, pair = -np.inf, (0, 1)
    for one in range(simulated.shape[1] - 1):
        means = np.maximum(simulated[:, [one]], simulated[:, one + 1 :]).mean(0)
        if (highest := means.max()) > best:
            best, pair = highest, (one, one + 1 + int(means.argmax()))
    return order_safe_first(simulated, pair)


def order_safe_first(simulated: np.ndarray, pair: tuple[int, int]) -> tuple[int, int]:
    one, other = pair
    return (one, other) if simulated[:, one].mean() >= simulated[:, other].mean() else (other, one)


def two_best(scores: np.ndarray) -> tuple[int, int] | None:
    """The places of the two greatest of (R,), those that are NaN left out; None if there are no two."""
    order = np.argsort(-scores, kind="stable")[: np.isfinite(scores).sum()]
    return (int(order[0]), int(order[1])) if len(order) > 1 else None


def prospect(simulated: np.ndarray, pair: tuple[int, int]) -> dict[str, float]:
    """What to expect of a pair: its expected maximum (greater is better), and how often the first beats the second."""
    one, other = simulated[:, pair[0]], simulated[:, pair[1]]
    wins = float((one > other).mean() + (one == other).mean() / 2)
    return {"expected_max": float(np.maximum(one, other).mean()), "first_is_better": wins}


def propose(
    competition: Competition,
    candidates: list[Candidate],
    known: Known,
    public: Mapping[str, float | None],
    public_share: float,
) -> dict[str, Any]:
    """The pair of the best expected maximum, and beside it the two best public scores and the two best out of fold.

    public: by run id. Each pair is a dict: runs (the safe and the different
    one), expected_max in the metric's own direction, first_is_better, differs (mean distance of their decisions:
    kit.targets). All are judged by one simulation, so the proposal is the best of them by construction.
    """
    shared, stack = stack_shared(candidates, known)
    own = private_board.scores(competition, shared.labels, stack)
    public_scores = np.array([np.nan if (score := public.get(one.run.id)) is None else score for one in candidates])
    rows = len(candidates[0].decided)
    public_rows = round(rows * public_share)
    simulated = private_board.simulate_boards(
        competition, shared.labels, stack, public_scores, public_rows, rows - public_rows, groups=shared.groups
    )
    sign = metrics.find(competition).sign
    pairs = {
        "proposed": best_pair(simulated),
        "best_public": two_best(sign * public_scores),
        "best_cv": two_best(sign * own),
    }
    return {
        "metric": competition.metric,
        "out_of_fold_rows": len(shared.labels),
        "public_rows": public_rows,
        "private_rows": rows - public_rows,
        "runs": [
            {"run": one.run.id, "score": score, "public": public.get(one.run.id)}
            for one, score in zip(candidates, own.tolist(), strict=True)
        ],
        **{
            name: _describe_pair(competition, simulated, candidates, pair) if pair else None
            for name, pair in pairs.items()
        },
    }


def _describe_pair(
    competition: Competition, simulated: np.ndarray, candidates: list[Candidate], pair: tuple[int, int]
) -> dict[str, Any]:
    one, other = pair = order_safe_first(simulated, pair)
    apart = competition.target.distance(candidates[one].decided, candidates[other].decided)
    description = prospect(simulated, pair)
    return {
        "runs": [candidates[index].run.id for index in pair],
        **description,
        "expected_max": metrics.find(competition).sign * description["expected_max"],
        "differs": float(apart.mean()),
    }
