import json
from dataclasses import replace

import numpy as np

from kit.data.cache import CachedSplit, Dataset
from kit.data.check import examine, text
from kit.targets import Classes


def part(split, ids, labels, groups, readable=None) -> CachedSplit:
    count = len(ids)
    shown = np.ones(count, bool) if readable is None else np.array(readable)
    return CachedSplit(
        split, np.array(ids), np.zeros((count, 1, 1, 1), np.uint8), np.array(labels, np.int64), shown, np.array(groups)
    )


def test_duplicates_conflicts_and_twins_are_counted_and_listed(pets):
    train = part("train", ["a", "b", "c", "d", "e"], [0, 0, 1, 0, 0], [0, 1, 0, 0, 4])
    test = part("test", ["x", "y", "z", "w"], [], [9, 1, 9, 0], [True, True, True, False])
    rows = [{"part": "train", "id": "q", "path": "train/q.png", "reason": "empty file"}]
    target = Classes(("cat", "dog", "cow"))
    found = examine(Dataset(train, test, "f" * 64), target, rows)
    assert json.loads(json.dumps(found)) == {
        "fingerprint": "f" * 64,
        "train": {
            "rows": 5,
            "classes": {"cat": 4, "dog": 1, "cow": 0},
            "unreadable": 1,
            "duplicates": 2,
            "conflicts": 1,
        },
        "test": {"rows": 4, "unreadable": 1, "duplicates": 1, "held_out": 0},
        "twins": 4,
        "unreadable_listed": rows,
        "conflicts_listed": [["a", "c"]],
        "twins_listed": [["b", "y"], ["a", "w"], ["c", "w"], ["d", "w"]],
    }
    lines = text(replace(pets, target=target), found)
    for words in (
        "5 training and 4 test images, 3 classes",
        "a class has no image",
        "train/q.png: empty file",
        "4 pairs",
    ):
        assert words in lines
