"""A competition that Kaggle serves, a kernel that is pushed to it, and the waits between two tries."""

import time

import pytest

from kit import paths
from kit.json_files import write_json

NAME = "tiny-stripes-predict"  # of the kernel


@pytest.fixture
def served(kaggle, archive):
    kaggle.archive = archive.read_bytes()
    return kaggle


@pytest.fixture
def pauses(monkeypatch):
    """What the code would have slept."""
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.fixture
def folder(prepared, monkeypatch):
    """A built kernel: a bundle of three files, without a model in it."""
    from kit.kernel import bundle
    from kit.kernel.options import Options

    folder = paths.kernels() / NAME
    bundle._write(folder, prepared, {"mode": "predict", "run": "tiny-stripes-x", "runs": []}, {}, Options(NAME))
    (folder / "dataset" / "extra.h5").write_bytes(b"weights")
    write_json(folder / "notes.json", {})
    return folder


@pytest.fixture
def push(here, folder):
    return lambda **how: here("kernel", "push", NAME, "--poll", "0", "--json", **how)
