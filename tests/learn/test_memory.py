"""Memory that runs out, a disk that is full, a GPU that is not there: one line each, and what was there stays."""

import json
import resource

import pytest

from kit import runs
from kit.errors import TrainingError
from kit.learn import memory
from kit.learn.fit import checkpoints
from tests.learn.recipes.conftest import make_member

WORDS = ("train", "tiny-stripes", "--folds", "1", "--set", "epochs=3", "--deterministic")


class ResourceExhaustedError(Exception):
    """As TensorFlow calls it."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 1.00 TiB for an array"),
        ResourceExhaustedError("failed to allocate"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes."),
    ],
)
def test_every_librarys_word_for_it_is_one_line_with_the_batch_to_try(prepared, home, error):
    member = make_member(prepared, home, batch_size=96, accumulate=2)
    with pytest.raises(TrainingError) as caught, memory.explain(member, batches=True):
        raise error
    assert str(caught.value) == (
        f"{home.name}: out of memory; received batches of 96; train a new run with --set batch_size=48 --set accumulate=4"
    )
    stages = make_member(prepared, home, recipe="progressive", stage_batches=(64, 1))
    with (
        pytest.raises(TrainingError, match="batches of 64,1; .*--set stage_batches=32,1 "),
        memory.explain(stages, batches=True),
    ):
        raise error
    with pytest.raises(ZeroDivisionError), memory.explain(member):
        raise ZeroDivisionError


def test_a_training_that_runs_out_of_memory_has_failed(here, prepared, monkeypatch):
    def stream(self, jobs, size=0):
        raise MemoryError("Unable to allocate 1.00 TiB")
        yield

    monkeypatch.setattr("kit.learn.input.loader.Loader.stream", stream)
    done = here(*WORDS, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "kit: fold 0: out of memory; received batches of 16; train a new run with --set batch_size=8" in done.stderr
    assert [run.status() for run in runs.list_runs()] == ["failed"]


def test_a_checkpoint_on_a_full_disk_leaves_the_one_before(here, prepared, monkeypatch):
    """A limit of the system stands for the disk: h5py answers to both with a RuntimeError."""
    save, saved = checkpoints.save, []

    def save_second_on_full_disk(model, path):
        saved.append(path)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096 if len(saved) == 2 else before[0], before[1]))
        try:
            save(model, path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    with monkeypatch.context() as full:
        full.setattr(checkpoints, "save", save_second_on_full_disk)
        done = here(*WORDS, check=False)
    [run] = runs.list_runs()
    assert done.returncode == 3 and "Traceback" not in done.stderr and run.status() == "interrupted"
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"kit: no room to write {saved[1]}; received File too large, ") and "--resume" in line
    assert checkpoints.read(run.member(0)).epoch == 1
    assert sorted(file.name for file in run.member(0).iterdir()) == ["epoch-0001.weights.h5", "state.json"]
    here("train", "--resume", run.id)
    assert json.loads((run.member(0) / "state.json").read_text())["epoch"] == 3 and run.status() == "finished"


@pytest.mark.parametrize("words", [(*WORDS,), ("lr-find", "tiny-stripes"), ("predict", "RUN", "--tta", "hflip")])
def test_a_gpu_that_is_asked_for_and_not_there_is_refused_before_anything_is_done(here, prepared, home, words):
    if words[0] == "predict":
        run = here(*WORDS, "--set", "epochs=1").stdout.splitlines()[-1]
        words = tuple(run if word == "RUN" else word for word in words)
    before = sorted((home / "runs").glob("*"))
    done = here(*words, "--device", "gpu", check=False)
    assert done.returncode == 2 and "kit: --device gpu: there is no GPU here; received cpu:0" in done.stderr
    assert sorted((home / "runs").glob("*")) == before
    assert here(*words, check=False, KIT_DEVICE="tpu").returncode == 2
