"""scratch: a network trained from its first weights, on augmented images."""

from typing import TYPE_CHECKING

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.errors import DataError
from kit.learn import networks
from kit.learn.fit.stages import Stage
from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.samples import samples
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipe import FROM_SCRATCH, History, Opened, Predictor, Recipe

if TYPE_CHECKING:
    import keras

MAX_TOLD = 2**33  # bytes


def resolve(competition: Competition, config: Config) -> Config:
    networks.check_sizes(competition, config, [config.image_size or min(competition.image_shape[:2])])
    return config


def fit(member: Member) -> History:
    return learn(member, training_set(member), [stage(member)])


def training_set(member: Member) -> TrainingSet:
    """The rows to train on with their labels, and those that decide when to stop."""
    rows, stopping_rows = split_early_stopping(member)
    return TrainingSet(samples("train", rows), tell(member, rows), stopping_rows)


def tell(member: Member, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), K): the labels of training rows as values, such as probabilities. Raises DataError for more than
    MAX_TOLD bytes of them.
    """
    columns = len(member.competition.target.columns)
    if (size := 4 * len(rows) * columns) > MAX_TOLD:
        raise DataError(
            f"a network is told of every class of every row, {size / 2**30:.0f} GiB",
            received=f"{len(rows):,} rows x {columns:,} classes",
            expected=f"at most {MAX_TOLD / 2**30:.0f} GiB",
            do="--recipe features",
        )
    return member.competition.target.tell(member.data.train.labels[rows])


def stage(member: Member) -> Stage:
    return Stage(member.config.epochs, member.config.batch_size, member.config.image_size)


def learn(member: Member, training_set: TrainingSet, stages: list[Stage]) -> History:
    """As kit.learn.fit.loop.learn, for the networks that start from nothing."""
    from kit.learn.fit import loop

    initialize = networks.find(member.competition, member.config).initialize
    sample_rows = member.train_rows[:: max(1, len(member.train_rows) // 5000)]

    def first_weights(model: "keras.Model") -> None:
        if initialize:
            initialize(model, member.data.train.images, sample_rows)

    return loop.learn(network, first_weights, member, training_set, stages)


def predictor(member: Member) -> Predictor:
    return predictor_at(member, member.config.image_size)


def predictor_at(member: Member, size: int) -> Predictor:
    """By images of `size` pixels per side; 0: as they are cached."""
    from kit.learn.predict import forward

    return forward.predictor(network(member), member, size)


def open_member(member: Member) -> Opened:
    return open_at(member, member.config.image_size)


def open_at(member: Member, size: int) -> Opened:
    """The network, shown images of `size` pixels per side; 0: as they are cached."""
    from kit.learn.input.resize import resize
    from kit.learn.networks import units, weights

    model = network(member)
    weights.load(model, member.folder / weights.WEIGHTS)
    [*_, dense] = units.list_dense(model)
    return Opened(model, lambda pictures: resize(pictures, size).astype(np.float32), dense.get_weights()[0])


def network(member: Member) -> "keras.Model":
    """The network of the configuration, for images of any size."""
    from kit.learn import device
    from kit.learn.networks import columns, units

    competition, config = member.competition, member.config
    shape = (None, None, competition.image_shape[2])
    model = networks.find(competition, config).build(shape, len(competition.target.columns), config)
    model = units.append(columns.fuse(model, member), competition.target)
    model.jit_compile = device.jit_compile(config.jit_compile)
    return model


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=networks.available,
    settings=(*FROM_SCRATCH, "epochs", "image_size"),
    resolve=resolve,
)
