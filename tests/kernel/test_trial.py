"""kit kernel try: bundles run with the network cut, in the layouts of Kaggle, and agree with the local submission.

Here with the packages of this environment; `make test-kernel` repeats it with those of Kaggle's image.
"""

import json
import os
import shutil
import sys
import zipfile

import numpy as np
import pytest

from kit import paths, predictions
from kit.competition import Archives
from kit.ensemble.finish import apply, keep
from kit.json_files import read_json, write_json
from kit.kernel import bundle
from kit.kernel.inside import unneeded
from kit.kernel.options import Options
from kit.kernel.trial import measure_difference
from kit.plugins import load
from kit.runs import find
from kit.targets import Classes
from tests import own_parts
from tests.built_in_archives import ARCHIVES
from tests.small_archives import zipped

PYTHON = os.environ.get("KERNEL_PYTHON", sys.executable)


@pytest.fixture
def attempt(here):
    """attempt(name, ...) -> what `kit kernel try` printed as JSON."""
    return lambda name, *words, **how: json.loads(
        here("kernel", "try", name, "--python", PYTHON, "--json", *words, **how).stdout
    )


needs_unshare = pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare here")


@needs_unshare
@pytest.mark.parametrize(
    ("slug", "settings"),
    [
        ("digit-recognizer", ("--set", "epochs=1", "--set", "width=4", "--set", "workers=0")),
        ("dogs-vs-cats", ("--backbone", "mobilenet_0.25", "--set", "image_size=32", "--weights", "WEIGHTS")),
        ("cifar-10", ("--recipe", "scratch", "--set", "epochs=1", "--set", "width=4", "--set", "workers=0")),
    ],
)
def test_a_bundle_of_each_competition_agrees_with_the_network_cut(
    here, home, attempt, tmp_path, monkeypatch, slug, settings
):
    (tmp_path / f"{slug}.zip").write_bytes(zipped(ARCHIVES[slug]()))
    if "WEIGHTS" in settings:
        import keras

        from kit.learn.networks import pretrained

        keras.utils.set_random_seed(0)
        weights = tmp_path / "small.weights.h5"
        pretrained.build("mobilenet_0.25", "none", 32).save_weights(weights)
        settings = [str(weights) if word == "WEIGHTS" else word for word in settings]
    here("download", slug, "--from", str(tmp_path / f"{slug}.zip"))
    here("prepare", slug, "--folds", "2")
    run = here("train", slug, "--set", "folds=2", *settings).stdout.splitlines()[-1]
    if sys.executable == PYTHON:  # py7zr is installed here; its wheels would come from a package index
        monkeypatch.setattr("kit.kernel.packing.MISSING", {})
    name = f"{slug}-predict"
    bundle.build_for_run(paths.kernels() / name, load(slug), find(run), Options(name))
    result = attempt(f"{slug}-predict")
    assert result["agreement"] == "the same bytes as the local submission" and result["cut"] is True
    assert result["rows"] == 11 and result["peak_mib"] > 100


@needs_unshare
def test_an_ensemble_of_views_and_seeds_in_a_notebook_and_the_old_layout(here, prepared, plugins, build, attempt):
    """By a metric, views, a network and a recipe that the competition's folder brings."""
    own_parts.bring(plugins)
    seeds = here("train", "tiny-stripes", "--folds", "1", "--seeds", "2", "--set", "tta=identity").stdout.splitlines()[
        -1
    ]
    views = here("predict", seeds, "--tta", "identity,rolled").stdout.splitlines()[-1]
    own_parts.check_used(read_json(find(views).folder / "config.json")["config"])
    blend = here("ensemble", "tiny-stripes", seeds, views).stdout.splitlines()[-1]
    _decide(find(views), [5.0, 1.0, 0.2])  # which nothing of the ensemble takes up
    _decide(find(blend), [0.2, 1.0, 5.0])
    folder = build("--run", blend, "--notebook")
    carried = {file.name for file in (folder / "dataset").glob("*.weights.h5")}
    assert carried == {f"{seeds}.fold-0.weights.h5", f"{seeds}.fold-0-seed-1.weights.h5"}
    result = attempt("tiny-stripes-predict", "--layout", "old")
    assert result["run"] == blend and result["agreement"] == "the same bytes as the local submission"


def _decide(run, factors):
    """Gives a run a last step that changes its labels, as if it had been found."""
    finish = {"name": "class factors", "applied": True, "parameters": {"factors": factors}}
    write_json(run.metrics, read_json(run.metrics) | {"finish": finish})
    before = predictions.load(run.test).before_finish()
    target = Classes(before.columns)
    after = apply(target, before.values, finish)
    assert (after.argmax(1) != before.values.argmax(1)).any()
    predictions.save(run.test, keep(target, before.ids, after, before.values, finish))


@needs_unshare
def test_a_training_in_one_file_brings_back_a_run(here, prepared, plugins, build, attempt):
    own_parts.bring(plugins)
    folder = build("--mode", "train", "--set", "folds=1", "--set", "epochs=1", "--single-file")
    result = attempt("tiny-stripes-train")
    assert set(result["files"]) == {"submission.csv", "run.zip"}
    with zipfile.ZipFile(folder / "try" / "run.zip") as packed:
        own_parts.check_used(json.loads(packed.read(f"{result['run']}/config.json"))["config"])


@needs_unshare
def test_the_network_is_really_cut_inputs_are_read_only_and_no_token_is_there(
    here, tmp_path, monkeypatch, plugins, trained, build, attempt
):
    (tmp_path / "user" / ".kaggle").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("KAGGLE_API_TOKEN", "SENTINEL")
    plugin = plugins / "tiny-stripes" / "competition.py"
    plugin.write_text(plugin.read_text().replace("def read(raw: Path, part: str) -> Split:\n", SPYING))
    _decide(trained, [5.0, 1.0, 0.2])
    build("--run", trained.id)
    result = attempt("tiny-stripes-predict")
    assert result["cut"] is True and result["agreement"] == "the same bytes as the local submission"
    plugin.write_text(plugin.read_text().replace("if not reached", "if reached"))  # the spy can see a fault
    build("--run", trained.id)
    done = here("kernel", "try", "tiny-stripes-predict", "--python", PYTHON, check=False)
    assert done.returncode == 3 and "reached: []" in done.stderr


SPYING = """def read(raw: Path, part: str) -> Split:
    import os, socket

    reached = []
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", 9)) not in (101, 111):  # an interface that is down, or nobody there
            reached.append("network")
    if any(name != "lo" for _, name in socket.if_nameindex()):
        reached.append("interfaces")
    try:
        (Path(os.environ["KIT_KAGGLE"]) / "input" / "note").write_text("x")
        reached.append("input")
    except OSError:
        pass
    if (Path.home() / ".kaggle").exists() or any("TOKEN" in name for name in os.environ):
        reached.append("credentials")
    if not reached:
        pass
    else:
        raise RuntimeError(f"reached: {reached}")
"""


@needs_unshare
def test_weights_that_were_changed_after_the_build_are_refused(here, trained, build):
    folder = build("--run", trained.id)
    weights = folder / "dataset" / f"{trained.id}.fold-0.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-1])
    done = here("kernel", "try", "tiny-stripes-predict", "--python", PYTHON, check=False)
    assert done.returncode == 3 and "fold-0.weights.h5 of the bundle is not what was built" in done.stderr


@needs_unshare
def test_another_submission_than_the_local_one_is_an_error(here, trained, build):
    build("--run", trained.id)
    own = predictions.load(trained.test)
    predictions.save(trained.test, predictions.make(own.ids, np.roll(own.values, 1, axis=1), Classes(own.columns)))
    done = here("kernel", "try", "tiny-stripes-predict", "--python", PYTHON, check=False)
    assert done.returncode == 3 and "writes another submission than the local one" in done.stderr


def test_without_the_kernels_python_it_says_what_to_do(here, trained, build):
    build("--run", trained.id)
    done = here("kernel", "try", "tiny-stripes-predict", "--python", "nowhere/python", check=False)
    assert done.returncode == 3 and "make kernel-env" in done.stderr
    done = here("kernel", "try", "never-built", check=False)
    assert done.returncode == 3 and "kernel build" in done.stderr


def test_an_archive_that_holds_the_images_of_both_parts_is_opened():
    assert unneeded(Archives("train.zip", "test.zip", "sample.csv")) == ("train.zip",)
    assert unneeded(Archives("images.zip", "images.zip", "sample.csv")) == ()


def test_numbers_of_any_size_may_differ_in_their_last_digits():
    assert measure_difference(b"7,50000.01", b"7,50000.02") < 1e-6 and measure_difference(
        b"7,0.1", b"7,0.2"
    ) == pytest.approx(0.1)
    assert measure_difference(b"7,cat", b"7,dog") == float("inf") and measure_difference(b"7,cat", b"7,cat") == 0
