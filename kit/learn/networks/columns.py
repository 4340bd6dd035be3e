"""The columns of a table within a network: numbers in units of their own spread, categories as vectors that are learned.

All that this needs to know of the training rows lies in the network's weights, and so in the member's file.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from kit.errors import ConfigError
from kit.learn.member import Member
from kit.learn.networks import units

NAME = "columns"
INPUT = "table"  # of a model, beside its images
HIDDEN = 64  # units that see image and columns
SPREAD = 0.3  # deviation of the first vectors
FAR = 5.0  # deviations from the mean, beyond which a number is cut off
SKEWED = 1.0  # skewness from which on a number is taken by its logarithm: prices, areas, counts


class Columns(layers.Layer):
    """float32 (N, K) as kit.data.columns makes them -> float32 (N, D): of each number its deviation from the mean, or that of
    its logarithm where it is skewed, 0 where it is missing, and whether it is; of each category a vector, of its own where it
    is missing, another where it is unknown.

    numbers: how many columns are. levels: how many categories each of the others has.
    """

    def __init__(self, numbers: int, levels: Sequence[int]) -> None:
        super().__init__(name=NAME, dtype="float32")
        self.numbers, self.levels = numbers, tuple(levels)
        self.width = choose_width(max(self.levels, default=0))
        self.first = np.cumsum([0, *(count + 2 for count in self.levels)]).tolist()  # rows of the columns' vectors

    def build(self, shape: Any) -> None:
        if self.numbers:
            self.skewed = self.add_weight(shape=(self.numbers,), initializer="zeros", trainable=False)
            self.mean = self.add_weight(shape=(self.numbers,), initializer="zeros", trainable=False)
            self.deviation = self.add_weight(shape=(self.numbers,), initializer="ones", trainable=False)
        if self.levels:  # one weight for all: 44 of them made a step take twice as long
            shape, spread = (self.first[-1], self.width), keras.initializers.RandomNormal(stddev=SPREAD)
            self.vectors = self.add_weight(shape=shape, initializer=spread)

    def call(self, table: Any) -> Any:
        parts = []
        if self.numbers:
            numbers = table[:, : self.numbers]
            missing = ops.isnan(numbers)
            plain = ops.where(missing, 0.0, numbers)
            even = ops.where(self.skewed > 0, ops.sign(plain) * ops.log1p(ops.abs(plain)), plain)
            scaled = (ops.where(missing, self.mean, even) - self.mean) / self.deviation
            parts += [ops.clip(scaled, -FAR, FAR), ops.cast(missing, "float32")]
        if self.levels:
            codes = table[:, self.numbers :]
            rows = ops.where(ops.isnan(codes), 0.0, codes + 2) + np.float32(self.first[:-1])  # an unknown one is -1
            vectors = ops.take(self.vectors, ops.cast(rows, "int32"), axis=0)
            parts.append(ops.reshape(vectors, (-1, len(self.levels) * self.width)))
        return ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, shape: Any) -> tuple[int | None, int]:
        return shape[0], 2 * self.numbers + len(self.levels) * self.width


def choose_width(categories: int) -> int:
    """Of the vectors of categories, by the most that a column has (as fastai chooses it for each)."""
    return min(16, round(1.6 * (categories + 1) ** 0.56))


def open_input(columns: int) -> keras.KerasTensor:
    return keras.Input((columns,), name=INPUT, dtype="float32")


def fuse(model: keras.Model, member: Member) -> keras.Model:
    """As it is where the competition has no table. Else the columns are a second input: a hidden layer sees them beside the
    pooled features of the image, and what it says is added to the image's logits, nothing at first.

    Raises ConfigError for a network without a dense layer.
    """
    if not (names := member.competition.table.columns):
        return model
    if not (dense := units.list_dense(model)):
        raise ConfigError("columns of a table need a network with a dense layer", do="--backbone, another one")
    table = open_input(len(names))
    beside = Columns(len(member.competition.table.numbers), [len(one) for one in member.data.levels])(table)
    both = layers.Concatenate(dtype="float32")([dense[-1].input, beside])
    hidden = layers.Dense(HIDDEN, activation="silu", name=f"{NAME}_hidden")(both)
    outputs = model.outputs[0].shape[-1]
    told = layers.Dense(outputs, kernel_initializer="zeros", name=f"{NAME}_logits", dtype="float32")(hidden)
    logits = layers.Add(dtype="float32")([model.outputs[0], told])
    return keras.Model([*model.inputs, table], logits, name=model.name)


def set_from(model: keras.Model, table: np.ndarray) -> None:
    """Takes which numbers of the rows (N, K) that are learned are skewed, their mean and deviation; of what is never known 0
    and 1.
    A category that none of them has begins, and so remains, with a vector of zeros.
    """
    for layer in model.layers:
        if not isinstance(layer, Columns):
            continue
        if layer.numbers:
            known = np.ma.masked_invalid(table[:, : layer.numbers].astype(np.float64))
            skewed = np.abs(_skewness(known)) > SKEWED
            known[:, skewed] = np.sign(known[:, skewed]) * np.ma.log(1 + np.abs(known[:, skewed]))
            layer.skewed.assign(skewed)
            layer.mean.assign(known.mean(0).filled(0.0))
            layer.deviation.assign(np.maximum(known.std(0).filled(1.0), 1e-6))
        if layer.levels:
            seen = np.nan_to_num(table[:, layer.numbers :] + 2).astype(np.int64) + layer.first[:-1]
            there = np.isin(np.arange(layer.first[-1]), seen)
            layer.vectors.assign(np.where(there[:, None], ops.convert_to_numpy(layer.vectors), 0))


def _skewness(known: np.ma.MaskedArray) -> np.ndarray:
    """float64 (K,), of columns (N, K): the mean cube of deviations from the mean; 0 of what does not vary."""
    away = known - known.mean(0)
    return np.asarray(((away**3).mean(0) / np.maximum((away**2).mean(0).filled(0.0), 1e-12) ** 1.5).filled(0.0))


def gather(model: keras.Model, table: np.ndarray, images: Any) -> Any:
    """What the model is called with: a table, images, or both in the order of its inputs. images: a function that makes them,
    called only where they are wanted.
    """
    asked = [table if tensor.name == INPUT else images() for tensor in model.inputs]
    return asked[0] if len(asked) == 1 else tuple(asked)
