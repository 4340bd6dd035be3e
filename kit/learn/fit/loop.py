"""The epochs of a training from images, in stages: shuffled, augmented, averaged, checkpointed, stopped in time, bit-equal
on resume.

Everything random in an epoch is derived from (seed, epoch) alone, so an interrupted training that goes on equals one
that was never interrupted.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import tee
from typing import Any

import keras
import numpy as np

from kit.config import Config
from kit.errors import ConfigError, KitError
from kit.learn import device, memory
from kit.learn.fit import auxiliary, batches, checkpoints, loss, optimizers, row_weights, schedules
from kit.learn.fit.callback import Epochs, evaluate, take_average
from kit.learn.fit.checkpoints import State
from kit.learn.fit.mixing import make_batch_change
from kit.learn.fit.stages import Stage
from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.augmenter import Source
from kit.learn.input.loader import Loader, open_loader
from kit.learn.member import Member
from kit.learn.networks import columns, units, weights
from kit.targets import Target


def compile_model(
    model: keras.Model,
    target: Target,
    config: Config,
    steps: int,
    stage: Stage,
    told: np.ndarray | None = None,
    beside: Target | None = None,
    weighted: bool = False,
) -> None:
    """Loss, optimizer and schedule for `steps` batches in all. Raises ConfigError if they are too few for a step.

    told: the targets of all rows that are learned, which class weights count. beside: the auxiliary target of the model.
    weighted: behind what is told stands how much each row counts (kit.learn.fit.row_weights).
    """
    if not (updates := steps // config.accumulate):
        raise ConfigError(
            "accumulate is larger than the number of batches",
            received=f"accumulate={config.accumulate} of {steps} batches",
            expected="fewer",
        )
    rate = schedules.build(
        config.schedule, config.learning_rate, updates, config.warmup, stage.schedule_range, config.accumulate
    )
    own = auxiliary.add_loss(loss.build(config, target, model, told), config, target, beside)
    optimizer = optimizers.build(config, rate, updates, stage.factors(model) if stage.factors else None)
    model.compile(
        optimizer,
        row_weights.add_weight(own) if weighted else own,
        metrics=[] if beside or weighted else loss.metrics(target),
        jit_compile=device.jit_compile(config.jit_compile),
    )
    model.optimizer.build(model.trainable_variables)  # a step that had to would be traced twice


def learn(
    network: Callable[[Member], keras.Model],
    first_weights: Callable[[keras.Model], None],
    member: Member,
    training_set: TrainingSet,
    stages: list[Stage],
) -> list[dict[str, float]]:
    """Trains a network and leaves its weights in member.folder. Returns one record per epoch.

    first_weights: sets them.
    """
    learned = set(training_set.samples["split"].tolist())
    images = {split.split: split.images for split in (member.data.train, member.data.test) if split.split in learned}
    plugin = member.competition.folder if member.config.augment_on == "workers" else None
    source = Source(images, plugin, member.config, member.seed)
    with open_loader(source, member.config.workers if plugin else 0) as opened_loader:
        keras.utils.set_random_seed(member.seed)
        model = network(member)
        units.set_from(model, member.competition.target.tell(member.data.train.labels[member.train_rows]))
        columns.set_from(model, member.data.train.table[member.train_rows])
        first_weights(model)
        with memory.explain(member, batches=True):
            history = train(auxiliary.add(model, member), member, opened_loader, training_set, stages)
    keras.utils.set_random_seed(member.seed)  # the state that dropout begins with is in the file, too
    finished = network(member)  # without the optimizer, which only training needs
    finished.set_weights(model.get_weights())
    weights.save_plain(finished, member.folder / weights.WEIGHTS)
    return history


def train(
    model: keras.Model, member: Member, loader: Loader, training_set: TrainingSet, stages: list[Stage]
) -> list[dict[str, float]]:
    """Trains `model` stage after stage, and leaves in it the averaged weights: of the best epoch on the stopping rows with
    patience, else of the last one. Returns one record per epoch, of a head start with one of epoch 0.
    """
    if member.train_fn:
        return member.train_fn(model, member, loader, training_set, stages)
    state = checkpoints.read(member.folder)
    if training_set.head_start and len(training_set.stopping_rows) and not state.epoch:
        record, state = evaluate(model, member, training_set.stopping_rows, state, stages[-1].size)
        state = replace(state, history=[{"epoch": 0, **record, "seconds": 0.0}])
    for number, stage in enumerate(stages):
        if number < state.stage:
            continue
        if stage.freeze:
            stage.freeze(model)
        if number > state.stage:
            state = replace(state, stage=number, stage_epoch=0, epochs_since_best=0)
        state = _stage(model, member, loader, training_set, stage, state, stages[-1].size)
        if state.best_weights:
            checkpoints.take_best(model, member.folder / state.best_weights)
    return state.history


def _stage(
    model: keras.Model,
    member: Member,
    loader: Loader,
    training_set: TrainingSet,
    stage: Stage,
    state: State,
    final_size: int,
) -> State:
    """One call of fit for all epochs: fit replaces the weights by their average (EMA) when it ends, so a call per epoch
    would restart the training from the average again and again.
    """
    steps = len(batches.draw(member, training_set, stage, 0))
    target, told = member.competition.target, training_set.targets
    weighted, beside = len(member.data.train.weights) > 0, auxiliary.find(member)
    compile_model(model, target, member.config, stage.epochs * steps, stage, told, beside, weighted)
    if state.stage_epoch:
        checkpoints.restore(model, member.folder, state)
    epochs = Epochs(member, stage, training_set.stopping_rows, state, steps, final_size)
    failures: list[KitError] = []
    if not epochs.is_over():
        try:
            model.fit(
                feed(model, member, loader, training_set, stage, state, failures),
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
            epochs.progress.close()
    elif member.config.ema:
        take_average(model)
    return epochs.state


def feed(
    model: keras.Model,
    member: Member,
    source: Loader,
    training_set: TrainingSet,
    stage: Stage,
    state: State,
    failures: list[KitError],
) -> Iterator[tuple[Any, np.ndarray]]:
    """What the model is called with, augmented images (B, H, W, C), 0 to 255, or columns (B, K), or both; and float32 targets
    (B, K), with those of an auxiliary target and a weight where there are such, epoch after epoch.
    """
    targets = training_set.targets
    for beside in (auxiliary.tell(member, training_set.samples), row_weights.tell(member, training_set.samples)):
        if beside.shape[1]:
            targets = np.concatenate([targets, beside], axis=1)
    epochs = range(state.epoch, state.epoch + stage.epochs - state.stage_epoch)
    drawn = ((epoch, batch) for epoch in epochs for batch in batches.draw(member, training_set, stage, epoch))
    now, ahead = tee(drawn)
    begun = -1
    try:
        loaded = source.stream(((epoch, training_set.samples[batch]) for epoch, batch in ahead), stage.size)
        for (epoch, batch), images in zip(now, loaded, strict=True):
            if epoch != begun:
                begun, seed = epoch, member.seed * 100_003 + epoch
                change = make_batch_change(member.competition, member.config, seed)
            seen, told = change(images, targets[batch])
            yield columns.gather(model, _table(member, training_set.samples[batch]), lambda seen=seen: seen), told
    except KitError as error:
        failures.append(error)
        raise


def _table(member: Member, samples: np.ndarray) -> np.ndarray:
    """float32 (B, K): the columns of samples (kit.learn.input.samples)."""
    train, test = member.data.train, member.data.test
    out = np.empty((len(samples), train.table.shape[1]), np.float32)
    for split in (train, test):
        here = samples["split"] == split.split
        out[here] = split.table[samples["row"][here]]
    return out
