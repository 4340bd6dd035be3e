"""Every recipe trains for labels and numbers, and an ensemble joins what they predict."""

import json

import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds
from kit.learn import recipes
from kit.learn.member import Member
from kit.learn.recipes import distill, scratch, teacher

TAUGHT = ("--set", "teacher=halves-first")
PRETRAINED = ("--backbone", "mobilenet_0.25", "--set", "image_size=32")
WORDS = {
    "scratch": ("--name", "first"),
    "progressive": ("--set", "stage_sizes=6,8", "--set", "stage_epochs=1,1"),
    "distill": TAUGHT,
    "pseudo": TAUGHT,
    "finetune": (*PRETRAINED, "--set", "epochs=1", "--set", "unfreeze=1.0"),
    "features": PRETRAINED,
}


@pytest.mark.parametrize("halves", ["labels", "numbers"], indirect=True)
def test_every_recipe_trains_and_an_ensemble_joins_them(halves, here):
    assert set(WORDS) == {name for name, one in recipes.RECIPES.items() if one.reads == "images"}
    trained = []
    for recipe, words in WORDS.items():
        done = here("train", "halves", "--recipe", recipe, *words, "--folds", "1", "--json")
        trained.append(runs.find(json.loads(done.stdout)["run"]))
    joined = runs.find(json.loads(here("ensemble", "halves", *(run.id for run in trained), "--json").stdout)["run"])
    for run in (*trained, joined):
        values = predictions.load(run.test).values
        assert values.shape == (20, len(halves.target.columns)) and not halves.target.find_bad(values).any()


@pytest.mark.parametrize("halves", ["labels", "numbers"], indirect=True)
def test_a_teacher_of_numbers_is_taken_at_its_word_and_one_of_labels_softened(halves, home, monkeypatch):
    where, target = paths.data("halves"), halves.target
    data = cache.load(halves, where)
    rows = np.flatnonzero(folds.read(where.folds, data.train.ids) != 0)
    config = Config(recipe="distill", teacher_share=1.0)
    member = Member(halves, config, data, where, 0, rows, rows[:0], home, recipes=recipes.RECIPES)
    said = target.keep_off(scratch.tell(member, rows), 0.1)
    monkeypatch.setattr(teacher, "predict_training", lambda member, rows: said)
    taught = distill.targets(member, rows)
    logits = target.link(said, 1e-6)
    assert np.allclose(taught, said if target.has_units else target.activate(logits / 2), atol=1e-6)
