"""What the kernel tests share: a trained run of tiny-stripes, and bundles built from it through the real CLI."""

import json

import pytest

from kit import paths
from kit.learn.settings import resolve_settings
from kit.runs import Run


@pytest.fixture
def trained(prepared) -> Run:
    """A finished run of one member."""
    from kit.learn import train

    config, origin = resolve_settings(prepared, {"folds": 1, "epochs": 1}, {}, ())
    return train.train(prepared, config, origin)


@pytest.fixture
def build(kit):
    """build("--run", id, ...) -> the folder of the kernel that `kit kernel build tiny-stripes ...` wrote."""

    def run(*words: str, slug: str = "tiny-stripes"):
        done = kit("kernel", "build", slug, *words, "--json")
        return paths.kernels() / json.loads(done.stdout)["name"]

    return run
