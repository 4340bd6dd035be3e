"""The epochs of a training from images, in stages: shuffled, augmented, averaged, checkpointed, stopped in time, bit-equal
on resume.

Everything random in an epoch is derived from (seed, epoch) alone, so an interrupted training that goes on equals one
that was never interrupted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import keras
import numpy as np

from kit.config import Config
from kit.errors import ConfigError, KitError
from kit.learn import device
from kit.learn.fit import checkpoints, optimizers, schedules
from kit.learn.fit.callback import Epochs, judged, take_average
from kit.learn.fit.checkpoints import State
from kit.learn.fit.mixing import on_batches
from kit.learn.fit.stages import Begin, Stage
from kit.learn.input.loader import Loader, Source, loader
from kit.learn.member import Task


@dataclass(frozen=True)
class Lesson:
    """What is learned. rows: int64, of the loader's images. targets: float32 (all rows, classes), probabilities.
    stopping_rows: rows of the training part that decide when to stop; none without patience. head_start: the weights before
    the first epoch are worth keeping if no epoch surpasses them.
    """

    rows: np.ndarray
    targets: np.ndarray
    stopping_rows: np.ndarray
    head_start: bool = False


def compile_model(model: keras.Model, config: Config, steps: int, stage: Stage) -> None:
    """Loss, optimizer and schedule for `steps` batches in all. Raises ConfigError if they are too few for a step."""
    if not (updates := steps // config.accumulate):
        raise ConfigError(
            "a training without a step", received=f"accumulate={config.accumulate} of {steps} batches", expected="fewer"
        )
    rate = schedules.learning_rate(
        config.schedule, config.learning_rate, updates, config.warmup, stage.part, config.accumulate
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
    optimizer = optimizers.build(config, rate, updates, stage.factors(model) if stage.factors else None)
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=device.jit_compile(config.jit_compile))


def learn(
    network: Callable[[Task], keras.Model],
    begin: Begin,
    task: Task,
    lesson: Lesson,
    stages: list[Stage],
    *,
    test_too: bool = False,
) -> list[dict[str, float]]:
    """Trains a network and leaves its weights in task.folder. Returns one record per epoch.

    begin: sets its first weights. test_too: the lesson's rows go on into the test part, behind those of the training part.
    """
    files = tuple(task.places.cache / f"{part}.npy" for part in (("train", "test") if test_too else ("train",)))
    plugin = task.competition.folder if task.config.augment_on == "workers" else None
    with loader(Source(files, plugin, task.config, task.seed), task.config.workers if plugin else 0) as batches:
        keras.utils.set_random_seed(task.seed)
        model = network(task)
        begin(model)
        history = train(model, task, batches, lesson, stages)
    finished = network(task)  # without the optimizer, which only training needs
    finished.set_weights(model.get_weights())
    checkpoints.save(finished, task.folder / checkpoints.WEIGHTS)
    return history


def train(
    model: keras.Model, task: Task, batches: Loader, lesson: Lesson, stages: list[Stage]
) -> list[dict[str, float]]:
    """Trains `model` stage after stage, and leaves in it the averaged weights: of the best epoch on the stopping rows with
    patience, else of the last one. Returns one record per epoch, of a head start with one of epoch 0.
    """
    if task.instead:
        return task.instead(model, task, batches, lesson, stages)
    state = checkpoints.read(task.folder)
    if lesson.head_start and len(lesson.stopping_rows) and not state.epoch:
        record, state = judged(model, task, lesson.stopping_rows, state, stages[-1].size)
        state = replace(state, history=[{"epoch": 0, **record, "seconds": 0.0}])
    for number, stage in enumerate(stages):
        if number < state.stage:
            continue
        if stage.begin:
            stage.begin(model)
        if number > state.stage:
            state = replace(state, stage=number, stage_epoch=0, epochs_since_best=0)
        state = _stage(model, task, batches, lesson, stage, state, stages[-1].size)
        if state.best_weights:
            checkpoints.take_best(model, task.folder / state.best_weights)
    return state.history


def _stage(
    model: keras.Model, task: Task, batches: Loader, lesson: Lesson, stage: Stage, state: State, final_size: int
) -> State:
    """One call of fit for all epochs: fit replaces the weights by their average (EMA) when it ends, so a call per epoch
    would restart the training from the average again and again.
    """
    steps = len(_batches(lesson.rows, task, stage, 0))
    compile_model(model, task.config, stage.epochs * steps, stage)
    if state.stage_epoch:
        checkpoints.restore(model, task.folder, state)
    epochs = Epochs(task, stage, lesson.stopping_rows, state, steps, final_size)
    failures: list[KitError] = []
    if not epochs.over():
        try:
            model.fit(
                feed(task, batches, lesson, stage, state, failures),
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
        take_average(model)
    return epochs.state


def _batches(rows: np.ndarray, task: Task, stage: Stage, epoch: int) -> list[np.ndarray]:
    """The rows in the order of that epoch, in batches of one size: what is left over waits for another epoch's order."""
    order = np.random.default_rng([task.seed, epoch]).permutation(rows)
    size = min(stage.batch_size, len(order) // device.replicas() * device.replicas())
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def feed(
    task: Task, source: Loader, lesson: Lesson, stage: Stage, state: State, failures: list[KitError]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Augmented images (B, H, W, C), 0 to 255, and float32 targets (B, classes), epoch after epoch."""
    epochs = range(state.epoch, state.epoch + stage.epochs - state.stage_epoch)
    jobs = ((epoch, rows) for epoch in epochs for rows in _batches(lesson.rows, task, stage, epoch))
    begun = -1
    try:
        for epoch, rows, images in source.stream(jobs, stage.size):
            if epoch != begun:
                begun, change = epoch, on_batches(task.competition, task.config, task.seed * 100_003 + epoch)
            yield change(images, lesson.targets[rows])
    except KitError as error:
        failures.append(error)
        raise
