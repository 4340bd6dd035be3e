"""The epochs of a training from images, in stages: shuffled, augmented, averaged, checkpointed, stopped in time, bit-equal
on resume.

Everything random in an epoch is derived from (seed, epoch) alone, so an interrupted training that goes on equals one
that was never interrupted.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from kit.config import Config
from kit.errors import KitError
from kit.learn import checkpoints, device, optimizers, schedules
from kit.learn.checkpoints import State
from kit.learn.loader import Loader
from kit.learn.mixing import mixer
from kit.learn.optimizers import Factor
from kit.learn.predict import logits
from kit.learn.task import Task
from kit.progress import bar


@dataclass(frozen=True)
class Stage:
    """Some epochs of one kind.

    size: pixels per side, 0 = as cached. part: which part of the learning rate's schedule this stage runs through.
    begin: sets which layers learn. factor: how much faster than others a variable learns.
    """

    epochs: int
    batch_size: int
    size: int = 0
    part: tuple[float, float] = (0.0, 1.0)
    begin: Callable[[keras.Model], None] | None = None
    factor: Factor | None = None


@dataclass(frozen=True)
class Lesson:
    """What is learned. rows: int64, of the loader's images. targets: float32 (all rows, classes), probabilities.
    stopping_rows: rows of the training part that decide when to stop; none without patience.
    """

    rows: np.ndarray
    targets: np.ndarray
    stopping_rows: np.ndarray


def compile_model(model: keras.Model, config: Config, steps: int, stage: Stage) -> None:
    """Loss, optimizer and schedule for `steps` batches in all."""
    updates = max(1, steps // config.accumulate)
    rate = schedules.learning_rate(config.schedule, config.learning_rate, updates, config.warmup, stage.part)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
    optimizer = optimizers.build(config, rate, stage.factor)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=device.jit_compile())


def train(
    model: keras.Model, task: Task, loader: Loader, lesson: Lesson, stages: list[Stage]
) -> list[dict[str, float]]:
    """Trains `model` stage after stage, and leaves in it the averaged weights: of the best epoch on the stopping rows with
    patience, else of the last one. Returns one record per epoch.
    """
    state = checkpoints.read(task.folder)
    for number, stage in enumerate(stages):
        if number < state.stage:
            continue
        if stage.begin:
            stage.begin(model)
        if number > state.stage:
            state = replace(state, stage=number, stage_epoch=0, epochs_since_best=0)
        state = _stage(model, task, loader, lesson, stage, state)
        if state.best_weights:
            checkpoints.load(model, task.folder / state.best_weights)
    return state.history


def _stage(model: keras.Model, task: Task, loader: Loader, lesson: Lesson, stage: Stage, state: State) -> State:
    """One call of fit for all epochs: fit replaces the weights by their average (EMA) when it ends, so a call per epoch
    would restart the training from the average again and again.
    """
    steps = len(_batches(lesson.rows, task, stage, 0))
    compile_model(model, task.config, stage.epochs * steps, stage)
    if state.stage_epoch:
        checkpoints.restore(model, task.folder, state)
    epochs = Epochs(task, stage, lesson.stopping_rows, state, steps)
    failures: list[KitError] = []
    if not epochs.over():
        try:
            model.fit(
                _feed(task, loader, lesson, stage, state, failures),
                steps_per_epoch=steps,
                initial_epoch=state.stage_epoch,
                epochs=stage.epochs,
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
    return epochs.state


class Epochs(keras.callbacks.Callback):
    """At each epoch: seeds before it; after it judges the averaged weights, writes a checkpoint, and stops in time."""

    def __init__(self, task: Task, stage: Stage, stopping_rows: np.ndarray, state: State, steps: int) -> None:
        super().__init__()
        self.task, self.stage, self.stopping_rows, self.state = task, stage, stopping_rows, state
        label = task.label + (f", {stage.size} px" if stage.size else "")
        self.shown = bar(total=stage.epochs * steps, done=state.stage_epoch * steps, label=label, unit="batch")

    def over(self) -> bool:
        state = self.state
        return state.stage_epoch >= self.stage.epochs or 0 < self.task.config.patience <= state.epochs_since_best

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.started = time.monotonic()
        _seed(self.model, self.task.seed * 100_003 + self.state.epoch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.shown.update(1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        record = {key: float(value) for key, value in (logs or {}).items()}
        state = replace(self.state, epoch=self.state.epoch + 1, stage_epoch=self.state.stage_epoch + 1)
        if len(self.stopping_rows):
            loss, accuracy, state = _judged(self.model, self.task, self.stage, self.stopping_rows, state)
            record.update(stopping_loss=loss, stopping_accuracy=accuracy)
        record["seconds"] = round(time.monotonic() - self.started, 2)
        state = replace(state, history=[*state.history, record])
        self.state = checkpoints.write(self.model, self.task.folder, state)
        self.shown.set_postfix({key: f"{value:.4f}" for key, value in record.items() if key != "seconds"})
        self.model.stop_training = self.over()


def _batches(rows: np.ndarray, task: Task, stage: Stage, epoch: int) -> list[np.ndarray]:
    """The rows in the order of that epoch, in batches of one size: what is left over waits for another epoch's order."""
    order = np.random.default_rng([task.seed, epoch]).permutation(rows)
    size = min(stage.batch_size, len(order))
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _feed(
    task: Task, loader: Loader, lesson: Lesson, stage: Stage, state: State, failures: list[KitError]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Augmented images (B, H, W, C), 0 to 255, and float32 targets (B, classes), epoch after epoch."""
    try:
        for epoch in range(state.epoch, state.epoch + stage.epochs - state.stage_epoch):
            mixed = mixer(task.config, task.seed * 100_003 + epoch)
            batches = _batches(lesson.rows, task, stage, epoch)
            for chosen, images in zip(batches, loader.batches(epoch, batches, stage.size), strict=True):
                yield mixed(images, lesson.targets[chosen])
    except KitError as error:
        failures.append(error)
        raise


def _seed(model: keras.Model, seed: int) -> None:
    keras.utils.set_random_seed(seed % 2**31)
    for number, layer in enumerate(model.layers):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([seed % 2**31, number], dtype="uint32"))


def _judged(model: keras.Model, task: Task, stage: Stage, rows: np.ndarray, state: State) -> tuple[float, float, State]:
    """Loss and accuracy of the averaged weights on the stopping rows, and the state with them kept if they are the best."""
    with averaged(model, task.config):
        values = logits(model, task.data.train.images, rows, "identity", stage.batch_size, task.config.image_size)
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
