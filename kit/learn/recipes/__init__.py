"""The recipes by name. Each is one module to read, which ends in its RECIPE; kit.learn.recipe says what that is."""

from collections.abc import Collection

from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError, nearest
from kit.learn.recipe import Recipe
from kit.learn.recipes import distill, features, finetune, progressive, pseudo, scratch

RECIPES: dict[str, Recipe] = {
    "scratch": scratch.RECIPE,
    "progressive": progressive.RECIPE,
    "distill": distill.RECIPE,
    "pseudo": pseudo.RECIPE,
    "finetune": finetune.RECIPE,
    "features": features.RECIPE,
}


def available(competition: Competition) -> dict[str, Recipe]:
    """All recipes that can be used here, by name: the kit's and the competition's own."""
    return {**RECIPES, **competition.recipes}


def find(competition: Competition, name: str) -> Recipe:
    """Raises ConfigError for one that does not exist."""
    known = available(competition)
    if name not in known:
        raise ConfigError(f"unknown recipe {name!r}", do=nearest(name, known))
    return known[name]


def check(competition: Competition, config: Config) -> None:
    """Raises ConfigError for a recipe, or a network of it, that does not exist, seeds where nothing is random, or a loss that
    has no meaning for the target.
    """
    recipe = find(competition, config.recipe)
    networks = recipe.networks(competition)
    if config.backbone not in networks:
        message = f"recipe {config.recipe} has no backbone {config.backbone!r}"
        if any(config.backbone in other.networks(competition) for other in available(competition).values()):
            raise ConfigError(message, do="--backbone, one of " + ", ".join(networks))  # not mistyped, but of others
        raise ConfigError(message, do=nearest(config.backbone, networks))
    if config.seeds > 1 and not recipe.seeded:
        raise ConfigError(
            f"recipe {config.recipe} is deterministic; seeds > 1 has no effect",
            received=f"seeds={config.seeds}",
            expected="1",
        )
    if recipe.uses("loss"):
        _check_loss(competition, config)


def _check_loss(competition: Competition, config: Config) -> None:
    """Raises ConfigError for what has no meaning for the competition's target."""
    target = competition.target
    if config.loss not in ("auto", *target.network_losses):
        raise ConfigError(
            f"loss {config.loss} has no meaning for {target.kind}",
            expected="one of " + ", ".join(target.network_losses),
        )
    if target.has_units and config.class_weights != "none":
        raise ConfigError(f"{target.kind} have no classes to weigh", received="class_weights=balanced", expected="none")
    if target.has_units and config.max_imbalance:
        received = f"max_imbalance={config.max_imbalance}"
        raise ConfigError(f"{target.kind} have no classes to draw by", received=received, expected="0")


def remarks(recipe: Recipe, config: Config, given: Collection[str]) -> list[str]:
    """What may surprise of settings that are allowed. given: those that somebody typed."""
    unused = [key for key in given if not recipe.uses(key)]
    lines = [f"recipe {config.recipe} ignores {', '.join(unused)}"] if unused else []
    if recipe.pretrained and config.weights == "none":
        lines.append(
            f"{config.backbone} has random weights: --weights imagenet, or the path of a file, for trained ones"
        )
    return lines
