"""mlp: dense layers on the columns of a table, and a linear one beside them, as in "Wide & Deep Learning" (Cheng et al. 2016):
most of what a table says is a sum of what its columns say.
"""

from collections.abc import Sequence

import keras
from keras import layers

from kit.config import Config
from kit.learn.networks import columns

HIDDEN = 2  # layers


def mlp(numbers: int, levels: Sequence[int], outputs: int, config: Config) -> keras.Model:
    """float32 (N, K) as kit.data.columns makes them -> float32 logits (N, outputs). levels: categories of each such column."""
    table = columns.open_input(numbers + len(levels))
    x = told = columns.Columns(numbers, levels)(table)
    for _ in range(HIDDEN):
        x = layers.Dropout(config.dropout)(layers.Dense(config.width, activation="silu")(x))
    x = layers.Concatenate()([x, told])
    return keras.Model(table, layers.Dense(outputs, name="logits", dtype="float32")(x), name="mlp")
