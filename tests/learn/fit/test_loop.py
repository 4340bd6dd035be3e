"""Training through the CLI: what a run leaves behind, and what is refused."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipes import RECIPES


def test_a_run_holds_what_was_asked_and_what_came_out(here, prepared):
    done = here("train", "tiny-stripes", "--folds", "2", "--name", "first", "--set", "learning_rate=0.05")
    run = runs.find(done.stdout.splitlines()[-1])
    assert run.id.startswith("tiny-stripes-first-") and run.status() == "finished"

    stored = json.loads((run.folder / "config.json").read_text())
    assert stored["config"]["learning_rate"] == 0.05 and stored["origin"]["learning_rate"] == "the command line"
    assert stored["origin"]["width"] == "the competition" and stored["origin"]["seed"] == "default"
    environment = json.loads((run.folder / "environment.json").read_text())
    assert len(environment["data_fingerprint"]) == 64 and environment["packages"]["keras"]

    oof, test = predictions.load(run.oof), predictions.load(run.test)
    folds = dict(
        line.split(",") for line in (run.folder.parents[1] / "data/tiny-stripes/folds.csv").read_text().split()[1:]
    )
    assert sorted(oof.ids.tolist()) == sorted(name for name, fold in folds.items() if fold in "01")
    assert test.ids.tolist() == [str(n + 1) for n in range(30)] and test.columns == ("flat", "steep", "none")
    members = [json.loads((run.member(fold) / "metrics.json").read_text()) for fold in (0, 1)]
    metrics = json.loads(run.metrics.read_text())
    assert metrics["score"] == pytest.approx(np.mean([m["score"] for m in members])) and metrics["rows"] == len(oof.ids)
    assert len((run.member(0) / "history.csv").read_text().splitlines()) == 3
    assert sorted(file.name for file in run.member(0).iterdir()) == [
        "history.csv", "metrics.json", "model.weights.h5", "oof.npz", "state.json", "test.npz",
    ]  # fmt: skip


def test_finished_members_are_kept_on_resume(here, prepared):
    run = runs.find(here("train", "tiny-stripes", "--folds", "2").stdout.splitlines()[-1])
    kept = (run.member(0) / "model.weights.h5").stat().st_mtime_ns
    run.metrics.unlink()
    shutil.rmtree(run.member(1))
    here("train", "--resume", run.id)
    assert run.status() == "finished" and (run.member(0) / "model.weights.h5").stat().st_mtime_ns == kept


def test_early_stopping_never_looks_at_the_judged_fold(prepared, home):
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    rows = np.arange(len(data.train.ids))
    member = Member(
        prepared, Config(patience=3, stopping_share=0.2), data, where, 0, rows[30:], rows[:30], home, recipes=RECIPES
    )
    learn, stopping = split_early_stopping(member)
    assert sorted([*learn, *stopping]) == rows[30:].tolist() and len(stopping) == 12
    _, stopping = split_early_stopping(replace(member, config=Config(patience=0)))
    assert len(stopping) == 0


def test_predicting_again_with_other_views_is_a_new_run(here, prepared):
    run = runs.find(here("train", "tiny-stripes", "--folds", "2", "--set", "tta=identity").stdout.splitlines()[-1])
    again = runs.find(here("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert again.parents == (run.id,) and again.status() == "finished"
    a, b = predictions.load(run.oof), predictions.load(again.oof)
    assert a.ids.tolist() == b.ids.tolist() and not np.array_equal(a.values, b.values)
    same = runs.find(here("predict", again.id, "--tta", "identity").stdout.splitlines()[-1])
    assert np.allclose(predictions.load(same.oof).values, a.values, atol=1e-6)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--set", "epochs=abc"), 2, "expected int"),
        (("--set", "nope=1"), 2, "unknown setting 'nope'"),
        (("--folds", "9"), 2, "expected 1 to 3"),
        (("--recipe", "scrach"), 2, "did you mean 'scratch'?"),
        (("--backbone", "resnet"), 2, "did you mean 'resnet9'?"),
        (("--set", "tta=vflip"), 2, "makes no sense for this competition"),
    ],
)
def test_wrong_settings_are_one_line_and_leave_nothing(here, prepared, home, words, code, message):
    done = here("train", "tiny-stripes", *words, check=False)
    assert done.returncode == code and message in done.stderr
    assert "Traceback" not in done.stderr and not list((home / "runs").glob("*"))
