import json
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from kit.cli.options import GlobalOptions
from kit.config import Config
from kit.errors import ConfigError

RATES = np.geomspace(1e-5, 10, 100)
NOISE = np.random.default_rng(0).normal(0, 0.2, 100)


def _losses(seed=0):
    """Falls around 0.01, is lowest at about 0.2, then explodes."""
    fall = 2.3 - 1.4 / (1 + (0.01 / RATES) ** 1.5)
    return fall + (RATES / 0.6) ** 3 + np.random.default_rng(seed).normal(0, 0.03, len(RATES))


def test_the_suggestion_is_where_a_planted_loss_falls_fastest():
    from kit.learn.search.lr_find import suggestion

    for seed in range(20):
        found = suggestion(RATES, _losses(seed))
        assert 0.003 < found.steepest < 0.04 and 0.05 < found.lowest < 0.4
    ended = suggestion(RATES[:90], np.append(_losses()[:89], 1e9))  # as when the test ends by itself
    assert ended.steepest == pytest.approx(suggestion(RATES, _losses()).steepest, rel=0.2)


@pytest.mark.parametrize("losses", [np.full(100, 2.3), 2.3 + NOISE, np.linspace(2.3, 9, 100), np.array([2.3, 9.0])])
def test_a_loss_that_never_falls_suggests_nothing(losses):
    from kit.learn.search.lr_find import suggestion

    with pytest.raises(ConfigError, match="falls at no learning rate"):
        suggestion(RATES, losses)


def test_a_picture_and_a_setting_to_paste(here, prepared):
    done = here("lr-find", "tiny-stripes", "--batches", "60", "--set", "accumulate=2", "--json")
    told = json.loads(done.stdout)
    with Image.open(told["picture"]) as picture:
        assert picture.format == "PNG" and told["picture"].endswith("data/tiny-stripes/lr-find.png")
    assert 1e-5 < told["learning_rate"] < told["lowest_loss_at"] <= 10
    steps = np.diff(np.log(told["rates"]))
    assert len(told["losses"]) == len(told["rates"]) <= 60 and np.allclose(steps, np.log(1e6) / 59)
    assert f"train tiny-stripes --set accumulate=2 --set learning_rate={told['learning_rate']}" in done.stderr


@pytest.mark.parametrize("accumulate", [1, 4])
def test_the_rates_are_those_the_network_learns_with(prepared, monkeypatch, accumulate):
    import keras

    from kit.learn.search.lr_find import find

    used, train_on_batch = [], keras.Model.train_on_batch

    def noted(model, *batch, **options):
        used.append(float(model.optimizer.learning_rate))
        return train_on_batch(model, *batch, **options)

    monkeypatch.setattr(keras.Model, "train_on_batch", noted)
    config = Config(backbone="cnn", width=4, batch_size=16, workers=0, accumulate=accumulate)
    with pytest.raises(ConfigError, match="falls at no learning rate up to 1e-07"):
        find(prepared, config, batches=30, low=1e-8, high=1e-7)
    assert used == pytest.approx(np.repeat(np.geomspace(1e-8, 1e-7, 30), accumulate), rel=1e-4, abs=0)


def test_the_command_trains_with_the_batch_that_the_rate_was_found_for(prepared, monkeypatch):
    from kit.cli import lr_find as cli
    from kit.cli import train
    from kit.learn import device
    from kit.learn.recipes import RECIPES
    from kit.learn.settings import resolve_settings

    batches = []

    def fit(member):
        batches.append(member.config.batch_size)
        return [{"loss": loss} for loss in _losses()]

    monkeypatch.setattr(device, "gpus", lambda: ["gpu:0"])  # 512 images, at four times the rate
    monkeypatch.setattr(device, "capability", lambda: None)  # JAX would look for that GPU
    monkeypatch.setitem(RECIPES, "scratch", replace(RECIPES["scratch"], fit=fit))
    settings = GlobalOptions((str(prepared.folder.parent),))
    done = CliRunner().invoke(cli.command, ["tiny-stripes", "--set", "batch_size=0"], obj=settings)
    [line] = [line for line in done.stderr.splitlines() if line.startswith("next: kit train tiny-stripes ")]
    told = train.command.make_context("train", shlex.split(line)[3:]).params["overrides"]
    trained = device.resolve_auto_batch(resolve_settings(prepared, {}, {}, told)[0])
    [rate] = re.findall("steepest descent at (.*?);", done.stdout)
    assert batches == [512] and (trained.batch_size, trained.learning_rate) == (512, float(rate))
    assert done.stdout.splitlines()[-1] == " ".join(f"--set {text}" for text in told)


def test_trying_out_never_sees_the_judged_fold(prepared, home):
    from kit import paths
    from kit.data import cache, folds
    from kit.learn.train import rehearsal

    member = rehearsal(prepared, Config(backbone="cnn"), home)
    where = paths.data("tiny-stripes")
    fold_of = folds.read(where.folds, cache.load(prepared, where).train.ids)
    assert len(member.train_rows) == 60 and 0 not in fold_of[member.train_rows] and len(member.validation_rows) == 0
    with pytest.raises(ConfigError, match="closed-form .convex. head: nothing to tune"):
        rehearsal(prepared, Config(recipe="features", backbone="mobilenet_0.25"), home)
