"""scratch: a network trained from its first weights, on augmented images."""

from collections.abc import Callable

import keras
import numpy as np

from kit.data.cache import Part
from kit.learn import checkpoints, device, loader, networks, predict, training
from kit.learn.task import Task, stopping_split
from kit.learn.training import Lesson, Stage

WEIGHTS = "model.weights.h5"


def fit(task: Task) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in task.folder. Returns the history, one record per epoch."""
    rows, stopping_rows = stopping_split(task)
    config = task.config
    stages = [Stage(config.epochs, config.batch_size, config.image_size)]
    return learn(task, Lesson(rows, one_hot(task), stopping_rows), stages)


def learn(task: Task, lesson: Lesson, stages: list[Stage], *, test_too: bool = False) -> list[dict[str, float]]:
    """Trains a network on the lesson's rows: of the training part, and behind them of the test part if that is wanted."""
    keras.utils.set_random_seed(task.seed)
    model = _network(task)
    networks.begin(model, task.data.train.images[task.learn_rows[:: max(1, len(task.learn_rows) // 5000)]])
    parts = ("train", "test") if test_too else ("train",)
    files = tuple(task.places.cache / f"{part}.npy" for part in parts)
    source = loader.Source(files, task.competition.folder, task.config, task.seed)
    with loader.loader(source, task.config.workers) as batches:
        history = training.train(model, task, batches, lesson, stages)
    finished = _network(task)  # without the optimizer, which only training needs
    finished.set_weights(model.get_weights())
    checkpoints.save(finished, task.folder / WEIGHTS)
    return history


def one_hot(task: Task) -> np.ndarray:
    """float32 (N, classes): the labels of all training rows as probabilities."""
    return np.eye(len(task.competition.classes), dtype=np.float32)[task.data.train.labels]


def predictor(task: Task) -> Callable[[Part, np.ndarray, tuple[str, ...], str], np.ndarray]:
    """A function (part, rows, views, label of the bar) -> probabilities, float32 (len(rows), C), by the trained member."""
    model = _network(task)
    checkpoints.load(model, task.folder / WEIGHTS)

    def run(part: Part, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        return predict.probabilities(model, part.images, rows, views, size=task.config.image_size, label=label)

    return run


def _network(task: Task) -> keras.Model:
    channels = task.competition.image_shape[2]
    model = networks.build((None, None, channels), len(task.competition.classes), task.config)
    model.jit_compile = device.jit_compile()
    return model
