"""The settings of a training, and where each comes from: kit < recipe < network < competition < its runs < command line.

What a competition says is for its own recipe and backbone: what suits another one that is asked for wins over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kit import paths
from kit.competition import Competition
from kit.config import Config, parse, resolve
from kit.data import folds
from kit.learn import networks, recipes

OF_TABLES = "boosting"  # the recipe of a competition without images, unless it names another
TYPED = ("the command line", "the competition's runs")  # origins of what somebody chose for this training


def resolve_settings(
    competition: Competition, variant: Mapping[str, Any], given: Mapping[str, Any], overrides: Sequence[str]
) -> tuple[Config, dict[str, str]]:
    """(Config, origin of each value). variant: one of the competition's `runs`; given: options by name; overrides: the
    `key=value` of --set.

    Where nobody chose how many folds to train, those that folds.csv has are enough. Raises ConfigError for an unknown setting
    or a wrong value, DataError for a damaged folds.csv.
    """
    asked = {**given, **dict(parse(text) for text in overrides)}
    config, origin = _resolve_layers(competition, variant, asked)
    there = paths.data(competition.slug).folds
    if origin["folds"] not in TYPED and there.exists() and (most := folds.count(there)) < config.folds:
        return replace(config, folds=most), {**origin, "folds": "folds.csv"}
    return config, origin


def check_declared(competition: Competition) -> None:
    """Raises ConfigError where the defaults or `runs` of a competition name what does not exist, or does not fit."""
    for variant in competition.runs:
        config, _ = _resolve_layers(competition, variant, {})
        recipes.check(competition, config)


def _resolve_layers(
    competition: Competition, variant: Mapping[str, Any], asked: Mapping[str, Any]
) -> tuple[Config, dict[str, str]]:
    own_recipe = {} if competition.has_images else {"recipe": OF_TABLES}
    declared = {"tta": competition.tta, **own_recipe, **competition.defaults}
    usual = {"recipe": Config.recipe, "backbone": Config.backbone, **declared}
    wanted = {**usual, **variant, **asked}
    layers = [("the competition", declared)]
    known: dict[str, Mapping[str, Any]] = {
        "recipe": recipes.available(competition),
        "backbone": networks.available(competition),
    }
    for kind, table in known.items():
        name = wanted[kind]
        own = (f"the {kind}", table[name].defaults if name in table else {})
        layers = [own, *layers] if name == usual[kind] else [*layers, own]
    return resolve([*layers, ("the competition's runs", variant), ("the command line", asked)])
