"""cnn: a plain convolutional network, layer after layer. The place to start reading."""

import keras
from keras import layers

from kit.config import Config
from kit.learn.networks import Shape
from kit.learn.networks.batchnorm import BatchNormalization


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
            *convolution(width, 3),
            *convolution(width, 3),
            *convolution(width, 5, strides=2),
            layers.Dropout(config.dropout),
            *convolution(2 * width, 3),
            *convolution(2 * width, 3),
            *convolution(2 * width, 5, strides=2),
            layers.Dropout(config.dropout),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, name="logits", dtype="float32"),
        ],
        name="cnn",
    )


def convolution(filters: int, size: int, *, strides: int = 1, pool: bool = False) -> list[keras.Layer]:
    """Convolution, batch normalisation, ReLU; the bias is left to the normalisation. Pooling comes before both: cheaper."""
    return [
        layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
        *([layers.MaxPooling2D()] if pool else []),
        BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]
