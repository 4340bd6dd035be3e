"""scratch: a network trained from its first weights, on augmented images."""

from collections.abc import Callable

import keras
import numpy as np

from kit.data.cache import Part
from kit.learn import checkpoints, device, loader, networks, predict, training
from kit.learn.task import Task, stopping_split

WEIGHTS = "model.weights.h5"


def fit(task: Task) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in task.folder. Returns the history, one record per epoch."""
    keras.utils.set_random_seed(task.seed)
    model = _network(task)
    rows, stopping_rows = stopping_split(task)
    batch = min(task.config.batch_size, len(rows))
    training.compile_model(model, task.config, steps=task.config.epochs * (len(rows) // batch))
    source = loader.Source(task.places.cache / "train.npy", task.competition.folder, task.seed)
    with loader.loader(source, task.config.workers) as batches:
        history = training.train(model, task, batches, rows, stopping_rows)
    finished = _network(task)  # without the optimizer, which only training needs
    finished.set_weights(model.get_weights())
    checkpoints.save(finished, task.folder / WEIGHTS)
    return history


def predictor(task: Task) -> Callable[[Part, np.ndarray, tuple[str, ...], str], np.ndarray]:
    """A function (part, rows, views, label of the bar) -> probabilities, float32 (len(rows), C), by the trained member."""
    model = _network(task)
    checkpoints.load(model, task.folder / WEIGHTS)

    def run(part: Part, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        return predict.probabilities(model, part.images, rows, views, label=label)

    return run


def _network(task: Task) -> keras.Model:
    model = networks.build(task.competition.image_shape, len(task.competition.classes), task.config)
    model.jit_compile = device.jit_compile()
    return model
