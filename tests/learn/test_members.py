"""A run made first, whose members are trained one by one, perhaps by several machines at once, and joined last."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kit.errors import DataError
from kit.files import locked
from kit.runs import find

EQUAL = ("--set", "folds=2", "--deterministic")


def test_members_trained_at_once_equal_those_trained_in_turn(kit, prepared):
    whole = find(kit("train", "tiny-stripes", *EQUAL).stdout.splitlines()[-1])
    made = kit("train", "tiny-stripes", *EQUAL, "--create")
    run = find(made.stdout.splitlines()[-1])
    assert "folds: 2" in made.stdout and not list(run.folder.glob("fold-*")) and run.status() == "interrupted"

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda fold: kit("train", "--resume", run.id, "--fold", str(fold)), range(2)))
    assert [one.stdout for one in done] == [f"{run.id}\n"] * 2
    assert run.status() == "interrupted"  # not joined yet
    again = kit("train", "--resume", run.id, "--fold", "1", "--json")  # has nothing to do
    assert json.loads(again.stdout)["fold"] == 1 and f"next: kit train --resume {run.id}   (joins" in again.stderr

    kit("train", "--resume", run.id)
    assert run.status() == "finished"
    for file in ("oof.npz", "test.npz"):
        with np.load(whole.folder / file) as expected, np.load(run.folder / file) as got:
            assert all(np.array_equal(expected[key], got[key]) for key in expected.files)


def test_a_member_is_trained_by_one_at_a_time(kit, prepared):
    run = find(kit("train", "tiny-stripes", "--folds", "2", "--create").stdout.splitlines()[-1])
    with locked(run.member_lock(1), "busy"):
        assert run.status() == "running"
        with pytest.raises(DataError), locked(run.member_lock(1), "busy"):
            pass
        done = kit("train", "--resume", run.id, "--fold", "1", check=False)
        assert done.returncode == 3 and f"fold 1 of {run.id} is already being trained" in done.stderr
    assert run.status() == "interrupted" and not run.member(1).exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tiny-stripes", "--fold", "0"), "--fold goes with --resume"),
        (("--resume", "RUN", "--fold", "2"), "has no such fold; received 2; expected 0 to 1"),
        (("--resume", "RUN", "--create"), "--resume takes no other setting"),
    ],
)
def test_what_does_not_go_together_is_refused(kit, prepared, words, message):
    run = kit("train", "tiny-stripes", "--folds", "2", "--create").stdout.splitlines()[-1]
    done = kit("train", *(run if word == "RUN" else word for word in words), check=False)
    assert done.returncode == 2 and message in done.stderr
