"""resnet9: a small residual network. Skip connections, in the functional style."""

import keras
from keras import layers

from kit.config import Config
from kit.learn.networks import Shape
from kit.learn.networks.cnn import convolution


def resnet9(shape: Shape, classes: int, config: Config) -> keras.Model:
    """A ResNet-9: eight convolutions and a dense layer, with two skip connections; the functional style.

    After D. Page, "How to Train Your ResNet" (DAWNBench 2018), slimmer: 1.65M parameters at width 32. A skip connection
    adds a block's input to its output, so that the block only has to learn the difference (He et al. 2016).
    """
    width = config.width
    images = keras.Input(shape)
    x = layers.Rescaling(1 / 64, offset=-1.9)(images)
    x = _apply(x, convolution(width, 3))
    x = _apply(x, convolution(2 * width, 3, pool=True))
    x = layers.Add()([x, _apply(x, convolution(2 * width, 3) + convolution(2 * width, 3))])
    x = _apply(x, convolution(4 * width, 3, pool=True))
    x = _apply(x, convolution(8 * width, 3, pool=True))
    x = layers.Add()([x, _apply(x, convolution(8 * width, 3) + convolution(8 * width, 3))])
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(config.dropout)(x)
    x = layers.Dense(classes, use_bias=False, name="logits_before_scaling")(x)
    # Small logits at the start let the rate be high.
    logits = layers.Rescaling(1 / 8, name="logits", dtype="float32")(x)
    return keras.Model(images, logits, name="resnet9")


def _apply(x: keras.KerasTensor, stack: list[keras.Layer]) -> keras.KerasTensor:
    for layer in stack:
        x = layer(x)
    return x
