"""What the kernel tests share: a trained run of tiny-stripes, and bundles built from it through the real CLI."""

import json
import shutil
from pathlib import Path

import pytest

from kit import paths, runs
from kit.learn.settings import resolve_settings
from kit.runs import Run


@pytest.fixture(scope="session")
def kept(tmp_path_factory) -> Path:
    """Where the run of `trained` is kept from one test to the next."""
    return tmp_path_factory.mktemp("kept") / "runs"


@pytest.fixture
def trained(prepared, kept) -> Run:
    """A finished run of one member, which is trained once."""
    from kit.learn import train

    if kept.exists():
        shutil.copytree(kept, paths.runs())
    else:
        config, origin = resolve_settings(prepared, {"folds": 1, "epochs": 1}, {}, ())
        train.train(prepared, config, origin)
        shutil.copytree(paths.runs(), kept)
    return runs.list_runs()[0]


@pytest.fixture
def build(here):
    """build("--run", id, ...) -> the folder of the kernel that `kit kernel build tiny-stripes ...` wrote."""

    def run(*words: str, slug: str = "tiny-stripes"):
        done = here("kernel", "build", slug, *words, "--json")
        return paths.kernels() / json.loads(done.stdout)["name"]

    return run
