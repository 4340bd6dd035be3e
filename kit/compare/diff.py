"""What changes from one set of predictions to another: which rows, who is right, and what the score may do."""

from typing import Any

import numpy as np
from scipy.special import bdtr

from kit import top_k
from kit.compare import effect
from kit.compare.pair import Side
from kit.competition import Competition
from kit.predictions import match_ids
from kit.stats import paired
from kit.stats.known import Known
from kit.stats.paired import Paired
from kit.targets import Target


def compare(competition: Competition, a: Side, b: Side, known: Known | None) -> dict[str, Any]:
    """From `a` to `b`, as plain values for JSON: out_of_fold (None unless both are runs that judged shared rows) and test.

    known: ids (M,) and labels (M,) of the rows to judge on (kit.data.corrections.read_clean_labels); only asked of two runs.
    """
    result: dict[str, Any] = {"a": a.name, "b": b.name, "metric": competition.metric, "out_of_fold": None}
    pair = paired.compare(competition, b.oof, a.oof, known) if a.oof and b.oof and known else None
    if pair:
        result["out_of_fold"] = compare_out_of_fold(competition.target, pair)
    left, right = match_ids(a.test.ids, b.test.ids)
    test = a.test.values[left], b.test.values[right]
    limits = effect.bounds(competition, *test)
    told = effect.estimate_gain(competition, pair, test) if pair and len(left) else None
    if told and limits["best"] is not None:  # a normal interval does not know of them
        told["interval"] = np.clip(told["interval"], limits["worst"], limits["best"]).tolist()
    only = {"only_in_a": len(a.test.ids) - len(left), "only_in_b": len(b.test.ids) - len(left)}
    changed = _count_changes(competition.target, *test)
    result["test"] = {"rows": len(left), **only, **changed, **limits, "expected": told}
    return result


def _count_changes(target: Target, a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """How many decisions differ, by how much (kit.targets), and what changes, the most frequent first. a, b: values (N, K)."""
    before, after = target.decide(a), target.decide(b)
    apart = target.distance(before, after)
    differ, rows = int((apart > 0).sum()), max(len(a), 1)
    shares = {"share": differ / rows} if target.exclusive else {"distance": float(apart.sum() / rows)}
    return {"differ": differ, **shares, "pairs": target.count_changes(before, after)}


def compare_out_of_fold(target: Target, rows: Paired) -> dict[str, Any]:
    """Who is right where the decisions differ, or nearer to the truth, a test of it, and the paired gain: of b, ours, over a,
    theirs.
    """
    before, after, labels = target.decide(rows.theirs), target.decide(rows.ours), rows.labels
    changed = _count_changes(target, rows.theirs, rows.ours)
    if target.exclusive:
        changed["pairs"] = [pair | _count_right(target, pair, labels, before, after) for pair in changed["pairs"]]
    a, b = target.distance(before, labels), target.distance(after, labels)
    only_a, only_b = int((a < b).sum()), int((b < a).sum())
    names = ("only_a_right", "only_b_right", "mcnemar_p") if target.exclusive else ("a_nearer", "b_nearer", "sign_p")
    gain, margin = rows.gain, 1.96 * rows.error
    return {
        "rows": len(labels),
        **changed,
        **dict(zip(names, (only_a, only_b, mcnemar(only_a, only_b)), strict=True)),
        "gain": {"gain": gain, "error": rows.error, "interval": [gain - margin, gain + margin]},
    }


def _count_right(
    target: Target, pair: dict[str, Any], labels: np.ndarray, before: np.ndarray, after: np.ndarray
) -> dict[str, int]:
    """Of the rows that are decided `from` by a and `to` by b."""
    of, to = (target.columns.index(pair[key]) for key in ("from", "to"))
    truth = labels[(before == of) & (after == to)]
    return {"a_right": int((truth == of).sum()), "b_right": int((truth == to).sum())}


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947): were both equally often right alone, how probable is a split at
    least as uneven as this one. 1.0 if there is no such row. Of rows on which one is nearer it is the sign test.
    """
    return min(1.0, 2 * float(bdtr(min(only_a, only_b), only_a + only_b, 0.5)))


def _measure_change(target: Target, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(N,): how far any value moves; of very many classes how sure both are of different ones, 0 of a file."""
    both = (before, after)
    if not all(isinstance(one, np.ndarray) for one in both):
        return np.zeros(before.shape[0])
    if any(top_k.is_top_k(one) for one in both):
        return np.asarray(sum(target.confidence(one) for one in both))
    return np.asarray(np.abs(before - after).max(1))


def list_differing(target: Target, a: Side, b: Side, most: int) -> list[dict[str, str]]:
    """The ids of up to `most` test rows that are decided otherwise, with both decisions; the largest change first."""
    left, right = match_ids(a.test.ids, b.test.ids)
    before, after = a.test.values[left], b.test.values[right]
    rows = np.flatnonzero(target.distance(target.decide(before), target.decide(after)))
    change = _measure_change(target, before[rows], after[rows])
    rows = rows[np.argsort(-change, kind="stable")][:most]
    ids, was, becomes = (a.test.ids[left[rows]], *(target.caption(target.decide(one[rows])) for one in (before, after)))
    return [{"id": str(name), "from": old, "to": new} for name, old, new in zip(ids, was, becomes, strict=True)]
