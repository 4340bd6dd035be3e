"""Images of more channels than three: through every recipe and the report."""

import shutil

import numpy as np
import pytest

from kit import paths, runs
from kit.learn.networks import heads, pretrained
from kit.learn.recipes import finetune
from kit.targets.links import softmax
from tests.learn.recipes.conftest import make_member

SMALL = ("--set", "epochs=1", "--set", "randaugment=4")
BACKBONE = ("--backbone", "mobilenet_0.25", "--set", "image_size=32", "--set", "weights=none")


@pytest.fixture
def prepared(here, home, archive, plugins):
    """tiny-stripes of six channels, float values, prepared with 3 folds."""
    from kit.plugins import load

    file = plugins / "tiny-stripes" / "competition.py"
    text = file.read_text().replace(
        "return Split(", "images = [np.repeat(one, 6, 2) / 255 for one in images]\n    return Split("
    )
    file.write_text(text.replace("image_shape=SHAPE", "image_shape=(8, 8, 6)"))
    folders = paths.data("tiny-stripes")
    folders.archives.mkdir(parents=True)
    shutil.copy(archive, folders.archives)
    assert "are 0 to 255" in here("prepare", "tiny-stripes", "--folds", "3").stdout
    return load("tiny-stripes", [plugins])


@pytest.mark.parametrize("words", [SMALL, ("--recipe", "features", *BACKBONE)])
def test_six_channels_are_trained_and_reported(here, prepared, words):
    run = runs.find(here("train", "tiny-stripes", "--folds", "1", *words).stdout.splitlines()[-1])
    here("report", run.id)
    assert "<img" in (run.folder / "report.html").read_text()


def test_a_finetuned_network_begins_with_the_mixture_that_features_are_of(prepared, home):
    member = make_member(prepared, home, recipe="finetune", backbone="mobilenet_0.25", weights="none", image_size=32)
    model, images = finetune.network(member), np.random.default_rng(0).integers(0, 256, (2, 32, 32, 6), np.uint8)
    assert np.allclose(heads.mixture_of(model), pretrained.mix_channels(6))
    kernel, bias = model.get_layer(heads.NAME).get_weights()
    features = heads.backbone_of(model)(pretrained.prepare(images, "mobilenet_0.25", 32))
    expected = softmax(np.asarray(features) @ kernel + bias)
    assert np.allclose(softmax(np.asarray(model(images.astype(np.float32)))), expected, atol=1e-4)
