"""How the settings of a training are put together."""

import json

from kit.learn.settings import resolve_settings
from kit.plugins import load


def test_the_folds_that_are_there_are_used_where_nobody_chose_how_many(here, home):
    here("prepare", "sklearn-digits", "--folds", "2")
    competition = load("sklearn-digits")
    config, origin = resolve_settings(competition, {}, {}, ())
    assert competition.folds == 3 and config.folds == 2 and origin["folds"] == "folds.csv"
    config, origin = resolve_settings(competition, {}, {}, ("folds=1",))
    assert config.folds == 1 and origin["folds"] == "the command line"
    told = here("train", "sklearn-digits", "--backbone", "cnn", "--set", "epochs=1", "--create", "--json").stdout
    assert json.loads(told)["folds"] == 2
    done = here("train", "sklearn-digits", "--folds", "3", check=False)
    assert done.returncode == 2 and "more than folds.csv has; received 3; expected 1 to 2" in done.stderr
