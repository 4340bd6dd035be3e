"""What happens around each epoch: seeds, the judgement of the averaged weights, a checkpoint, and stopping in time."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from kit import signals
from kit.config import Config
from kit.learn import finite
from kit.learn.fit import checkpoints
from kit.learn.fit.checkpoints import State
from kit.learn.fit.stages import Stage
from kit.learn.input.views import VIEWS
from kit.learn.member import Member
from kit.learn.predict.forward import logits
from kit.progress import bar, say

WRITING_SHARE = 0.1  # of the time that checkpoints may take
MAX_BATCHES_IN_FLIGHT = 8  # batches: what a signal has to wait for, and what a GPU has to hold
NEGLIGIBLE_S, MAX_LOST_S = 0.05, 60.0  # seconds: of writing that nobody notices; that may be lost
LOG_INTERVAL_S = 60.0  # seconds between two lines about epochs


class Epochs(keras.callbacks.Callback):
    """At each epoch: seeds before it; after it judges the averaged weights, writes a checkpoint, and stops in time.

    Under JAX a few batches are under way at once, or a GPU would wait while the next one is brought.
    """

    async_safe = True  # Keras may tell of a computed batch in another thread, and does so under JAX

    def __init__(
        self, member: Member, stage: Stage, stopping_rows: np.ndarray, state: State, steps: int, final_size: int
    ) -> None:
        super().__init__()
        self.member, self.stage, self.state = member, stage, state
        self.steps = steps
        self.stopping_rows, self.final_size = stopping_rows, final_size  # judged as the finished member will predict
        self.free = threading.Semaphore(MAX_BATCHES_IN_FLIGHT)
        self.on_disk, self.written_s, self.writing_s = (
            state,
            0.0,
            0.0,
        )  # the last checkpoint, when it was, and its seconds
        self.label = member.label + (f", {stage.size} px" if stage.size else "")
        self.logged_s = time.monotonic()
        self.progress = bar(total=stage.epochs * steps, done=state.stage_epoch * steps, label=self.label, unit="batch")

    def is_over(self) -> bool:
        state = self.state
        return state.stage_epoch >= self.stage.epochs or 0 < self.member.config.patience <= state.epochs_since_best

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.started = time.monotonic()
        _seed(self.model, self.member.seed * 100_003 + self.state.epoch)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        signals.raise_pending()
        self.free.acquire()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.free.release()
        self.progress.update(1)
        batches = f"batch {batch + 1} of {self.steps}"
        finite.check(self.member, f"the loss of epoch {self.state.epoch + 1}, {batches}", (logs or {}).get("loss", 0.0))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        signals.raise_pending()
        record = {key: float(value) for key, value in (logs or {}).items()}
        state = replace(self.state, epoch=self.state.epoch + 1, stage_epoch=self.state.stage_epoch + 1)
        if len(self.stopping_rows):
            with use_average(self.model, self.member.config):
                scores, state = evaluate(self.model, self.member, self.stopping_rows, state, self.final_size)
            record.update(scores)
        self._show(record)
        record.update(epoch=state.epoch, seconds=round(time.monotonic() - self.started, 2))
        self.state = replace(state, history=[*state.history, record])
        self._checkpoint()
        self.model.stop_training = self.is_over()
        if self.member.report:
            self.member.report(self.state.epoch, record)

    def _show(self, record: dict[str, float]) -> None:
        """At the bar; where there is none, as in the log of a cluster or a container, in a line, once a minute at most."""
        values = {key: f"{value:.4f}" for key, value in record.items()}
        self.progress.set_postfix(values)
        if self.progress.disable and time.monotonic() - self.logged_s > LOG_INTERVAL_S:
            self.logged_s = time.monotonic()
            line = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
            say(f"{self.label}: epoch {self.state.stage_epoch + 1} of {self.stage.epochs}: {line}")

    def _checkpoint(self) -> None:
        """After each epoch; but where writing takes long, as of large networks on a fast GPU, after as many of them that it
        takes a tenth of the time, and at the end. A training that goes on repeats the others, bit for bit.
        """
        begun = time.monotonic()
        soon = begun - self.written_s < min(self.writing_s / WRITING_SHARE, MAX_LOST_S)
        if soon and self.writing_s > NEGLIGIBLE_S and not self.is_over():
            checkpoints.forget(self.member.folder, self.on_disk, self.state)  # best weights that others have surpassed
            return
        check_weights(self.model, self.member, self.state.epoch)
        self.state = self.on_disk = checkpoints.write(self.model, self.member.folder, self.state)
        self.written_s = time.monotonic()
        self.writing_s = self.written_s - begun


def check_weights(model: keras.Model, member: Member, epoch: int) -> None:
    """After the last batch of an epoch, whose step no loss has seen yet; on the device. Raises TrainingError.

    Not of what the optimizer keeps: a squared gradient that is infinite stops its weight, and leaves it the number that it is.
    """
    for variable in model.variables:
        if not keras.ops.all(keras.ops.isfinite(variable)):
            finite.check(member, f"{variable.path} after epoch {epoch}", _copy(variable))


def _seed(model: keras.Model, seed: int) -> None:
    keras.utils.set_random_seed(seed % 2**31)
    for number, layer in enumerate(_layers(model)):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(np.array([seed % 2**31, number], dtype="uint32"))


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    """Also those of a model within the model."""
    for layer in model.layers:
        yield from _layers(layer) if isinstance(layer, keras.Model) else [layer]


def evaluate(
    model: keras.Model, member: Member, rows: np.ndarray, state: State, size: int
) -> tuple[dict[str, float], State]:
    """stopping_loss, and the target's summary such as stopping_accuracy, on the stopping rows `rows`; and the state with the
    weights kept if they are the best. size: pixels per side, 0 = as cached.
    """
    target = member.competition.target
    outputs = logits(model, member.data.train, rows, VIEWS["identity"], member.config.batch_size, size)
    outputs = outputs[:, : len(target.columns)]  # behind them are those of an auxiliary target
    labels = member.data.train.labels[rows]
    loss, seen = target.logit_loss(labels, outputs), target.summarize(labels, target.activate(outputs))
    finite.check(member, f"the stopping loss of epoch {state.epoch}", loss)
    record = {"stopping_loss": loss, **{f"stopping_{name}": value for name, value in seen.items()}}
    if not loss < (math.inf if state.best_loss is None else state.best_loss):
        return record, replace(state, epochs_since_best=state.epochs_since_best + 1)
    best = checkpoints.keep_best(model, member.folder, state)
    return record, replace(state, best_weights=best, best_loss=loss, epochs_since_best=0)


@contextmanager
def use_average(model: keras.Model, config: Config) -> Iterator[None]:
    """Within the block the model holds the averaged weights (EMA); training goes on with its own afterwards."""
    if not config.ema:
        yield
        return
    own = [_copy(variable) for variable in model.trainable_variables]
    take_average(model)
    try:
        yield
    finally:
        for variable, value in zip(model.trainable_variables, own, strict=True):
            variable.assign(value)


def take_average(model: keras.Model) -> None:
    """Copies the averaged weights into the model. Keras alone only lends them under JAX: both variables would hold one
    array, and the next prediction, which gives the model's arrays away to be written over, would leave none to average.
    """
    model.optimizer.finalize_variable_values(model.trainable_variables)
    for variable in model.trainable_variables:
        variable.assign(_copy(variable))


def _copy(variable: keras.Variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable))
