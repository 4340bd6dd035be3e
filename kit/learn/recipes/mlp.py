"""mlp: a network of dense layers on the columns of a table, trained by the same loop as those of images."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kit.data.cache import CachedSplit
from kit.errors import ConfigError
from kit.learn.member import Member
from kit.learn.recipe import IN_EPOCHS, History, Opened, Predictor, Recipe
from kit.learn.recipes import scratch

if TYPE_CHECKING:
    import keras


def fit(member: Member) -> History:
    from kit.learn.fit import loop

    alone = without_images(member)
    return loop.learn(network, lambda model: None, alone, scratch.training_set(alone), [scratch.stage(alone)])


def predictor(member: Member) -> Predictor:
    from kit.learn.predict import forward

    run = forward.predictor(network(member), member, 0)
    return lambda split, rows, views, label: run(split, rows, ("identity",), label)


def without_images(member: Member) -> Member:
    """The member as if its competition had none, so that none is loaded or augmented."""
    config = replace(member.config, augment_on="workers", mirror=False, mixup=0.0, cutmix=0.0, image_size=0)
    train, test = (_drop_images(split) for split in (member.data.train, member.data.test))
    competition = replace(member.competition, folder=None)  # which augments images
    return replace(member, competition=competition, config=config, data=replace(member.data, train=train, test=test))


def _drop_images(split: CachedSplit) -> CachedSplit:
    return replace(split, images=np.empty((len(split.ids), 0, 0, 0), np.uint8))


def open_member(member: Member) -> Opened:
    raise ConfigError("mlp sees no images: there is nothing to look into")


def network(member: Member) -> "keras.Model":
    from kit.learn import device
    from kit.learn.networks import units
    from kit.learn.networks.mlp import mlp

    target, levels = member.competition.target, [len(one) for one in member.data.levels]
    model = mlp(len(member.competition.table.numbers), levels, len(target.columns), member.config)
    model = units.append(model, target)
    model.jit_compile = device.jit_compile(member.config.jit_compile)
    return model


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=lambda competition: {"mlp": None},
    settings=(*IN_EPOCHS, "epochs", "width"),
    defaults={
        "backbone": "mlp",
        "precision": "float32",
        "optimizer": "adamw",
        "learning_rate": 2e-3,
        "schedule": "cosine",
        "warmup": 0.05,
        "weight_decay": 0.1,
        "batch_size": 64,
        "epochs": 60,
        "width": 128,
        "dropout": 0.3,
        "label_smoothing": 0.0,
        "patience": 0,
        "tta": ("identity",),
    },
    reads="table",
)
