import json
import math
import shlex
import sqlite3
import sys
from dataclasses import replace

import numpy as np
import optuna
import pytest
from click.testing import CliRunner
from optuna.trial import TrialState

from kit.cli import train
from kit.cli.options import GlobalOptions
from kit.cli.tune import command
from kit.config import Config
from kit.errors import ConfigError, DataError
from kit.learn.recipes import RECIPES
from kit.learn.search import space
from kit.learn.search.space import Span
from kit.learn.settings import resolve_settings
from kit.plugins import load

SPACE = ("--space", "learning_rate=0.01:0.3:log", "--space", "optimizer=sgd,adamw")


def _study(home, name):
    return optuna.load_study(study_name=name, storage=f"sqlite:///{home}/data/tiny-stripes/tune.db")


def test_the_same_command_goes_on_and_a_killed_trial_is_not_counted(here, prepared, home):
    told = json.loads(here("tune", "tiny-stripes", "--trials", "2", *SPACE, "--json").stdout)
    first = {trial["number"]: trial for trial in told["trials"]}[0]
    assert first["settings"] == {"learning_rate": 0.1, "optimizer": "sgd"} and first["epoch"] in (1, 2)
    assert told["rows"] == 6 and [t["loss"] for t in told["trials"]] == sorted(t["loss"] for t in told["trials"])
    _study(home, told["study"]).ask()  # killed: it says running for ever

    done = here("tune", "tiny-stripes", "--trials", "3", *SPACE)
    states = [trial.state for trial in _study(home, told["study"]).trials]
    assert states == [TrialState.COMPLETE, TrialState.COMPLETE, TrialState.FAIL, TrialState.COMPLETE]
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["trial", "loss", "accuracy", "epoch", "seconds", "learning_rate", "optimizer"]
    assert " train tiny-stripes --folds 1 --set learning_rate=0." in lines[-1] and "3 trials on 6 rows" in lines[-2]
    assert sorted(path.name for path in (home / "data/tiny-stripes").glob("*tune*")) == ["tune.db", "tune.lock"]


@pytest.fixture
def search(prepared, monkeypatch):
    """tune() over learning rates, with a planted recipe: the best is 0.01; from 1 on the loss is no number."""
    from kit.learn.search import tune

    seen, trained = [], []

    def fit(member):
        rate, history = member.config.learning_rate, []
        seen.append(rate)
        trained.append(member.config)
        if len(seen) == fit.killed_at:
            raise KeyboardInterrupt
        for epoch in range(1, member.config.epochs + 1):
            loss = math.nan if rate >= 1 else abs(math.log10(rate / 0.01)) + 1 / epoch
            history.append({"epoch": len(history) + 1, "stopping_loss": loss, "stopping_accuracy": 0.5, "seconds": 1.0})
            member.report(epoch, history[-1])
        return history

    fit.killed_at = 0
    monkeypatch.setitem(RECIPES, "scratch", replace(RECIPES["scratch"], fit=fit))
    monkeypatch.setattr(tune.keras.utils, "clear_session", lambda **_: None)  # no network is built that takes memory

    def run(count, **settings):
        config = Config(backbone="cnn", epochs=4, **settings)
        return tune.tune(prepared, config, {"learning_rate": Span(1e-4, 10.0, log=True)}, count)

    def cli(*words):
        settings = GlobalOptions((str(prepared.folder.parent),))
        done = CliRunner().invoke(command, [prepared.slug, "--trials", "2", *words], obj=settings)
        if done.exception:
            raise done.exception
        return done.stdout

    run.fit, run.seen, run.trained, run.cli = fit, seen, trained, cli
    return run


def test_the_search_finds_what_was_planted_and_ends_what_is_hopeless(search, home):
    found = search(30)
    assert len(search.seen) == 30 == len(found.trials) + found.pruned
    assert found.trials[0].settings["learning_rate"] == pytest.approx(0.01, rel=0.5) and found.trials[0].epoch == 4
    assert found.pruned >= sum(rate >= 1 for rate in search.seen) > 0
    assert found.pruned > sum(rate >= 1 for rate in search.seen)  # by the median, from the third epoch on
    assert search.seen[0] == 0.1 and all(rate == float(f"{rate:.4g}") for rate in search.seen)
    assert search(30) == found and len(search.seen) == 30  # nothing left to do
    assert search(2, width=8).study != found.study and len(search.seen) == 32


def _resolved(competition, line):
    """The configuration of a `kit train SLUG ...` that was printed."""
    found = train.command.make_context("train", shlex.split(line)[2:]).params
    given = {key: found[key] for key in ("backbone", "folds") if found[key] is not None}
    return resolve_settings(competition, {}, given, found["overrides"])[0]


@pytest.mark.parametrize("folds", ["1", "3"])
def test_no_row_that_judges_a_trial_is_in_the_score_of_the_command(search, prepared, home, folds):
    from kit.learn.member import split_early_stopping
    from kit.learn.train import load, rehearsal

    line = json.loads(search.cli("--set", "patience=5", "--set", f"folds={folds}", "--json"))["command"]
    config, fold_of = _resolved(prepared, line), load(prepared)[1]
    judging = split_early_stopping(rehearsal(prepared, config, home))[1]
    assert len(judging) and not np.isin(fold_of[judging], range(config.folds)).any()
    assert line.count("folds") == 1


@pytest.mark.parametrize("spaces", [[], ["learning_rate=0.01:10:log"], ["dropout=0:0.5"], ["batch_size=8,16"]])
def test_the_command_trains_with_the_batch_and_rate_of_the_best_trial(search, prepared, monkeypatch, spaces):
    from kit.learn import device

    monkeypatch.setattr(device, "gpus", lambda: ["gpu:0"])  # 512 images, at four times the rate
    monkeypatch.setattr(device, "capability", lambda: None)  # JAX would look for that GPU
    words = [word for text in spaces for word in ("--space", text)]
    told = json.loads(search.cli("--set", "batch_size=0", "--set", "learning_rate=0.05", *words, "--json"))
    config = device.resolve_auto_batch(_resolved(prepared, told["command"]))
    best = search.trained[told["trials"][0]["number"]]
    assert (config.batch_size, config.learning_rate) == (best.batch_size, pytest.approx(best.learning_rate))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("backbone=cnn,resnet99", "recipe scratch has no backbone 'resnet99'"),
        ("cutout=0:64", "cutout would blot out whole images"),
        ("augment_on=workers,device", "tiny-stripes says how to augment images, not batches"),
        ("schedule=cosine,step", "unknown schedule 'step'"),
        ("optimizer=sgd,lamb", "unknown optimizer 'lamb'; expected sgd or adamw"),
        ("head_strength=0.1:1", "--space head_strength changes nothing: recipe scratch does not use it"),
    ],
)
def test_every_choice_is_checked_before_the_first_trial(search, home, text, message):
    with pytest.raises(ConfigError, match=message):
        search.cli("--space", text)
    assert not search.seen and not (home / "data/tiny-stripes/tune.db").exists()


def test_an_interrupted_search_draws_other_points_when_it_goes_on(search, home):
    search.fit.killed_at = 4
    with pytest.raises(KeyboardInterrupt):
        search(6)
    found = search(6)
    assert len(found.trials) + found.pruned == 6 and len(search.seen) == 7 == len(set(search.seen))
    assert not list((home / "data/tiny-stripes").glob(".tune-*"))


def test_the_settings_as_they_are_are_tried_although_their_trial_was_killed(search):
    search.fit.killed_at = 1
    with pytest.raises(KeyboardInterrupt):
        search(2)
    search(2)
    assert search.seen[:2] == [0.1, 0.1] and len(search.seen) == 3


def test_a_full_disk_is_one_line(search, monkeypatch):
    def fail(*_, **__):
        try:
            raise sqlite3.OperationalError("database or disk is full")
        except sqlite3.OperationalError as error:
            raise optuna.exceptions.StorageInternalError("An exception is raised during the commit.") from error

    monkeypatch.setattr(optuna.Study, "tell", fail)
    with pytest.raises(DataError, match=r"no room to write .*tune\.db; received No space left on device"):
        search(1)


def test_one_search_at_a_time(search, home):
    from kit.files import hold_lock

    with hold_lock(home / "data/tiny-stripes/tune.lock", "x"), pytest.raises(DataError, match="already being tuned"):
        search(1)


def test_spaces_are_read_in_the_type_of_the_setting():
    assert space.parse("learning_rate=1e-3:1:log") == ("learning_rate", Span(0.001, 1.0, log=True))
    assert space.parse("cutout=0:8") == ("cutout", Span(0, 8)) and isinstance(space.parse("cutout=0:8")[1].low, int)
    assert space.parse("mirror=true,false") == ("mirror", (True, False))
    usual = space.default_space(load("cifar-10"), Config(backbone="wide_resnet"))
    assert usual["learning_rate"].low == pytest.approx(0.01) and usual["cutout"] == Span(0, 16) and "drop_path" in usual
    assert space.locate(usual, Config()) and space.locate({"dropout": Span(0.1, 0.5)}, Config()) is None
    assert space.round_floats({"ema": Span(0.9, 0.9999)}, {"ema": 0.99987654}) == {"ema": 0.9999}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learning_rate=1:0.1", "no range of learning_rate"),
        ("learning_rate=0.1:1:lin", "no range"),
        ("weight_decay=0:1:log", "LOW above 0"),
        ("mirror=true:false", "no range"),
        ("patience=3,0", "patience 0 sets no rows aside"),
        ("patience=0:3", "patience 0 sets no rows aside"),
        ("image_size=0:16", "no range of image_size"),
        ("cutout=", "no range"),
        ("epochs=0:9", "out of range"),
        ("epochs=0.5:9", "wrong type"),
        ("lerning_rate=0.1:1", "did you mean 'learning_rate'"),
        ("seed=0:9", "cannot vary seed"),
        ("batch_size=0,64", "batch_size 0 stands for another number"),
        ("stage_sizes=8,16", "cannot vary stage_sizes"),
    ],
)
def test_a_wrong_space_says_what_is_wrong(text, message):
    with pytest.raises(ConfigError, match=message):
        space.parse(text)


def test_without_optuna_it_says_what_to_install(prepared, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    error = CliRunner().invoke(command, ["tiny-stripes"]).exception
    assert isinstance(error, ConfigError) and "pip install optuna" in str(error)
