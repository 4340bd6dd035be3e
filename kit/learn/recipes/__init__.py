"""The recipes by name. Each is one module to read, which ends in its RECIPE; kit.learn.recipe says what that is."""

from collections.abc import Collection

from kit.competition import Competition
from kit.config import FIELDS, Config
from kit.errors import ConfigError, nearest
from kit.learn.recipe import Recipe
from kit.learn.recipes import boosting, distill, features, finetune, mlp, progressive, pseudo, scratch
from kit.targets import Target

RECIPES: dict[str, Recipe] = {
    "scratch": scratch.RECIPE,
    "progressive": progressive.RECIPE,
    "distill": distill.RECIPE,
    "pseudo": pseudo.RECIPE,
    "finetune": finetune.RECIPE,
    "features": features.RECIPE,
    "boosting": boosting.RECIPE,
    "mlp": mlp.RECIPE,
}

OF_CLASSES = {  # settings without a meaning for numbers, and values with which they change nothing
    "label_smoothing": 0.0,
    "class_weights": "none",
    "max_imbalance": 0,
    "teacher_temperature": 1.0,
    "pseudo_confidence": 0.0,
}


def available(competition: Competition) -> dict[str, Recipe]:
    """All recipes that can be used here, by name: the kit's and the competition's own."""
    return {**RECIPES, **competition.recipes}


def find(competition: Competition, config: Config) -> Recipe:
    """The one that the settings name, as it is with their backbone. Raises ConfigError for one that does not exist."""
    known, name = available(competition), config.recipe
    if name not in known:
        raise ConfigError(f"unknown recipe {name!r}", do=nearest(name, known))
    return known[name].on(competition, config.backbone)


def check(competition: Competition, config: Config) -> None:
    """Raises ConfigError for a recipe, or a network of it, that does not exist, seeds where nothing is random, or what has no
    meaning for the target.
    """
    recipe = find(competition, config)
    _check_rows(competition, config, recipe)
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
    if competition.table.columns and recipe.uses("mixup") and (config.mixup or config.cutmix):
        raise ConfigError("mixup and cutmix mix images, not the columns beside them", do="--set mixup=0 --set cutmix=0")
    _check_meaning(competition.target, recipe, config)


def _check_rows(competition: Competition, config: Config, recipe: Recipe) -> None:
    """Raises ConfigError for a recipe of images where there are none, or of a table, unless it is stacked on other runs."""
    here = {"images": competition.has_images, "table": bool(competition.table.columns)}
    stacked = recipe.uses("stacked_on") and config.stacked_on
    if not here[recipe.reads] and not (recipe.reads == "table" and stacked):
        fitting = [known for known, other in available(competition).items() if here[other.reads]]
        also = "--backbone, a pretrained one, or " if recipe.on_backbone and competition.has_images else ""
        raise ConfigError(
            f"recipe {config.recipe} needs {recipe.reads}, which {competition.slug} has not",
            do=f"{also}--recipe, one of {', '.join(fitting)}",
        )


def has_meaning(target: Target, setting: str) -> bool:
    return not (target.has_units and setting in OF_CLASSES)


def _check_meaning(target: Target, recipe: Recipe, config: Config) -> None:
    if recipe.uses("loss") and config.loss not in ("auto", *target.network_losses):
        raise ConfigError(
            f"loss {config.loss} has no meaning for {target.kind}",
            expected="one of " + ", ".join(target.network_losses),
        )
    for name, neutral in OF_CLASSES.items():
        value = getattr(config, name)
        if recipe.uses(name) and not has_meaning(target, name) and value not in (neutral, FIELDS[name].default):
            raise ConfigError(
                f"setting {name} has no meaning for {target.kind}", received=f"{name}={value}", expected=neutral
            )


def remarks(recipe: Recipe, config: Config, given: Collection[str]) -> list[str]:
    """What may surprise of settings that are allowed. given: those that somebody typed."""
    unused = [key for key in given if not recipe.uses(key)]
    lines = [f"recipe {config.recipe} ignores {', '.join(unused)}"] if unused else []
    if recipe.pretrained and config.weights == "none":
        lines.append(
            f"{config.backbone} has random weights: --weights imagenet, or the path of a file, for trained ones"
        )
    return lines
