"""What a recipe is: a way of training a member, with all that belongs to it. This file loads no Keras, and no recipe's does."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.data.cache import CachedSplit
from kit.learn.member import Member
from kit.learn.networks.backbones import BACKBONES

History = list[dict[str, float]]  # a record per epoch
Predictor = Callable[[CachedSplit, np.ndarray, tuple[str, ...], str], np.ndarray]

# Settings that every recipe uses.
COMMON = (
    *("recipe", "backbone", "folds", "seed", "seeds", "tta", "average"),
    *("batch_size", "deterministic", "precision", "jit_compile", "devices"),
)
# Of what learns in epochs, from images that are augmented, and of a network that is trained on them from scratch.
IN_EPOCHS = (
    *("optimizer", "learning_rate", "schedule", "warmup", "weight_decay", "bias_rate", "accumulate", "ema"),
    *("dropout", "label_smoothing", "patience", "stopping_share"),
    *("loss", "focal_gamma", "asymmetric_positive", "asymmetric_negative", "asymmetric_margin"),
    *("class_weights", "max_imbalance", "auxiliary_weight"),
)
AUGMENTED = ("workers", "augment_on", "mirror", "cutout", "randaugment", "mixup", "cutmix")
FROM_SCRATCH = (*IN_EPOCHS, *AUGMENTED, "width", "drop_path")


class Opened(NamedTuple):
    """A trained member's network to look into. model: keras.Model, from images as `prepare` makes them of uint8 (N, H, W, C)
    on, with its layers. kernel: float32 (D, classes), the weights of the last dense layer.
    """

    model: Any
    prepare: Callable[[np.ndarray], np.ndarray]
    kernel: np.ndarray


def _one_stage(config: Config) -> tuple[int, ...]:
    return (config.epochs,)


def _keep_config(competition: Competition, config: Config) -> Config:
    return config


@dataclass(frozen=True)
class Recipe:
    """fit: trains a member, leaves its weights in member.folder and returns its history.
    predictor: of a trained member, a function (split, rows int64, views, label of the bar) -> probabilities, float32
    (len(rows), C). open: a trained member's network.
    networks: (competition) -> what --backbone may name, by name: networks, or pretrained backbones.
    settings: those that it uses beside COMMON. defaults: what it sets unless the competition's own defaults are for it.
    epochs: of each of its stages; none without epochs. resolve: (competition, config) -> the settings with what was left open.
    It raises KitError for what does not fit this recipe.

    pretrained: starts from a backbone's weights file. frozen: its members need that file beside their own. seeded: another
    seed, another member. reads: what it needs, "images" or "table". taught_on: the split whose images a teacher, a finished
    run, labels for it; untaught: the recipe that trains the same without a teacher. on_backbone: of one with models of its own,
    the fields that are others where --backbone names a pretrained one.
    """

    fit: Callable[[Member], History]
    predictor: Callable[[Member], Predictor]
    open: Callable[[Member], Opened]
    networks: Callable[[Competition], Mapping[str, Any]]
    settings: Collection[str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    epochs: Callable[[Config], tuple[int, ...]] = _one_stage
    resolve: Callable[[Competition, Config], Config] = _keep_config
    pretrained: bool = False
    frozen: bool = False
    seeded: bool = True
    reads: str = "images"
    taught_on: str = ""
    untaught: str = ""
    on_backbone: Mapping[str, Any] = field(default_factory=dict)

    def on(self, competition: Competition, backbone: str) -> "Recipe":
        """As it is with this backbone."""
        return replace(self, **self.on_backbone) if competition.has_images and backbone in BACKBONES else self

    def uses(self, setting: str) -> bool:
        return setting in COMMON or setting in self.settings
