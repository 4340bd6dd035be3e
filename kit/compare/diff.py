"""What changes from one set of predictions to another: which rows, who is right, and what the score may do."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import bdtr

from kit.compare import effect
from kit.compare.pair import Side
from kit.competition import Competition
from kit.predictions import match_ids
from kit.stats import paired
from kit.stats.paired import Paired


def compare(competition: Competition, a: Side, b: Side, known: tuple[np.ndarray, np.ndarray] | None) -> dict[str, Any]:
    """From `a` to `b`, as plain values for JSON: out_of_fold (None unless both are runs that judged shared rows) and test.

    known: ids (M,) and labels (M,) of the rows to judge on (kit.data.corrections.read_clean_labels); only asked of two runs.
    """
    result: dict[str, Any] = {"a": a.name, "b": b.name, "metric": competition.metric, "out_of_fold": None}
    pair = paired.compare(competition, b.oof, a.oof, known) if a.oof and b.oof and known else None
    if pair:
        result["out_of_fold"] = compare_out_of_fold(competition.target.columns, pair)
    left, right = match_ids(a.test.ids, b.test.ids)
    test = a.test.values[left], b.test.values[right]
    limits = effect.bounds(competition, *test)
    out_of_fold = (pair.labels, pair.theirs, pair.ours) if pair else None
    told = effect.estimate_gain(competition, out_of_fold, test) if out_of_fold and len(left) else None
    if told and limits["best"] is not None:  # a normal interval does not know of them
        told["interval"] = np.clip(told["interval"], limits["worst"], limits["best"]).tolist()
    only = {"only_in_a": len(a.test.ids) - len(left), "only_in_b": len(b.test.ids) - len(left)}
    changed = _count_changes(competition.target.columns, *test)
    result["test"] = {"rows": len(left), **only, **changed, **limits, "expected": told}
    return result


def _count_changes(classes: Sequence[str], a: np.ndarray, b: np.ndarray) -> dict[str, Any]:
    """How many decisions differ, and from which class to which, the most frequent first."""
    left, right = a.argmax(1), b.argmax(1)
    pairs, rows = np.unique((left * len(classes) + right)[left != right], return_counts=True)
    listed = [
        {"from": classes[pair // len(classes)], "to": classes[pair % len(classes)], "rows": int(count)}
        for pair, count in sorted(
            zip(pairs.tolist(), rows.tolist(), strict=True), key=lambda pair_count: -pair_count[1]
        )
    ]
    return {"differ": int(rows.sum()), "share": float(rows.sum() / max(len(a), 1)), "pairs": listed}


def compare_out_of_fold(classes: Sequence[str], rows: Paired) -> dict[str, Any]:
    """Who is right where the decisions differ, McNemar's test of it, and the paired gain: of b, ours, over a, theirs."""
    changed, labels = _count_changes(classes, rows.theirs, rows.ours), rows.labels
    left, right = rows.theirs.argmax(1), rows.ours.argmax(1)
    for pair in changed["pairs"]:
        of, to = (classes.index(pair[key]) for key in ("from", "to"))
        truth = labels[(left == of) & (right == to)]
        pair |= {"a_right": int((truth == of).sum()), "b_right": int((truth == to).sum())}
    only_a, only_b = (int(((x == labels) & (y != labels)).sum()) for x, y in ((left, right), (right, left)))
    gain, margin = rows.gain, 1.96 * rows.error
    return {
        "rows": len(labels),
        **changed,
        "only_a_right": only_a,
        "only_b_right": only_b,
        "mcnemar_p": mcnemar(only_a, only_b),
        "gain": {"gain": gain, "error": rows.error, "interval": [gain - margin, gain + margin]},
    }


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947): were both equally often right alone, how probable is a split at
    least as uneven as this one. 1.0 if there is no such row.
    """
    return min(1.0, 2 * float(bdtr(min(only_a, only_b), only_a + only_b, 0.5)))


def list_differing(a: Side, b: Side, most: int) -> list[dict[str, str]]:
    """The ids of up to `most` test rows that are decided otherwise, with both decisions; the largest change first."""
    left, right = match_ids(a.test.ids, b.test.ids)
    before, after = a.test.values[left], b.test.values[right]
    rows = np.flatnonzero(before.argmax(1) != after.argmax(1))
    change = np.abs(before[rows] - after[rows]).max(1)
    rows = rows[np.argsort(-change, kind="stable")][:most]
    name = a.test.columns
    return [
        {"id": str(a.test.ids[left[row]]), "from": name[before[row].argmax()], "to": name[after[row].argmax()]}
        for row in rows.tolist()
    ]
