"""A training that cannot go on: one line that says where and why, and all that it had is kept."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from kit import runs
from kit.errors import TrainingError
from kit.learn import finite
from kit.learn.fit import callback, loop
from kit.learn.recipes import RECIPES, boosting, features
from tests.learn.recipes.conftest import make_member

WORDS = ("train", "tiny-stripes", "--folds", "1", "--set", "epochs=3")


def _break_targets(monkeypatch, epoch: int, value: float):
    """What is told from that epoch on, counted from 0, is `value` in the second batch."""
    make = loop.make_batch_change

    def broken(competition, config, seed):
        change, batches = make(competition, config, seed), []

        def instead(images, targets):
            batches.append(1)
            seen, told = change(images, targets)
            return seen, np.full_like(told, value) if seed % 100_003 >= epoch and len(batches) == 2 else told

        return instead

    monkeypatch.setattr(loop, "make_batch_change", broken)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_that_is_no_number_ends_the_run_and_keeps_what_was_good(here, prepared, monkeypatch, value):
    with monkeypatch.context() as broken:
        _break_targets(broken, 1, value)
        done = here(*WORDS, check=False)
    [run] = runs.list_runs()
    assert done.returncode == 1 and run.status() == "failed" and "Traceback" not in done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith("kit: fold 0: the loss of epoch 2, batch 2 of 3 is no number; received ")
    assert "--set learning_rate" in line and "--resume goes on from the last whole epoch with the same ones" in line
    state = json.loads((run.member(0) / "state.json").read_text())
    assert state["epoch"] == 1 and (run.member(0) / state["weights"]).exists()
    assert json.loads(run.failure(0).read_text())["error"] in line

    refused = here("train", "--resume", run.id, "--set", "learning_rate=0.01", check=False)
    assert refused.returncode == 2 and "give them to a new run: kit" in refused.stderr
    here("train", "--resume", run.id)  # what broke it is gone
    assert run.status() == "finished" and not run.failure(0).exists()


def test_one_that_fails_in_its_first_epoch_is_kept_as_failed(here, prepared, monkeypatch):
    _break_targets(monkeypatch, 0, np.nan)
    done = here(*WORDS, check=False)
    [run] = runs.list_runs()
    assert done.returncode == 1 and run.status() == "failed" and "epoch 1" in done.stderr
    listed = here("runs").stdout
    assert "failed" in listed and "fold 0: the loss of epoch 1, batch 2 of 3 is no number" in listed


def test_a_stopping_loss_that_is_no_number_ends_it_too(here, prepared, monkeypatch):
    monkeypatch.setattr(callback, "logits", lambda *_: np.full((12, 3), np.nan, np.float32))
    done = here(*WORDS, "--set", "patience=2", "--set", "stopping_share=0.2", check=False)
    assert done.returncode == 1 and "the stopping loss of epoch 1 is no number" in done.stderr
    assert [run.status() for run in runs.list_runs()] == ["failed"]


def test_a_step_that_no_loss_has_seen_yet_writes_no_checkpoint(prepared, home, monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="last")])
    model.compile("adam")
    member = make_member(prepared, home)
    with monkeypatch.context() as patched:  # what is sound stays on the device: the file alone needs it here
        patched.setattr(callback, "_copy", lambda variable: pytest.fail(f"{variable.path} was copied"))
        callback.check_weights(model, member, 3)
    model.layers[0].kernel.assign(np.array([[np.nan], [1]]))
    with pytest.raises(TrainingError, match="last/kernel after epoch 3 is no number"):
        callback.check_weights(model, member, 3)


def test_predictions_that_are_no_numbers_are_not_kept(here, prepared, monkeypatch):
    def fit(member):
        return [{"epoch": 1, "seconds": 0.0}]

    def predictor(member):
        return lambda split, rows, views, label: np.full((len(rows), 3), np.nan, np.float32)

    monkeypatch.setitem(RECIPES, "scratch", replace(RECIPES["scratch"], fit=fit, predictor=predictor))
    done = here(*WORDS, check=False)
    [run] = runs.list_runs()
    assert done.returncode == 1 and "a prediction of train images is no number" in done.stderr
    assert run.status() == "failed" and not (run.member(0) / "oof.npz").exists()


def test_features_that_are_no_numbers_are_no_traceback(prepared, home):
    member = make_member(prepared, home, recipe="features")
    views = [np.ones((90, 4), np.float32), np.full((90, 4), np.inf, np.float32)]
    with pytest.raises(
        TrainingError, match=r"a feature of the training images is no number; received inf.*settings: --res"
    ):
        features.solve(member, views)


def test_trees_that_are_no_numbers_are_none(prepared, home, monkeypatch):
    class Grown:
        value = np.array([0.0, np.inf])

    monkeypatch.setattr(boosting, "grow", lambda *_: Grown())
    with pytest.raises(TrainingError, match="a leaf of the trees is no number"):
        boosting.fit(make_member(prepared, home, recipe="boosting", backbone="trees"))


def test_numbers_pass(prepared, home):
    finite.check(make_member(prepared, home), "a loss", [0.5, np.ones(3)[0]])
