"""What to know about the data before training on it: counts, balance, unreadable images, duplicates, also across splits."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from kit.competition import Competition
from kit.data import groups, holdout
from kit.data.cache import CachedSplit, Dataset
from kit.targets import Target, count_columns

LISTED = 1000  # examples kept of each kind
RANDOM_FOLDS = 5  # of which the data check says what they would leak


def examine(dataset: Dataset, target: Target, quarantine: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The data check as plain values for JSON.

    duplicates: rows whose pixels occur earlier in the same part. conflicts: pairs of ids with identical pixels and
    different labels. twins: pairs (train id, test id) with identical pixels. Lists are cut at 1,000 entries, counts are not.
    groups: where some hold several different images, their number, least and most rows, and the share of rows that five
    random folds would judge beside others of their group. submission_rows: where several images answer for one.
    """
    train, test = dataset.train, dataset.test
    conflicts = _conflicts(train.ids, train.same_pixels, train.labels)
    twins = _twins(dataset)
    return {
        "fingerprint": dataset.fingerprint,
        "train": {
            "rows": len(train.ids),
            "classes": target.describe(train.labels),
            "unreadable": sum(row["part"] == "train" for row in quarantine),
            "duplicates": _duplicates(train.same_pixels),
            "conflicts": len(conflicts),
        },
        "test": {
            "rows": len(test.ids),
            "unreadable": int((~test.readable).sum()),
            "duplicates": _duplicates(test.same_pixels),
            "held_out": int(holdout.is_held_out(test.ids).sum()),
        },
        **_groups(train),
        **_rows(train, test),
        "twins": len(twins),
        "unreadable_listed": list(quarantine)[:LISTED],
        "conflicts_listed": conflicts[:LISTED],
        "twins_listed": twins[:LISTED],
    }


def _groups(train: CachedSplit) -> dict[str, Any]:
    if groups.are_copies(train.groups, train.same_pixels):
        return {}
    sizes = np.unique(train.groups, return_counts=True)[1]
    leak = groups.measure_leak(train.groups, RANDOM_FOLDS)
    return {"groups": {"count": len(sizes), "least": int(sizes.min()), "most": int(sizes.max()), "leak": leak}}


def _rows(*parts: CachedSplit) -> dict[str, Any]:
    """Of both parts, where several images answer for one row of the submission, how many rows, and how many images of each."""
    sizes = {part.split: np.unique(part.rows, return_counts=True)[1] for part in parts}
    if max(int(counts.max(initial=0)) for counts in sizes.values()) < 2:
        return {}
    told = {name: {"count": len(of), "least": int(of.min()), "most": int(of.max())} for name, of in sizes.items()}
    return {"submission_rows": told}


def _duplicates(same_pixels: np.ndarray) -> int:
    return len(same_pixels) - len(np.unique(same_pixels))


def _conflicts(ids: np.ndarray, same_pixels: np.ndarray, labels: np.ndarray) -> list[list[str]]:
    first = {int(number): row for row, number in reversed(list(enumerate(same_pixels)))}
    leaders = np.array([first[int(number)] for number in same_pixels], dtype=np.int64)
    differ = labels != labels[leaders]
    odd = np.flatnonzero(differ.any(1) if differ.ndim > 1 else differ)
    return [[str(ids[leaders[row]]), str(ids[row])] for row in odd]


def _twins(dataset: Dataset) -> list[list[str]]:
    rows = defaultdict(list)
    for row in np.flatnonzero(np.isin(dataset.train.same_pixels, dataset.test.same_pixels)):
        rows[int(dataset.train.same_pixels[row])].append(str(dataset.train.ids[row]))
    return [
        [train_id, str(dataset.test.ids[row])]
        for row, number in enumerate(dataset.test.same_pixels.tolist())
        for train_id in rows.get(number, ())
    ]


def _describe_groups(found: dict[str, Any] | None, named: str) -> list[str]:
    if not found:
        return []
    return [
        f"groups         {found['count']} of {found['least']} to {found['most']} {named}; random folds would have put "
        f"{found['leak']:.0%} of the judged rows beside others of their group in training"
    ]


def text(competition: Competition, report: dict[str, Any]) -> str:
    """The data check for people, a few lines."""
    target, named = competition.target, competition.rows_name
    train, test = report["train"], report["test"]
    counts = list(train["classes"].values())
    lines = [
        f"{competition.slug}: {train['rows']} training and {test['rows']} test {named}, {count_columns(target)}",
        f"{target.counted + ' sizes':<14} {min(counts)} to {max(counts)}"
        + ("" if min(counts) else f"  (a {target.counted} has no {competition.row_name})"),
        *([_describe_unreadable(target, train, test)] if competition.has_images else []),
        f"duplicates     {train['duplicates']} within train ({train['conflicts']} with another label), "
        f"{test['duplicates']} within test",
        *_describe_groups(report.get("groups"), named),
        *(
            f"{name + ' rows':<14} {one['count']} of the submission, of {one['least']} to {one['most']} images"
            for name, one in report.get("submission_rows", {}).items()
        ),
        *(
            [f"held out       {test['held_out']} training {named}, listed among the test {named}"]
            if test.get("held_out")
            else []
        ),
        *(
            [f"values         {report['window'][0]:g} to {report['window'][1]:g} are 0 to 255"]
            if report.get("window")
            else []
        ),
        *([f"hidden files   {report['hidden']} left out (.DS_Store, __MACOSX)"] if report.get("hidden") else []),
        f"across splits  {report['twins']} pairs of identical {named} across train and test",
    ]
    for row in report["unreadable_listed"][:5]:
        lines.append(f"  unreadable {row['part']} image {row['path']}: {row['reason']}")
    return "\n".join(lines)


def _describe_unreadable(target: Target, train: dict[str, Any], test: dict[str, Any]) -> str:
    prior = "class prior" if target.exclusive else "the mean of the training labels"
    return f"unreadable     {train['unreadable']} train (set aside), {test['unreadable']} test (kept, predicted by {prior})"
