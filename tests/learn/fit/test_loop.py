"""Training through the CLI: what a run leaves behind, and that an interrupted one ends like one that was not."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache
from kit.learn.fit import callback, checkpoints
from kit.learn.member import Member
from kit.learn.recipes import RECIPES, scratch

SHORT = ("--folds", "1", "--deterministic", "--set", "epochs=12", "--set", "dropout=0.2")


def _weights(run, name="model.weights.h5"):
    import h5py

    found = {}
    with h5py.File(run.member(0) / name) as file:
        file.visititems(lambda key, value: found.update({key: value[()]}) if isinstance(value, h5py.Dataset) else None)
    return found


def _equal(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)


def test_a_run_holds_what_was_asked_and_what_came_out(kit, prepared):
    done = kit("train", "tiny-stripes", "--folds", "2", "--name", "first", "--set", "learning_rate=0.05")
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


@pytest.mark.parametrize(
    "settings",
    [("patience=3",), ("recipe=progressive", "stage_sizes=6,8", "stage_epochs=1,11", "mixup=0.2", "mirror=1")],
)
def test_a_killed_training_goes_on_and_ends_bit_equal(kit, prepared, home, plugins, settings):
    words = (*SHORT, *(word for setting in settings for word in ("--set", setting)))
    straight = runs.find(kit("train", "tiny-stripes", *words).stdout.splitlines()[-1])
    halted = _kill_after_epoch(1, words, plugins, straight)
    assert halted.status() == "interrupted"
    kit("train", "--resume", halted.id)

    assert _equal(_weights(straight), _weights(halted))
    assert np.array_equal(predictions.load(straight.test).values, predictions.load(halted.test).values)
    assert _history(straight) == _history(halted)
    other = runs.find(kit("train", "tiny-stripes", *words, "--seed", "1").stdout.splitlines()[-1])
    assert not _equal(_weights(straight), _weights(other))


def _member(prepared, folder, **more):
    """Of 30 rows to judge and the others to learn from."""
    rows = np.arange(90)
    folder.mkdir(exist_ok=True)
    where = paths.data("tiny-stripes")
    return Member(prepared, data=cache.load(prepared, where), data_folders=where, fold=0, train_rows=rows[30:],
                validation_rows=rows[:30], folder=folder, recipes=RECIPES, **more)  # fmt: skip


def test_checkpoints_that_take_long_are_rare_and_a_training_goes_on_from_them_alike(prepared, home, monkeypatch):
    class Killed(Exception):
        pass

    written, write, clock = [], checkpoints.write, [0.0]
    config = Config(backbone="cnn", width=2, epochs=40, batch_size=30, workers=0, patience=40)

    def slowly(model, folder, state):
        written.append(state.epoch)
        clock[0] += 0.125
        return write(model, folder, state)

    def report(epoch, record):
        clock[0] += 0.125
        if len(written) > 1 and epoch > written[-1]:
            raise Killed

    def member(name, **more):
        return _member(prepared, home / name, config=config, **more)

    straight = scratch.fit(member("straight"))
    monkeypatch.setattr(checkpoints, "write", slowly)
    monkeypatch.setattr(callback, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    with pytest.raises(Killed):
        scratch.fit(member("halted", report=report))
    assert written == [1, 11], "writing one takes as long as an epoch: a tenth of the time is each tenth epoch"
    assert 1 <= len(list((home / "halted").glob("best-*.npz"))) <= 2
    history = scratch.fit(member("halted"))
    for key in ("loss", "stopping_loss"):
        assert [one[key] for one in history] == pytest.approx([one[key] for one in straight], rel=1e-3)


def test_where_there_is_no_bar_a_line_tells_of_epochs_now_and_then(prepared, home, monkeypatch, capsys):
    monkeypatch.setattr(callback, "LOG_INTERVAL_S", 0.0)
    config = Config(backbone="cnn", width=2, epochs=2, batch_size=30, workers=0)
    scratch.fit(_member(prepared, home / "fold-0", config=config))
    first, second = capsys.readouterr().err.splitlines()
    number = r"\d\.\d{4}"
    assert re.fullmatch(
        f"fold 0: epoch 1 of 2: accuracy {number}, loss {number}, stopping loss {number}, stopping accuracy {number}",
        first,
    )
    assert second.startswith("fold 0: epoch 2 of 2: ")
    monkeypatch.setattr(callback, "LOG_INTERVAL_S", 60.0)
    scratch.fit(_member(prepared, home / "fold-1", config=config))
    assert capsys.readouterr().err == "", "not twice a minute"


def _history(run):
    """Without the seconds, the one column that may differ."""
    return [line.rsplit(",", 1)[0] for line in (run.member(0) / "history.csv").read_text().splitlines()]


def _kill_after_epoch(epoch, words, plugins, other, number=signal.SIGKILL, code=-signal.SIGKILL):
    """Starts a training, sends the signal once that epoch has its checkpoint, and returns the run that is left."""
    process = _started(words, plugins)
    while process.poll() is None:
        for run in runs.list_runs():
            state = run.member(0) / "state.json"
            if run.id != other.id and state.exists() and json.loads(state.read_text())["epoch"] >= epoch:
                process.send_signal(number)
                assert process.wait(60) == code, process.stderr.read()
                return runs.open_run(run.folder)
        time.sleep(0.002)
    raise AssertionError("it ended before it could be killed: " + str(process.stderr.read()))


def _started(words, plugins):
    """In the background of a shell, Python would start without Ctrl-C: the parent's disposition is inherited."""
    command = [sys.executable, "-m", "kit", "--competitions", str(plugins), "train", "tiny-stripes", *words]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_ctrl_c_and_sigterm_leave_a_checkpoint_and_say_so(kit, prepared, plugins, home, number, code, words):
    process = _started((*SHORT, "--set", "epochs=4000", "--set", "workers=1"), plugins)
    while not list((home / "runs").glob("*/fold-0/state.json")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    try:
        assert process.wait(60) == code
    finally:
        process.kill()
    said = process.stderr.read()
    assert f"kit: {words}" in said and "Traceback" not in said
    [run] = runs.list_runs()
    state = json.loads((run.member(0) / "state.json").read_text())
    assert run.status() == "interrupted" and (run.member(0) / state["weights"]).exists() and state["epoch"] >= 1


def test_a_signal_that_something_swallows_ends_the_training_after_the_batch(kit, prepared, plugins):
    """As Keras does: while it waits for a batch it ignores any exception."""
    file = plugins / "tiny-stripes" / "competition.py"
    deaf = """
    sent = []

    def swallow(image, **others):
        if not sent:
            sent.append(True)
            try:
                os.kill(os.getpid(), 15)
                time.sleep(5)
            except BaseException:
                pass
        return image

    return A.Lambda(image=swallow, p=1.0)
"""
    text = "import os, time\n" + file.read_text()
    file.write_text(text.replace("\n    return A.Compose([A.Affine(translate_px=(-1, 1), p=1.0)])\n", deaf))
    done = kit("train", "tiny-stripes", "--folds", "1", "--set", "epochs=3", check=False)
    assert done.returncode == 143 and "kit: terminated" in done.stderr  # TensorFlow may have the last word
    assert [run.status() for run in runs.list_runs()] == ["interrupted"]


def _children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def test_no_worker_outlives_a_killed_training(kit, prepared, plugins, home):
    process = _started((*SHORT, "--set", "epochs=4000", "--set", "workers=2"), plugins)
    while not list((home / "runs").glob("*/fold-0/state.json")):
        assert process.poll() is None
        time.sleep(0.01)
    workers = _children(process.pid)
    assert len(workers) >= 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline, "workers still there"
        time.sleep(0.05)


def test_finished_members_are_kept_on_resume(kit, prepared):
    run = runs.find(kit("train", "tiny-stripes", "--folds", "2").stdout.splitlines()[-1])
    kept = (run.member(0) / "model.weights.h5").stat().st_mtime_ns
    run.metrics.unlink()
    shutil.rmtree(run.member(1))
    kit("train", "--resume", run.id)
    assert run.status() == "finished" and (run.member(0) / "model.weights.h5").stat().st_mtime_ns == kept


def test_a_damaged_checkpoint_is_one_line_and_no_silent_restart(kit, prepared, plugins):
    straight = runs.find(kit("train", "tiny-stripes", *SHORT).stdout.splitlines()[-1])
    halted = _kill_after_epoch(1, (*SHORT, "--set", "epochs=400"), plugins, straight)
    state = json.loads((halted.member(0) / "state.json").read_text())
    (halted.member(0) / state["weights"]).write_bytes(b"truncated")
    done = kit("train", "--resume", halted.id, check=False)
    assert done.returncode == 3 and "is damaged" in done.stderr and "Traceback" not in done.stderr


def test_early_stopping_never_looks_at_the_judged_fold(prepared, home):
    from kit import paths
    from kit.config import Config
    from kit.data import cache
    from kit.learn.member import Member, split_early_stopping

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


def test_predicting_again_with_other_views_is_a_new_run(kit, prepared):
    run = runs.find(kit("train", "tiny-stripes", "--folds", "2", "--set", "tta=identity").stdout.splitlines()[-1])
    again = runs.find(kit("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert again.parents == (run.id,) and again.status() == "finished"
    a, b = predictions.load(run.oof), predictions.load(again.oof)
    assert a.ids.tolist() == b.ids.tolist() and not np.array_equal(a.values, b.values)
    same = runs.find(kit("predict", again.id, "--tta", "identity").stdout.splitlines()[-1])
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
def test_wrong_settings_are_one_line_and_leave_nothing(kit, prepared, home, words, code, message):
    done = kit("train", "tiny-stripes", *words, check=False)
    assert done.returncode == code and message in done.stderr
    assert "Traceback" not in done.stderr and not list((home / "runs").glob("*"))
