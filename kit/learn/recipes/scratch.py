"""scratch: a network trained from its first weights, on augmented images."""

import keras
import numpy as np

from kit.learn import device, networks
from kit.learn.fit import loop
from kit.learn.fit.loop import TrainingSet
from kit.learn.fit.stages import Stage
from kit.learn.input.samples import samples
from kit.learn.member import Member, split_early_stopping
from kit.learn.predict import forward
from kit.learn.predict.forward import Predictor


def fit(member: Member) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in member.folder. Returns the history, one record per epoch."""
    return learn(member, training_set(member), [stage(member)])


def training_set(member: Member) -> TrainingSet:
    """The rows to train on with their labels, and those that decide when to stop."""
    rows, stopping_rows = split_early_stopping(member)
    return TrainingSet(samples("train", rows), one_hot(member, rows), stopping_rows)


def stage(member: Member) -> Stage:
    return Stage(member.config.epochs, member.config.batch_size, member.config.image_size)


def learn(member: Member, training_set: TrainingSet, stages: list[Stage]) -> list[dict[str, float]]:
    """As kit.learn.fit.loop.learn, for the networks that start from nothing."""
    some = member.train_rows[:: max(1, len(member.train_rows) // 5000)]

    def begin(model: keras.Model) -> None:
        networks.begin(model, member.data.train.images, some)

    return loop.learn(network, begin, member, training_set, stages)


def one_hot(member: Member, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), classes): the labels of training rows as probabilities."""
    return np.eye(len(member.competition.classes), dtype=np.float32)[member.data.train.labels[rows]]


def predictor(member: Member) -> Predictor:
    return forward.predictor(network(member), member, member.config.image_size)


def network(member: Member) -> keras.Model:
    """The network of the configuration, for images of any size."""
    channels = member.competition.image_shape[2]
    model = networks.build((None, None, channels), len(member.competition.classes), member.config)
    model.jit_compile = device.jit_compile(member.config.jit_compile)
    return model
