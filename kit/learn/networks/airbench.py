"""The network of the fastest known trainings on CIFAR-10, carried over to Keras."""

from typing import Any

import keras
import numpy as np
from keras import layers

from kit.config import Config
from kit.learn.networks import Shape
from kit.learn.networks.batchnorm import BatchNormalization

PATCH = 2  # pixels per side of the patches that the first layer whitens
MAX_PATCHES, PATCHES_PER_PIECE = 2**23, 2**20  # patches that it is fitted to; of them at once


def airbench(shape: Shape, classes: int, config: Config) -> keras.Model:
    """Patch whitening, then three groups of two convolutions, GELU, and a small linear head; 64 wide is airbench94.

    K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024, arXiv:2404.00498). The recipe around it is in the
    configuration: biases that learn 64 times as fast (bias_rate), alternating flip (mirror), label smoothing 0.2, averaged
    weights. Batch normalisation has no scale, and remembers few batches, since weights move fast to the end.
    """
    images = keras.Input(shape)
    x = layers.Rescaling(1 / 64, offset=-1.9)(images)
    filters = 2 * PATCH * PATCH * shape[2]
    x = layers.Conv2D(filters, PATCH, use_bias=False, trainable=False, name="whitening")(x)
    x = layers.Activation(_gelu)(x)
    for width in (config.width, 4 * config.width, 4 * config.width):
        x = layers.MaxPooling2D()(_convolution(x, width))
        x = _convolution(_normalize(x), width)
        x = _normalize(x)
    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(config.dropout)(x)
    x = layers.Dense(classes, use_bias=False)(x)
    logits = layers.Rescaling(1 / 9, name="logits", dtype="float32")(x)
    return keras.Model(images, logits, name="airbench")


def _convolution(x: Any, filters: int) -> Any:
    return layers.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer=_partly_identity)(x)


def _normalize(x: Any) -> Any:
    return layers.Activation(_gelu)(BatchNormalization(momentum=0.6, epsilon=1e-5, scale=False)(x))


def _gelu(x: Any) -> Any:
    return keras.activations.gelu(x, approximate=True)  # tanh: four times as fast on a CPU


def _partly_identity(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Random filters, but the first ones pass their channel on unchanged (dirac)."""
    kernel = np.array(keras.initializers.HeUniform()(shape, dtype))
    inputs = min(shape[2], shape[3])
    kernel[..., :inputs] = 0
    kernel[shape[0] // 2, shape[1] // 2, np.arange(inputs), np.arange(inputs)] = 1
    return keras.ops.convert_to_tensor(kernel, dtype)


def whiten(model: keras.Model, images: np.ndarray, rows: np.ndarray) -> None:
    """Sets the first layer to filters whose outputs on patches of images[rows], uint8 (N, H, W, C), are uncorrelated and of
    one size: the eigenvectors of the patches' covariance, divided by the roots of the eigenvalues, and their negatives.
    """
    values, vectors = np.linalg.eigh(_covariance(images, rows))
    filters = (vectors / np.sqrt(np.maximum(values, 0) + 5e-4)).reshape(PATCH, PATCH, images.shape[3], -1)
    model.get_layer("whitening").set_weights([np.concatenate([filters, -filters], axis=3)])


def _covariance(images: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """float64 (D, D), of patches flattened in the order row, column, channel: a piece at a time, and of large images fewer."""
    size = int(np.prod(images.shape[1:3]))
    rows = rows[:: max(1, len(rows) * size // MAX_PATCHES)]
    total, products, count = 0.0, 0.0, 0
    for piece in np.array_split(rows, max(1, len(rows) * size // PATCHES_PER_PIECE)):
        pixels = images[piece].astype(np.float64) / 64 - 1.9
        windows = np.lib.stride_tricks.sliding_window_view(pixels, (PATCH, PATCH), axis=(1, 2))  # (N, H, W, C, 2, 2)
        patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, PATCH * PATCH * images.shape[3])
        total, products, count = total + patches.sum(0), products + patches.T @ patches, count + len(patches)
    return (products - np.outer(total, total) / count) / (count - 1)
