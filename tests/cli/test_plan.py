import json
import os

import pytest

from kit.cli import options, plan
from kit.config import Config
from kit.errors import ConfigError
from kit.learn.cost.plan import Times, Work
from kit.learn.recipes import RECIPES


def test_a_plan_times_the_recipe_and_names_the_training_that_fits(here, prepared, home):
    words = ("--folds", "3", "--seeds", "10", "--set", "epochs=100000", "--set", "patience=2", "--budget", "10s")
    done = here("plan", "tiny-stripes", *words, "--json")
    told = json.loads(done.stdout)
    seconds, asked, budget = told["seconds"], told["asked"], told["budget"]
    assert asked == {"folds": 3, "seeds": 10, "views": 2, "epochs": [100_000]}
    [epoch] = seconds["epochs"]
    assert epoch > 0 and seconds["start"] > 0 and seconds["view"] > 0
    member = seconds["start"] + 100_000 * epoch + 2 * seconds["view"]
    assert seconds["member"] == pytest.approx(member) and seconds["run"] == pytest.approx(30 * member)
    cores = len(os.sched_getaffinity(0))
    assert told["kaggle"]["cpu"]["estimate"] in (None, pytest.approx(seconds["run"] * cores / 4))
    assert not budget["fits"] and not list((home / "runs").glob("*"))
    if budget["planned"]:  # a busy machine may need more for the least
        assert budget["run"] <= 10 and budget["planned"]["epochs"] < [100_000]
        assert " train tiny-stripes --set patience=2 --set folds=1 --set seeds=1 " in budget["command"]


def test_stages_of_finetuning_are_timed_each_and_without_weights_at_hand(here, prepared, home):
    words = ("--recipe", "finetune", "--backbone", "mobilenet_0.25", "--weights", "not-here.h5", "--folds", "3")
    settings = ("--set", "image_size=32", "--set", "epochs=3")
    told = json.loads(here("plan", "tiny-stripes", *words, *settings, "--json").stdout)
    assert told["asked"]["epochs"] == [3, 3] and len(told["seconds"]["epochs"]) == 2
    assert told["seconds"]["once"] > 0 and min(told["seconds"]["epochs"]) > 0


def test_without_prepared_data_it_says_what_to_do(here, home):
    done = here("plan", "tiny-stripes", check=False)
    assert done.returncode == 3 and "prepare tiny-stripes" in done.stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), ("90m", 5400), ("45s", 45), ("1.5h", 5400), ("1h30m", 5400)]
)
def test_a_budget_is_a_time(text, seconds):
    assert plan.parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "0s", "-1h", "2 h", "30m1h"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ConfigError, match="--budget is not a time; received"):
        plan.parse_budget(text)


def test_the_command_keeps_the_options_that_stay():
    config = Config(tta=("identity", "hflip"), epochs=12, seeds=2)
    given, settings = {"backbone": "cnn", "seeds": 2, "deterministic": True}, ("epochs=12", "ema=0.9")
    changes = plan._changes(RECIPES[config.recipe], config, Work(5, 2, 2, (12,)), Work(5, 1, 1, (9,)))
    line = "kit " + options.train_words("cifar-10", given, settings, changes)
    assert line == (
        "kit train cifar-10 --backbone cnn --deterministic --set ema=0.9 --set seeds=1 --set tta=identity --set epochs=9"
    )
    stages = Config(recipe="progressive", stage_epochs=(8, 4))
    assert plan._changes(RECIPES[stages.recipe], stages, Work(1, 1, 1, (8, 4)), Work(1, 1, 1, (4, 2))) == {
        "stage_epochs": "4,2"
    }
    tuned = Config(recipe="finetune", stage_epochs=(8, 4), epochs=6)  # the competition's stages are not its own
    assert plan._changes(RECIPES[tuned.recipe], tuned, Work(1, 1, 1, (6, 6)), Work(1, 1, 1, (3, 3))) == {"epochs": "3"}


def test_the_text_says_what_is_measured_and_what_is_not():
    asked, times = Work(5, 1, 2, (12,)), Times((600.0,), 20.0, 30.0)
    value = {
        "device": "cpu:0",
        "load": 0.1,
        "upper_bound": False,
        "teacher_untimed": False,
        "kaggle": plan._kaggle(asked.run(times), on_gpu=False),
    }
    value["budget"] = {"seconds": 7200, "fits": False, "planned": None, "run": None, "command": None}
    text = plan._text(value, asked, times)
    assert (
        "one epoch           10 min 00 s" in text
        and "whole run           10 h 06 min: 5 folds, 1 seed, 2 views" in text
    )
    assert "an estimate, by 4 cores for the" in text and "Kaggle, GPU         not measured; a session has 12 h" in text
    assert "upper bound" not in text and "an upper bound: as if" in plan._text(
        value | {"upper_bound": True}, asked, times
    )
    assert "teacher" not in text and "teacher             not timed" in plan._text(
        value | {"teacher_untimed": True}, asked, times
    )
    assert "not even the least: 1 fold, 1 seed, 1 view, 1 epoch" in text
    assert "not measured; a session has 12 h" in plan._text(
        value | {"device": "gpu:0", "load": 3.2, "kaggle": plan._kaggle(60.0, on_gpu=True)}, asked, times
    )
