"""A training that is killed, stopped or damaged: what is left of it, and that it ends like one that was not."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from kit import predictions, runs

SHORT = ("--folds", "1", "--deterministic", "--set", "epochs=12", "--set", "dropout=0.2")


def _weights(run, name="model.weights.h5"):
    import h5py

    found = {}
    with h5py.File(run.member(0) / name) as file:
        file.visititems(lambda key, value: found.update({key: value[()]}) if isinstance(value, h5py.Dataset) else None)
    return found


def _equal(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)


@pytest.mark.parametrize(
    "settings",
    [
        ("patience=3", "max_imbalance=1", "class_weights=balanced", "loss=focal"),
        ("recipe=progressive", "stage_sizes=6,8", "stage_epochs=1,11", "mixup=0.2", "mirror=1"),
    ],
)
def test_a_killed_training_goes_on_and_ends_bit_equal(here, prepared, home, plugins, settings):
    words = (*SHORT, *(word for setting in settings for word in ("--set", setting)))
    straight = runs.find(here("train", "tiny-stripes", *words).stdout.splitlines()[-1])
    halted = _kill_after_epoch(1, words, plugins, straight.id)
    assert halted.status() == "interrupted"
    here("train", "--resume", halted.id)

    assert _equal(_weights(straight), _weights(halted))
    assert (straight.member(0) / "model.weights.h5").read_bytes() == (
        halted.member(0) / "model.weights.h5"
    ).read_bytes()
    assert np.array_equal(predictions.load(straight.test).values, predictions.load(halted.test).values)
    assert _history(straight) == _history(halted)
    other = runs.find(here("train", "tiny-stripes", *words, "--seed", "1").stdout.splitlines()[-1])
    assert not _equal(_weights(straight), _weights(other))


def _history(run):
    """Without the seconds, the one column that may differ."""
    return [line.rsplit(",", 1)[0] for line in (run.member(0) / "history.csv").read_text().splitlines()]


def _kill_after_epoch(epoch, words, plugins, other=None, number=signal.SIGKILL, code=-signal.SIGKILL):
    """Starts a training, sends the signal once that epoch has its checkpoint, and returns the run that is left."""
    with _started(words, plugins) as process:
        while process.poll() is None:
            for run in runs.list_runs():
                state = run.member(0) / "state.json"
                if run.id != other and state.exists() and json.loads(state.read_text())["epoch"] >= epoch:
                    process.send_signal(number)
                    assert process.wait(60) == code, process.stderr.read()
                    return runs.open_run(run.folder)
            time.sleep(0.002)
        raise AssertionError("it ended before it could be killed: " + str(process.stderr.read()))


@contextmanager
def _started(words, plugins):
    """In the background of a shell, Python would start without Ctrl-C: the parent's disposition is inherited."""
    command = [sys.executable, "-m", "kit", "--competitions", str(plugins), "train", "tiny-stripes", *words]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("number", "code", "words"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_ctrl_c_and_sigterm_leave_a_checkpoint_and_say_so(prepared, plugins, home, number, code, words):
    with _started((*SHORT, "--set", "epochs=4000", "--set", "workers=1"), plugins) as process:
        while not list((home / "runs").glob("*/fold-0/state.json")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(60) == code
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


def test_no_worker_outlives_a_killed_training(prepared, plugins, home):
    with _started((*SHORT, "--set", "epochs=4000", "--set", "workers=2"), plugins) as process:
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


def test_a_damaged_checkpoint_is_one_line_and_no_silent_restart(here, prepared, plugins):
    halted = _kill_after_epoch(1, (*SHORT, "--set", "epochs=4000"), plugins)
    state = json.loads((halted.member(0) / "state.json").read_text())
    (halted.member(0) / state["weights"]).write_bytes(b"truncated")
    done = here("train", "--resume", halted.id, check=False)
    assert done.returncode == 3 and "is damaged" in done.stderr and "Traceback" not in done.stderr
