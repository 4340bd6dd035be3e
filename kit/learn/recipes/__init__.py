"""The recipes by name. A recipe is one module to read, with two functions: `fit` a member, and open its `predictor`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kit.config import Config
from kit.errors import ConfigError, nearest
from kit.learn.backbones import BACKBONES
from kit.learn.networks import NETWORKS
from kit.learn.predict import Predictor
from kit.learn.recipes import distill, features, finetune, progressive, pseudo, scratch
from kit.learn.task import Task


def _one_stage(config: Config) -> tuple[int, ...]:
    return (config.epochs,)


@dataclass(frozen=True)
class Recipe:
    """pretrained: starts from a backbone's weights file. frozen: its members need that file beside their own.
    seeded: another seed, another member. taught: learns from a teacher, a finished run. epochs: of each of its stages.
    """

    fit: Callable[[Task], list[dict[str, float]]]
    predictor: Callable[[Task], Predictor]
    backbones: Collection[str]
    pretrained: bool = False
    frozen: bool = False
    seeded: bool = True
    taught: bool = False
    epochs: Callable[[Config], tuple[int, ...]] = _one_stage


RECIPES = {
    "scratch": Recipe(scratch.fit, scratch.predictor, NETWORKS),
    "progressive": Recipe(progressive.fit, progressive.predictor, NETWORKS, epochs=lambda config: config.stage_epochs),
    "distill": Recipe(distill.fit, distill.predictor, NETWORKS, taught=True),
    "pseudo": Recipe(pseudo.fit, pseudo.predictor, NETWORKS, taught=True),
    "finetune": Recipe(
        finetune.fit,
        finetune.predictor,
        BACKBONES,
        pretrained=True,
        epochs=lambda config: (config.epochs,) * len(config.unfreeze),
    ),
    "features": Recipe(
        features.fit,
        features.predictor,
        BACKBONES,
        pretrained=True,
        frozen=True,
        seeded=False,
        epochs=lambda config: (),
    ),
}


def recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise ConfigError(f"unknown recipe {name!r}", do=nearest(name, RECIPES))
    return RECIPES[name]


def check(config: Config) -> None:
    """Raises ConfigError for a recipe, or a backbone of it, that does not exist, or seeds where nothing is random."""
    known = recipe(config.recipe).backbones
    if config.backbone not in known:
        raise ConfigError(
            f"recipe {config.recipe} has no backbone {config.backbone!r}", do=nearest(config.backbone, known)
        )
    if config.seeds > 1 and not recipe(config.recipe).seeded:
        raise ConfigError(
            f"recipe {config.recipe} learns the same from every seed", received=f"seeds={config.seeds}", expected="1"
        )
