"""Recipes through the CLI: their settings, their stages, and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from kit import runs
from kit.config import FIELDS, Config
from kit.errors import DataError, KaggleError, TrainingError
from kit.learn import recipes, train
from kit.learn.member import split_early_stopping
from kit.learn.networks import pretrained
from kit.learn.recipe import COMMON
from kit.learn.recipes import scratch
from tests.learn.recipes.conftest import make_member, train_run


def test_a_loss_that_is_no_number_ends_the_training(prepared, home):
    member = make_member(prepared, home, backbone="cnn", workers=0)
    training_set = scratch.training_set(member)
    training_set = replace(training_set, targets=np.full_like(training_set.targets, np.nan))
    with pytest.raises(
        TrainingError, match="the loss of epoch 1, batch 1 of 1 is no number; received nan; train a new run"
    ):
        scratch.learn(member, training_set, [scratch.stage(member)])


def test_a_class_of_one_image_is_learned_from_not_stopped_by(prepared, home):
    member = make_member(prepared, home, patience=3, stopping_share=0.2)
    lonely = member.train_rows[0]
    labels = np.where(member.data.train.labels == 2, 1, member.data.train.labels)
    labels[lonely] = 2
    member = replace(member, data=replace(member.data, train=replace(member.data.train, labels=labels)))
    learn, stopping = split_early_stopping(member)
    assert lonely in learn and len(stopping) >= 2 and not set(learn) & set(stopping)


def test_patients_stop_a_training_whole_or_are_learned_from(prepared, home):
    member = make_member(prepared, home, patience=3, stopping_share=0.2)
    patients = np.arange(90) // 6
    member = replace(member, data=replace(member.data, train=replace(member.data.train, groups=patients)))
    learn, stopping = split_early_stopping(member)
    assert not set(patients[learn]) & set(patients[stopping]) and 0.1 < len(stopping) / 60 < 0.3
    assert (np.sort([*learn, *stopping]) == member.train_rows).all()
    everyone = replace(member.data, train=replace(member.data.train, groups=np.zeros(90, np.int64)))
    with pytest.raises(DataError, match="no class has two rows, or groups, .*patience=0"):
        split_early_stopping(replace(member, data=everyone))


@pytest.mark.parametrize(
    ("recipe", "epochs"),
    [("scratch", (12,)), ("pseudo", (12,)), ("progressive", (30, 18, 20)), ("finetune", (12, 12)), ("features", ())],
)
def test_stages_that_a_competition_sets_are_of_progressive_alone(recipe, epochs):
    assert recipes.RECIPES[recipe].epochs(Config(epochs=12, stage_epochs=(30, 18, 20), unfreeze=(0.3, 1.0))) == epochs


def test_settings_without_a_meaning_and_random_weights_are_told(here, prepared):
    words = ("--recipe", "features", "--backbone", "mobilenet_0.25", "--set", "image_size=32", "--set", "mixup=0.2")
    told = here("train", "tiny-stripes", "--folds", "1", "--create", *words, "--set", "epochs=3", "--seed", "1").stderr
    assert "\nrecipe features ignores epochs, mixup\n" in told
    assert "\nmobilenet_0.25 has random weights: --weights imagenet, or the path of a file, for trained ones\n" in told
    told = here("train", "tiny-stripes", "--folds", "1", "--create", "--set", "width=4", "--set", "patience=0").stderr
    assert "no use" not in told and "weights" not in told


def test_making_a_run_fetches_what_nodes_without_internet_cannot(prepared, home, monkeypatch):
    asked = Config(recipe="features", backbone="mobilenet_0.25", weights="imagenet", folds=1)
    fetched = []
    monkeypatch.setattr(pretrained, "build", lambda *words: fetched.append(words))
    train.create(prepared, asked, {})
    assert fetched == [("mobilenet_0.25", "imagenet", 224)] and len(runs.list_runs()) == 1

    def offline(*words):
        raise KaggleError("no ImageNet weights")

    monkeypatch.setattr(pretrained, "build", offline)
    with pytest.raises(KaggleError):
        train.create(prepared, asked, {})
    assert len(runs.list_runs()) == 1


def test_every_setting_has_a_meaning_for_some_recipe():
    used = {name for one in recipes.RECIPES.values() for name in one.settings}
    assert used.isdisjoint(COMMON) and used | set(COMMON) == set(FIELDS)
    assert all(set(one.defaults) <= {*one.settings, *COMMON} for one in recipes.RECIPES.values())


def test_progressive_stages_end_at_the_size_of_the_images(here, prepared):
    run = train_run(here, "--recipe", "progressive", "--folds", "1", "--set", "stage_epochs=1,1,1")
    assert run.config.stage_sizes == (5, 6, 8)
    assert train_run(here, "--recipe", "progressive", "--folds", "1", "--set", "stage_epochs=1").config.stage_sizes == (
        8,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "accumulate=512"), "accumulate is larger than the number of batches; received accumulate=512 of "),
        (("--recipe", "progressive", "--create", "--set", "stage_sizes=8,8"), "stages do not fit together"),
        (("--create", "--set", "optimizer=lamb"), "unknown optimizer 'lamb'"),
        (("--recipe", "finetune"), "recipe finetune has no backbone 'tiny'; --backbone, one of mobilenet_0.25, "),
        (("--recipe", "finetune", "--backbone", "resnet49"), "'resnet49'; did you mean 'resnet"),
        (("--folds", "0"), "setting folds is out of range; received 0"),
        (("--seeds", "0"), "setting seeds is out of range; received 0"),
        (("--recipe", "pseudo"), "requires --set teacher=RUN"),
        (("--recipe", "progressive", "--set", "stage_sizes=4,8"), "stages do not fit together"),
        (("--backbone", "resnet9", "--set", "image_size=4"), "the images are too small for resnet9; received 4"),
        (("--backbone", "airbench", "--set", "image_size=8"), "the images are too small for airbench; received 8"),
        (
            ("--recipe", "features", "--backbone", "inception_v3", "--weights", "none", "--set", "image_size=64"),
            "at least 75",
        ),
        (("--recipe", "finetune", "--backbone", "mobilenet_0.25", "--set", "unfreeze="), "unfreeze is out of range"),
        (
            ("--recipe", "finetune", "--backbone", "mobilenet_0.25", "--set", "unfreeze=0.2,2"),
            "unfreeze is out of range",
        ),
    ],
)
def test_what_a_recipe_lacks_is_one_line_and_leaves_nothing(here, prepared, home, words, message):
    done = here("train", "tiny-stripes", "--folds", "1", *words, check=False)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert not list((home / "runs").glob("*"))
