"""A run made first, whose members are trained one by one, perhaps by several machines at once, and joined last."""

import itertools
import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kit import metrics, predictions
from kit.config import Config
from kit.data import cache
from kit.errors import ConfigError, DataError
from kit.files import hold_lock
from kit.runs import find

EQUAL = ("--set", "folds=2", "--deterministic")


def test_members_trained_at_once_equal_those_trained_in_turn(kit, here, prepared):
    whole = find(here("train", "tiny-stripes", *EQUAL).stdout.splitlines()[-1])
    made = here("train", "tiny-stripes", *EQUAL, "--create")
    run = find(made.stdout.splitlines()[-1])
    assert "folds: 2" in made.stdout and not list(run.folder.glob("fold-*")) and run.status() == "interrupted"

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda fold: kit("train", "--resume", run.id, "--fold", str(fold)), range(2)))
    assert [one.stdout for one in done] == [f"{run.id}\n"] * 2
    assert run.status() == "interrupted"  # not joined yet
    again = here("train", "--resume", run.id, "--fold", "1", "--json")  # has nothing to do
    assert [member["fold"] for member in json.loads(again.stdout)["members"]] == [
        1
    ] and f"train --resume {run.id}   (joins" in again.stderr

    here("train", "--resume", run.id)
    assert run.status() == "finished"
    for file in ("oof.npz", "test.npz"):
        with np.load(whole.folder / file) as expected, np.load(run.folder / file) as got:
            assert all(np.array_equal(expected[key], got[key]) for key in expected.files)


def test_several_seeds_are_members_that_are_averaged_and_judged_alone(here, prepared, home):
    from kit import paths
    from kit.report import page

    done = here("train", "tiny-stripes", *EQUAL, "--seed", "20241121", "--seeds", "2", "--set", "epochs=1")
    run = find(done.stdout.splitlines()[-1])
    assert run.members() == [(0, 0), (0, 1), (1, 0), (1, 1)] and run.members(1) == [(1, 0), (1, 1)]
    names = ["fold-0", "fold-0-seed-1", "fold-1", "fold-1-seed-1"]
    assert sorted(folder.name for folder in run.folder.glob("fold-*")) == names

    oof, test = predictions.load(run.oof), predictions.load(run.test)
    own = {name: predictions.load(run.folder / name / "test.npz").select(test.ids) for name in names}
    assert all(np.abs(a - b).max() > 1e-4 for a, b in itertools.combinations(own.values(), 2))
    assert np.allclose(test.values, np.mean(list(own.values()), axis=0), atol=1e-7)
    judged = [predictions.load(run.folder / name / "oof.npz") for name in names]
    for one, other in (judged[:2], judged[2:]):
        mean = (one.values + other.select(one.ids)) / 2
        assert np.allclose(oof.select(one.ids), mean, atol=1e-7) and len(one.ids) == 30

    result = json.loads(run.metrics.read_text())
    labels = cache.labels_of(cache.load(prepared, paths.data("tiny-stripes")).train, oof.ids)
    alone = [np.concatenate([judged[seed].values, judged[seed + 2].values]) for seed in (0, 1)]
    scores = [metrics.evaluate(prepared, labels, said)["score"] for said in alone]
    assert result["one_seed"]["scores"] == pytest.approx(scores)
    assert result["one_seed"]["mean"] == pytest.approx(np.mean(scores))
    assert result["one_seed"]["deviation"] == pytest.approx(abs(scores[0] - scores[1]) / 2**0.5)
    assert [(member["fold"], member["seed"]) for member in result["members"]] == run.members()
    assert "one seed alone: accuracy" in done.stdout and "one seed alone" in page.write(run, prepared).read_text()

    run.metrics.unlink()  # as if killed within the last member
    shutil.rmtree(run.member(1, 1))
    kept = [run.member(*member) / "model.weights.h5" for member in run.members()[:3]]
    times = [file.stat().st_mtime_ns for file in kept]
    here("train", "--resume", run.id)
    assert [file.stat().st_mtime_ns for file in kept] == times
    assert json.loads(run.metrics.read_text()) == result


def test_no_two_members_have_the_same_seed():
    from kit.learn.member import member_seed

    every = [member_seed(*of) for of in itertools.product((0, 1, 2, 42, 4_294_966), range(100), range(10))]
    assert len(set(every)) == len(every)
    dates = [member_seed(20_241_121, *of) for of in itertools.product(range(100), range(10))]
    assert len(set(dates)) == 1000 and min(dates) >= 0 and max(dates) < 2**32  # NumPy takes no greater one


def test_seeds_of_a_recipe_without_chance_are_refused():
    from kit.learn import recipes
    from kit.plugins import load

    with pytest.raises(ConfigError, match="is deterministic; seeds > 1 has no effect; received seeds=2"):
        recipes.check(load("sklearn-digits"), Config(recipe="features", backbone="mobilenet_0.25", seeds=2))


def test_a_member_is_trained_by_one_at_a_time(here, prepared):
    run = find(here("train", "tiny-stripes", "--folds", "2", "--create").stdout.splitlines()[-1])
    with hold_lock(run.member_lock(1), "busy"):
        assert run.status() == "running"
        with pytest.raises(DataError), hold_lock(run.member_lock(1), "busy"):
            pass
        done = here("train", "--resume", run.id, "--fold", "1", check=False)
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
def test_what_does_not_go_together_is_refused(here, prepared, words, message):
    run = here("train", "tiny-stripes", "--folds", "2", "--create").stdout.splitlines()[-1]
    done = here("train", *(run if word == "RUN" else word for word in words), check=False)
    assert done.returncode == 2 and message in done.stderr
