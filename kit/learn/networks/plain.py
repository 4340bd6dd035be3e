"""The networks to start reading with: a sequential CNN, and a ResNet-9 with skip connections."""

import keras
from keras import layers

from kit.config import Config
from kit.learn.networks.batchnorm import BatchNormalization

Shape = tuple[int | None, int | None, int]


def cnn(shape: Shape, classes: int, config: Config) -> keras.Model:
    """A plain convolutional network, layer after layer: the sequential style, and the place to start reading.

    Two 3x3 convolutions and a strided 5x5 one in place of pooling, twice, as in C. Deotte's digit recognizer
    (kaggle.com/cdeotte, "25 Million Images! [0.99757] MNIST"); about 160k parameters at width 32 on 28x28 images.
    """
    width = config.width
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 127.5, offset=-1.0),
            *_convolution(width, 3),
            *_convolution(width, 3),
            *_convolution(width, 5, strides=2),
            layers.Dropout(config.dropout),
            *_convolution(2 * width, 3),
            *_convolution(2 * width, 3),
            *_convolution(2 * width, 5, strides=2),
            layers.Dropout(config.dropout),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, name="logits", dtype="float32"),
        ],
        name="cnn",
    )


def resnet9(shape: Shape, classes: int, config: Config) -> keras.Model:
    """A ResNet-9: eight convolutions and a dense layer, with two skip connections; the functional style.

    After D. Page, "How to Train Your ResNet" (DAWNBench 2018), slimmer: 1.65M parameters at width 32. A skip connection
    adds a block's input to its output, so that the block only has to learn the difference (He et al. 2016).
    """
    width = config.width
    images = keras.Input(shape)
    x = layers.Rescaling(1 / 64, offset=-1.9)(images)
    x = _apply(x, _convolution(width, 3))
    x = _apply(x, _convolution(2 * width, 3, pool=True))
    x = layers.Add()([x, _apply(x, _convolution(2 * width, 3) + _convolution(2 * width, 3))])
    x = _apply(x, _convolution(4 * width, 3, pool=True))
    x = _apply(x, _convolution(8 * width, 3, pool=True))
    x = layers.Add()([x, _apply(x, _convolution(8 * width, 3) + _convolution(8 * width, 3))])
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(config.dropout)(x)
    x = layers.Dense(classes, use_bias=False, name="logits_before_scaling")(x)
    # Small logits at the start let the rate be high.
    logits = layers.Rescaling(1 / 8, name="logits", dtype="float32")(x)
    return keras.Model(images, logits, name="resnet9")


def _convolution(filters: int, size: int, *, strides: int = 1, pool: bool = False) -> list[keras.Layer]:
    """Convolution, batch normalisation, ReLU; the bias is left to the normalisation. Pooling comes before both: cheaper."""
    return [
        layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
        *([layers.MaxPooling2D()] if pool else []),
        BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def _apply(x: keras.KerasTensor, stack: list[keras.Layer]) -> keras.KerasTensor:
    for layer in stack:
        x = layer(x)
    return x
