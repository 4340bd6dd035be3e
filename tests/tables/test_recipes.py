"""Recipes of tables: what they predict are values of the target, better than a guess; others are refused in one line."""

import json

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.data import cache
from kit.metrics import METRICS
from tests.tables.conftest import KINDS


@pytest.mark.parametrize("houses", KINDS, indirect=True)
def test_boosting_learns_numbers_classes_and_labels_from_a_table(houses, here):
    run = runs.find(json.loads(here("train", "houses", "--json").stdout)["run"])
    assert (run.config.recipe, run.config.backbone) == ("boosting", "trees")
    data, oof = cache.load(houses, paths.data("houses")), predictions.load(run.oof)
    truth = cache.labels_of(data.train, oof.ids)
    target = houses.target
    guess = np.broadcast_to(target.tell(truth).mean(0), oof.values.shape).astype(np.float32)
    assert target.losses(truth, oof.values).mean() < 0.7 * target.losses(truth, guess).mean()
    test = predictions.load(run.test).values
    assert test.shape == (60, len(target.columns)) and not target.find_bad(test).any()
    words = ("--folds", "1", "--set", "patience=3", "--set", "seeds=2")
    again = runs.find(json.loads(here("train", "houses", *words, "--json").stdout)["run"])
    assert len(list(again.folder.glob("fold-*/model.weights.h5"))) == 2


@pytest.mark.parametrize("houses", ["price", "quarter"], indirect=True)
def test_dense_layers_learn_from_a_table_too(houses, here):
    words = ("--recipe", "mlp", "--set", "patience=0", "--set", "epochs=20", "--set", "learning_rate=0.02")
    run = runs.find(json.loads(here("train", "houses", *words, "--folds", "1", "--json").stdout)["run"])
    assert run.config.backbone == "mlp"
    oof, target = predictions.load(run.oof), houses.target
    truth = cache.labels_of(cache.load(houses, paths.data("houses")).train, oof.ids)
    guess = np.broadcast_to(target.tell(truth).mean(0), oof.values.shape).astype(np.float32)
    assert target.losses(truth, oof.values).mean() < 0.7 * target.losses(truth, guess).mean()
    assert predictions.load(run.test).values.shape == (60, len(target.columns))


def test_a_price_is_near_enough(houses, here):
    run = runs.find(json.loads(here("train", "houses", "--set", "trees=200", "--json").stdout)["run"])
    truth = cache.labels_of(cache.load(houses, paths.data("houses")).train, predictions.load(run.oof).ids)
    assert METRICS["r2"].score(truth, predictions.load(run.oof).values) > 0.9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--recipe", "scratch"), "recipe scratch needs images, which houses has not; --recipe, one of boosting"),
        (("--recipe", "features"), "recipe features needs images"),
        (("--backbone", "resnet9"), "recipe boosting has no backbone 'resnet9'"),
        (("--backbone", "vgg16"), "recipe boosting has no backbone 'vgg16'; --backbone, one of trees"),
    ],
)
def test_recipes_of_images_are_refused_without_them(houses, here, words, said):
    assert said in here("train", "houses", *words, check=False).stderr


def test_recipes_of_tables_are_refused_without_one(prepared, here):
    said = here("train", "tiny-stripes", "--recipe", "boosting", check=False).stderr
    assert "recipe boosting needs table, which tiny-stripes has not; --backbone, a pretrained one, or --recipe" in said
