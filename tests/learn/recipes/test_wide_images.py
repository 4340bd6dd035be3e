"""Images that are not square keep their proportions in every recipe, whatever size they are shown in."""

import shutil

import numpy as np
import pytest

from kit import paths, runs
from kit.learn.input.resize import resize, scale_sides
from kit.learn.networks import backbones
from kit.learn.recipes import features, finetune
from tests.learn.recipes.conftest import make_member

BACKBONE = ("--backbone", "mobilenet_0.25", "--set", "image_size=32", "--set", "weights=none")


@pytest.fixture
def prepared(here, home, archive, plugins):
    """tiny-stripes with images twice as wide as high, prepared with 3 folds."""
    from kit.plugins import load

    file = plugins / "tiny-stripes" / "competition.py"
    wide = "images = [np.repeat(one, 2, 1) for one in images]\n    return Split("
    text = file.read_text().replace("return Split(", wide)
    file.write_text(text.replace("image_shape=SHAPE", "image_shape=(8, 16, 1)"))
    folders = paths.data("tiny-stripes")
    folders.archives.mkdir(parents=True)
    shutil.copy(archive, folders.archives)
    here("prepare", "tiny-stripes", "--folds", "3")
    return load("tiny-stripes", [plugins])


@pytest.mark.parametrize(
    ("shape", "size", "expected"), [((8, 16), 0, (8, 16)), ((8, 16), 4, (4, 8)), ((30, 20), 32, (48, 32))]
)
def test_the_size_is_that_of_the_shorter_side(shape, size, expected):
    assert scale_sides(*shape, size) == expected
    assert resize(np.zeros((2, *shape, 6), np.uint8), size).shape == (2, *expected, 6)


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "epochs=1", "--set", "image_size=6"),
        ("--recipe", "progressive", "--set", "stage_epochs=1,1"),
        ("--recipe", "features", *BACKBONE),
    ],
)
def test_wide_images_are_trained_and_reported(here, prepared, words):
    run = runs.find(here("train", "tiny-stripes", "--folds", "1", *words).stdout.splitlines()[-1])
    here("report", run.id)
    assert "<img" in (run.folder / "report.html").read_text()


def test_networks_are_built_for_what_they_are_shown(prepared, home):
    settings = {"backbone": "mobilenet_0.25", "weights": "none", "image_size": 32}
    member = make_member(prepared, home, recipe="finetune", **settings)
    assert backbones.sides_of(member.config, prepared.image_shape) == (32, 64)
    assert finetune.network(member).input_shape == (None, 32, 64, 1)
    features.fit(member)
    opened = features.open_member(member)
    assert opened.prepare(member.data.train.images[:2]).shape == (2, 32, 64, 3)
    assert opened.model.input_shape == (None, 32, 64, 3)
    assert [path.name for path in member.data_folders.features.glob("*-32x64-train-*")]
