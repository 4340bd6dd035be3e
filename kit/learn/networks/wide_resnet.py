"""A wide residual network with pre-activation and stochastic depth."""

from typing import Any

import keras
from keras import layers, ops

from kit.config import Config
from kit.learn.networks import Shape
from kit.learn.networks.batchnorm import BatchNormalization

GROUPS, BLOCKS = 3, 2  # depth 6 * BLOCKS + 4 = 16


@keras.saving.register_keras_serializable("kit")
class DropPath(layers.Layer):
    """In training, sets a residual branch to zero for some images, and scales it up for the others: the network is then
    shallower, by chance (Huang et al. 2016, "Deep Networks with Stochastic Depth").
    """

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.seed_generator = rate, keras.random.SeedGenerator()

    def call(self, branch: Any, training: bool = False) -> Any:
        if not training or self.rate == 0:
            return branch
        shape = (ops.shape(branch)[0], 1, 1, 1)
        kept = keras.random.uniform(shape, seed=self.seed_generator) >= self.rate
        return branch * ops.cast(kept, branch.dtype) / (1 - self.rate)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate}


def wide_resnet(shape: Shape, classes: int, config: Config) -> keras.Model:
    """WRN-16: a convolution and three groups of two residual blocks, each group twice as wide and half as large.

    S. Zagoruyko and N. Komodakis, "Wide Residual Networks" (2016); WRN-16-k has width 16 k in its first group. The chance to
    drop a block's branch grows linearly with depth, up to config.drop_path.
    """
    images = keras.Input(shape)
    x = layers.Rescaling(1 / 64, offset=-1.9)(images)
    x = _convolution(x, 16, 3)
    for block in range(GROUPS * BLOCKS):
        group, first = divmod(block, BLOCKS)
        rate = config.drop_path * (block + 1) / (GROUPS * BLOCKS)
        x = _block(x, config.width * 2**group, 2 if group and not first else 1, config.dropout, rate)
    x = _activate(x)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(classes, name="logits", dtype="float32")(x)
    return keras.Model(images, logits, name="wide_resnet")


def _block(x: Any, filters: int, strides: int, dropout: float, drop_path: float) -> Any:
    activated = _activate(x)
    branch = _convolution(activated, filters, 3, strides)
    branch = layers.Dropout(dropout)(_activate(branch))
    branch = DropPath(drop_path)(_convolution(branch, filters, 3))
    same = x.shape[-1] == filters and strides == 1
    return layers.Add()([x if same else _convolution(activated, filters, 1, strides), branch])


def _activate(x: Any) -> Any:
    return layers.ReLU()(BatchNormalization(momentum=0.9)(x))


def _convolution(x: Any, filters: int, size: int, strides: int = 1) -> Any:
    return layers.Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
