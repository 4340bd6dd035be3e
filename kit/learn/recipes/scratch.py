"""scratch: a network trained from its first weights, on augmented images."""

import keras
import numpy as np

from kit.learn import device, networks
from kit.learn.fit import loop
from kit.learn.fit.loop import Lesson
from kit.learn.fit.stages import Stage
from kit.learn.member import Task, stopping_split
from kit.learn.predict import forward
from kit.learn.predict.forward import Predictor


def fit(task: Task) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in task.folder. Returns the history, one record per epoch."""
    rows, stopping_rows = stopping_split(task)
    return learn(task, Lesson(rows, one_hot(task), stopping_rows), [stage(task)])


def stage(task: Task) -> Stage:
    return Stage(task.config.epochs, task.config.batch_size, task.config.image_size)


def learn(task: Task, lesson: Lesson, stages: list[Stage], *, test_too: bool = False) -> list[dict[str, float]]:
    """As kit.learn.fit.loop.learn, for the networks that start from nothing."""
    some = task.learn_rows[:: max(1, len(task.learn_rows) // 5000)]

    def begin(model: keras.Model) -> None:
        networks.begin(model, task.data.train.images, some)

    return loop.learn(network, begin, task, lesson, stages, test_too=test_too)


def one_hot(task: Task) -> np.ndarray:
    """float32 (N, classes): the labels of all training rows as probabilities."""
    return np.eye(len(task.competition.classes), dtype=np.float32)[task.data.train.labels]


def predictor(task: Task) -> Predictor:
    return forward.predictor(network(task), task, task.config.image_size)


def network(task: Task) -> keras.Model:
    """The network of the configuration, for images of any size."""
    channels = task.competition.image_shape[2]
    model = networks.build((None, None, channels), len(task.competition.classes), task.config)
    model.jit_compile = device.jit_compile(task.config.jit_compile)
    return model
