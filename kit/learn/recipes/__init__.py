"""The recipes by name. A recipe is one module to read, with two functions: `fit` a member, and open its `predictor`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kit.config import Config
from kit.errors import ConfigError, nearest
from kit.learn.member import Member
from kit.learn.networks import NETWORKS
from kit.learn.networks.pretrained import BACKBONES
from kit.learn.predict.forward import Predictor
from kit.learn.recipes import distill, features, finetune, progressive, pseudo, scratch


def _one_stage(config: Config) -> tuple[int, ...]:
    return (config.epochs,)


@dataclass(frozen=True)
class Recipe:
    """pretrained: starts from a backbone's weights file. frozen: its members need that file beside their own.
    seeded: another seed, another member. taught: learns from a teacher, a finished run. epochs: of each of its stages.
    """

    fit: Callable[[Member], list[dict[str, float]]]
    predictor: Callable[[Member], Predictor]
    backbones: Collection[str]
    pretrained: bool = False
    frozen: bool = False
    seeded: bool = True
    taught: bool = False
    epochs: Callable[[Config], tuple[int, ...]] = _one_stage


RECIPES = {
    "scratch": Recipe(scratch.fit, scratch.predictor, NETWORKS),
    "progressive": Recipe(progressive.fit, progressive.predictor, NETWORKS, epochs=lambda config: config.stage_epochs),
    "distill": Recipe(lambda member: distill.fit(member, opened), distill.predictor, NETWORKS, taught=True),
    "pseudo": Recipe(lambda member: pseudo.fit(member, smoothed), pseudo.predictor, NETWORKS, taught=True),
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


_NETWORKS = ("scratch", "progressive", "distill", "pseudo")  # those that train a network of kit.learn.networks
_IN_EPOCHS = (*_NETWORKS, "finetune")

USED_BY = {  # settings that have a meaning for some recipes alone
    "weights": ("finetune", "features"),
    "epochs": ("scratch", "distill", "pseudo", "finetune"),
    "image_size": ("scratch", "distill", "pseudo", "finetune", "features"),
    **dict.fromkeys(("width", "drop_path"), _NETWORKS),
    **dict.fromkeys(("dropout", "optimizer", "learning_rate", "schedule", "warmup", "weight_decay"), _IN_EPOCHS),
    **dict.fromkeys(("bias_rate", "accumulate", "label_smoothing", "ema", "patience", "stopping_share"), _IN_EPOCHS),
    **dict.fromkeys(("workers", "augment_on", "mirror", "cutout", "randaugment", "mixup", "cutmix"), _IN_EPOCHS),
    **dict.fromkeys(("stage_sizes", "stage_epochs", "stage_batches"), ("progressive",)),
    **dict.fromkeys(("unfreeze", "rate_decay"), ("finetune",)),
    "teacher": ("distill", "pseudo"),
    **dict.fromkeys(("teacher_temperature", "teacher_share"), ("distill",)),
    "pseudo_confidence": ("pseudo",),
    "head_strength": ("finetune", "features"),
}


def uses(name: str, setting: str) -> bool:
    """Whether the setting means anything to the recipe of that name."""
    return name in USED_BY.get(setting, (name,))


def recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise ConfigError(f"unknown recipe {name!r}", do=nearest(name, RECIPES))
    return RECIPES[name]


def opened(member: Member) -> Predictor:
    """The predictor of a trained member, by its own recipe."""
    return recipe(member.config.recipe).predictor(member)


def smoothed(config: Config) -> bool:
    """Whether what the configuration trains is told smoothed labels: a solved head is told them as they are."""
    return not recipe(config.recipe).frozen


def check(config: Config) -> None:
    """Raises ConfigError for a recipe, or a backbone of it, that does not exist, or seeds where nothing is random."""
    known = recipe(config.recipe).backbones
    if config.backbone not in known:
        message = f"recipe {config.recipe} has no backbone {config.backbone!r}"
        if config.backbone in (*NETWORKS, *BACKBONES):  # perhaps a default: not mistyped, but of the other recipes
            raise ConfigError(message, do="--backbone, one of " + ", ".join(known))
        raise ConfigError(message, do=nearest(config.backbone, known))
    if config.seeds > 1 and not recipe(config.recipe).seeded:
        raise ConfigError(
            f"recipe {config.recipe} learns the same from every seed", received=f"seeds={config.seeds}", expected="1"
        )


def remarks(config: Config, given: Collection[str]) -> list[str]:
    """What may surprise of settings that are allowed. given: those that somebody typed."""
    unused = [key for key in given if not uses(config.recipe, key)]
    lines = [f"recipe {config.recipe} makes no use of {', '.join(unused)}"] if unused else []
    if recipe(config.recipe).pretrained and config.weights == "none":
        lines.append(
            f"{config.backbone} has random weights: --weights imagenet, or the path of a file, for trained ones"
        )
    return lines
