"""What a competition knows of its training rows beside its target, learned by one more head on the same features and never
predicted: as a rule the features get better by it (Caruana, "Multitask Learning", 1997).
"""

import keras
import numpy as np
from keras import layers, ops

from kit.config import Config
from kit.errors import ConfigError
from kit.learn.fit.loss import LOSSES, Loss
from kit.learn.member import Member
from kit.learn.networks import units
from kit.targets import Target

NAME = "auxiliary"


def find(member: Member) -> Target | None:
    """The target that is learned beside; None without one, and where it has no weight."""
    return member.competition.auxiliary if member.config.auxiliary_weight else None


def add(model: keras.Model, member: Member) -> keras.Model:
    """The model, its layers shared, with the columns of the auxiliary target behind its own; as it is without one. Raises
    ConfigError for a network without a last dense layer.
    """
    if (target := find(member)) is None:
        return model
    if not (dense := units.list_dense(model)):
        raise ConfigError("an auxiliary target needs a network with a dense layer", do="--set auxiliary_weight=0")
    beside = layers.Dense(len(target.columns), name=NAME, dtype="float32")(dense[-1].input)
    return keras.Model(model.inputs, layers.Concatenate(dtype="float32")([model.outputs[0], beside]), name=model.name)


def tell(member: Member, samples: np.ndarray) -> np.ndarray:
    """float32 (N, A): what is told of the samples (kit.learn.input.samples), numbers as deviations from the mean of the rows
    that are learned; nan of what nothing is known of, such as test images. A is 0 without an auxiliary target.
    """
    if (target := find(member)) is None:
        return np.empty((len(samples), 0), np.float32)
    known = target.tell(member.data.train.auxiliary)
    if target.has_units:
        learned = known[member.train_rows]
        known = (known - learned.mean(0)) / np.maximum(learned.std(0), 1e-12)
    told = np.full((len(samples), known.shape[1]), np.nan, np.float32)
    train = samples["split"] == member.data.train.split
    told[train] = known[samples["row"][train]]
    return told


def add_loss(loss: keras.losses.Loss, config: Config, target: Target, beside: Target | None) -> keras.losses.Loss:
    """The loss, and with it `auxiliary_weight` times that of the columns behind the target's own."""
    if beside is None:
        return loss
    own, other = len(target.columns), LOSSES[beside.network_losses[0]](Config())

    def both(told: keras.KerasTensor, outputs: keras.KerasTensor) -> keras.KerasTensor:
        known = ops.logical_not(ops.any(ops.isnan(told[:, own:]), -1))
        extra = other.call(ops.where(known[:, None], told[:, own:], 0.0), outputs[:, own:])
        return loss.call(told[:, :own], outputs[:, :own]) + config.auxiliary_weight * ops.where(known, extra, 0.0)

    return Loss(both)
