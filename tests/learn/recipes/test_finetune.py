"""Finetuning: the head first, then the network from its end, with no label of the rows that judge."""

from dataclasses import replace

import numpy as np
import pytest

from kit import predictions, runs
from kit.learn.member import split_early_stopping
from kit.learn.predict.extract_features import compute
from kit.learn.recipes import features, finetune
from kit.targets.links import softmax
from tests.learn.recipes.conftest import make_member, read_epochs, train_run


def test_finetuning_in_two_stages_leaves_members_that_predict_again(here, prepared):
    run = train_run(
        here, "--recipe", "finetune", "--backbone", "mobilenet_0.25", "--folds", "1", "--set", "image_size=32",
        "--set", "epochs=1", "--set", "unfreeze=0.2,1.0", "--set", "learning_rate=0.001",
    )  # fmt: skip
    assert run.config.optimizer == "adamw" and read_epochs(run) == ["0", "1", "2"], "0: the head alone"
    again = runs.find(here("predict", run.id, "--tta", "identity,hflip").stdout.splitlines()[-1])
    assert np.allclose(predictions.load(run.oof).values, predictions.load(again.oof).values, atol=1e-5)


def test_finetuning_that_only_harms_keeps_the_head_that_it_began_with(here, prepared, home):
    ready = ("--folds", "1", "--backbone", "mobilenet_0.25", "--set", "image_size=32")
    told = here(
        "train", "tiny-stripes", "--recipe", "finetune", *ready, "--set", "learning_rate=10", "--set", "patience=1",
        "--set", "epochs=3", "--set", "unfreeze=1.0", "--set", "tta=identity",
    )  # fmt: skip
    run = runs.find(told.stdout.splitlines()[-1])
    assert read_epochs(run) == ["0", "1"] and "fold 0: 1 of 3 epochs, kept epoch 0; each of them in" in told.stderr
    member = replace(make_member(prepared, home), config=run.config, folder=home)
    learned, _ = split_early_stopping(member)
    [seen] = compute(member, ("train",), ("identity",)).values()
    kernel, bias, _ = features.solve(replace(member, train_rows=learned), [seen])
    expected = softmax(seen[member.validation_rows] @ kernel + bias)
    kept = predictions.load(run.oof).select(member.data.train.ids[member.validation_rows])
    assert np.allclose(kept, expected, atol=1e-4)


@pytest.mark.parametrize("weights", ["imagenet", "none"])
def test_stages_unfreeze_the_end_first_and_early_layers_learn_more_slowly(prepared, home, weights):
    settings = {"recipe": "finetune", "backbone": "mobilenet_0.25", "weights": weights}
    member = make_member(prepared, home, **settings, image_size=32, rate_decay=0.5)
    model = finetune.network(member)
    learning = []
    for stage in finetune.stages(member):
        stage.freeze(model)
        learning.append({variable.path for variable in model.trainable_variables})
    assert learning[0] < learning[1]
    assert any("bn" in path for path in learning[1]) == (weights == "none"), "no statistics to keep of random weights"
    rates = [stage.factors(model)(variable) for variable in model.trainable_variables]
    assert rates == sorted(rates) and rates[0] == 0.5**4 and rates[-1] == 1.0 and rates[-3] == 0.5


@pytest.mark.parametrize("outside", ["judged", "stopping"])
def test_a_head_learns_of_no_row_but_its_own(prepared, home, monkeypatch, outside):
    member = make_member(
        prepared, home, backbone="mobilenet_0.25", image_size=32, patience=2, unfreeze=(1.0,), epochs=1
    )
    _, stopping = split_early_stopping(member)
    solve, found = features.solve, []

    def solved(member, views):
        wrong = member.data.train.labels.copy()
        wrong[member.validation_rows if outside == "judged" else stopping] = 0
        other = replace(member, data=replace(member.data, train=replace(member.data.train, labels=wrong)))
        noise = [np.where(np.isin(np.arange(90), member.train_rows)[:, None], view, 9.0) for view in views]
        found.extend([solve(member, views), solve(other, noise)])
        return found[0]

    monkeypatch.setattr(features, "solve", solved)
    finetune.fit(replace(member, train_fn=lambda *words: [{}]))
    (kernel, bias, strength), (again, other, same) = found
    assert np.array_equal(kernel, again) and np.array_equal(bias, other) and strength == same and np.ptp(kernel) > 0
