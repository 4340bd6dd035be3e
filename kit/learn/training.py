"""The epochs of a training from images: shuffled, augmented, averaged, checkpointed, stopped in time, bit-equal on resume.

Everything random in an epoch is derived from (seed, epoch) alone, so an interrupted training that goes on equals one
that was never interrupted.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from kit.config import Config
from kit.errors import ConfigError, KitError
from kit.learn import checkpoints, device, schedules
from kit.learn.checkpoints import State
from kit.learn.loader import Loader
from kit.learn.predict import logits
from kit.learn.task import Task
from kit.progress import bar


def compile_model(model: keras.Model, config: Config, steps: int) -> None:
    """Loss, optimizer and schedule for `steps` optimizer steps in all."""
    rate = schedules.learning_rate(config, steps)
    average: dict[str, Any] = {
        "use_ema": config.ema > 0,
        "ema_momentum": config.ema or 0.99,
        "weight_decay": config.weight_decay,
    }
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, **average)
    elif config.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(rate, **average)
    else:
        raise ConfigError("unknown optimizer", received=repr(config.optimizer), expected="sgd or adamw")
    optimizer.exclude_from_weight_decay(var_names=["beta", "gamma", "bias"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=device.jit_compile())


def train(
    model: keras.Model, task: Task, loader: Loader, rows: np.ndarray, stopping_rows: np.ndarray
) -> list[dict[str, float]]:
    """Trains `model` (compiled) on `rows` of the training part, and leaves in it the averaged weights: of the best epoch on
    `stopping_rows` with patience, else of the last one. Returns one record per epoch.

    One call of fit for all epochs: fit replaces the weights by their average (EMA) when it ends, so a call per epoch
    would restart the training from the average again and again.
    """
    epochs = Epochs(task, stopping_rows, checkpoints.restore(model, task.folder), len(_batches(rows, task, 0)))
    failures: list[KitError] = []
    if not epochs.over():
        try:
            model.fit(
                _feed(task, loader, rows, epochs.state.epoch, failures),
                steps_per_epoch=epochs.steps,
                initial_epoch=epochs.state.epoch,
                epochs=task.config.epochs,
                shuffle=False,
                verbose=0,
                callbacks=[epochs],
            )
        except Exception:
            if failures:  # the backend wraps what its generator raises beyond recognition
                raise failures[0] from None
            raise
        finally:
            epochs.shown.close()
    elif task.config.ema:
        _take_average(model)
    if epochs.state.best_weights:
        checkpoints.load(model, task.folder / epochs.state.best_weights)
    return epochs.state.history


class Epochs(keras.callbacks.Callback):
    """At each epoch: seeds before it; after it judges the averaged weights, writes a checkpoint, and stops in time."""

    def __init__(self, task: Task, stopping_rows: np.ndarray, state: State, steps: int) -> None:
        super().__init__()
        self.task, self.stopping_rows, self.state, self.steps = task, stopping_rows, state, steps
        total = task.config.epochs * steps
        self.shown = bar(total=total, done=state.epoch * steps, label=f"fold {task.fold}", unit="batch")

    def over(self) -> bool:
        config = self.task.config
        return self.state.epoch >= config.epochs or 0 < config.patience <= self.state.epochs_since_best

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.started = time.monotonic()
        _seed(self.model, self.task.seed * 100_003 + epoch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.shown.update(1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        record = {key: float(value) for key, value in (logs or {}).items()}
        state = replace(self.state, epoch=epoch + 1)
        if len(self.stopping_rows):
            loss, accuracy, state = _judged(self.model, self.task, self.stopping_rows, state)
            record.update(stopping_loss=loss, stopping_accuracy=accuracy)
        record["seconds"] = round(time.monotonic() - self.started, 2)
        state = replace(state, history=[*state.history, record])
        self.state = checkpoints.write(self.model, self.task.folder, state)
        self.shown.set_postfix({key: f"{value:.4f}" for key, value in record.items() if key != "seconds"})
        self.model.stop_training = self.over()


def _batches(rows: np.ndarray, task: Task, epoch: int) -> list[np.ndarray]:
    """The rows in the order of that epoch, in batches of one size: what is left over waits for another epoch's order."""
    order = np.random.default_rng([task.seed, epoch]).permutation(rows)
    size = min(task.config.batch_size, len(order))
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _feed(
    task: Task, loader: Loader, rows: np.ndarray, first_epoch: int, failures: list[KitError]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Augmented uint8 images (B, H, W, C) and one-hot float32 labels (B, classes), epoch after epoch."""
    one_hot = np.eye(len(task.competition.classes), dtype=np.float32)
    try:
        for epoch in range(first_epoch, task.config.epochs):
            batches = _batches(rows, task, epoch)
            for chosen, images in zip(batches, loader.batches(epoch, batches), strict=True):
                yield images, one_hot[task.data.train.labels[chosen]]
    except KitError as error:
        failures.append(error)
        raise


def _seed(model: keras.Model, seed: int) -> None:
    keras.utils.set_random_seed(seed % 2**31)
    for number, layer in enumerate(model.layers):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([seed % 2**31, number], dtype="uint32"))


def _judged(model: keras.Model, task: Task, rows: np.ndarray, state: State) -> tuple[float, float, State]:
    """Loss and accuracy of the averaged weights on the stopping rows, and the state with them kept if they are the best."""
    with averaged(model, task.config):
        values = logits(model, task.data.train.images, rows, "identity", task.config.batch_size)
        labels = task.data.train.labels[rows]
        loss, accuracy = _cross_entropy(values, labels), float((values.argmax(1) == labels).mean())
        if state.best_loss is not None and loss >= state.best_loss:
            return loss, accuracy, replace(state, epochs_since_best=state.epochs_since_best + 1)
        best = f"best-{state.epoch:04d}.weights.h5"
        checkpoints.save(model, task.folder / best)
        return loss, accuracy, replace(state, best_weights=best, best_loss=loss, epochs_since_best=0)


@contextmanager
def averaged(model: keras.Model, config: Config) -> Iterator[None]:
    """Within the block the model holds the averaged weights (EMA); training goes on with its own afterwards."""
    if not config.ema:
        yield
        return
    own = [np.array(variable) for variable in model.trainable_variables]
    _take_average(model)
    try:
        yield
    finally:
        for variable, value in zip(model.trainable_variables, own, strict=True):
            variable.assign(value)


def _take_average(model: keras.Model) -> None:
    """Copies the averaged weights into the model. Keras alone only lends them under JAX: both variables would hold one
    array, and the next prediction, which gives the model's arrays away to be written over, would leave none to average.
    """
    model.optimizer.finalize_variable_values(model.trainable_variables)
    for variable in model.trainable_variables:
        variable.assign(np.array(variable))


def _cross_entropy(values: np.ndarray, labels: np.ndarray) -> float:
    shifted = values - values.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]).mean())
