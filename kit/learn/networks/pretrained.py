"""Pretrained backbones: built from keras.applications with their weights, their input prepared and checked."""

import os
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kit import paths
from kit.errors import ConfigError, DataError, KaggleError
from kit.learn import device
from kit.learn.input.resize import resize
from kit.learn.networks.backbones import BACKBONES, RANGES
from kit.learn.networks.batchnorm import fold_batchnorm, fuse
from kit.learn.networks.weights import load_every_weight, save


def build(name: str, weights: str, size: int | tuple[int, int], seed: int = 0) -> keras.Model:
    """The backbone without its top: float32 images (N, H, W, 3) as `prepare` makes them -> pooled features (N, D).

    size: pixels per side, or (height, width).
    weights: "imagenet" (downloaded once by Keras), "none" (random, by seed), or the path of a weights file made with
    include_top=False. Raises ConfigError for images that are too small, DataError for a missing, damaged or wrong file,
    KaggleError without internet.
    """
    chosen, (height, width) = BACKBONES[name], (size, size) if isinstance(size, int) else size
    make = getattr(keras.applications, chosen.builder)
    arguments = dict(chosen.arguments, include_top=False, pooling="avg", input_shape=(height, width, 3))
    try:
        model = _download(make, arguments, name) if weights == "imagenet" else make(weights=None, **arguments)
    except ValueError as error:  # Keras's own word on images that are too small for it
        raise ConfigError(f"{name} cannot be built", received=error, do="--set image_size") from None
    if weights == "none":
        _draw(model, seed)
    elif weights != "imagenet":
        _load(model, Path(weights), name)
    model.trainable = False
    fuse(model)
    model.jit_compile = device.jit_compile()
    return model


def extractor(name: str, weights: str, size: int | tuple[int, int], seed: int = 0) -> keras.Model:
    """What `build` gives, only to predict with: its normalisations are folded into its convolutions."""
    model = build(name, weights, size, seed)
    fold_batchnorm(model)
    return model


def save_imagenet(name: str) -> Path:
    """ImageNet weights of the backbone as a file, for a place without internet; written once, as `build` reads it."""
    path = paths.kernels() / ".weights" / f"{name}.imagenet.weights.h5"
    if not path.exists():
        model = build(name, "imagenet", BACKBONES[name].size)
        save(_rebuild(model, name) if BACKBONES[name].family == "efficientnet" else model, path)
    return path


def _rebuild(model: keras.Model, name: str) -> keras.Model:
    """The same model as Keras builds it to load a file. Of EfficientNet B0 to B7 that one lacks a layer which divides by
    the root of the deviations and has no weights, so loading would not miss it: the normalisation before it takes it over.
    """
    plain = build(name, "none", BACKBONES[name].size)
    plain.set_weights(model.get_weights())
    [normalization] = [layer for layer in plain.layers if isinstance(layer, keras.layers.Normalization)]
    mean, variance, count = normalization.get_weights()
    normalization.set_weights([mean, variance * np.array([0.229, 0.224, 0.225], variance.dtype), count])
    return plain


def _download(make: Any, arguments: dict[str, Any], name: str) -> keras.Model:
    try:
        with warnings.catch_warnings():  # that the weights were learned on images of another size, as was asked for
            warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square")
            return make(weights="imagenet", **arguments)
    except Exception as error:
        if "URL fetch failure" not in str(error) and not isinstance(error, OSError):
            raise
        url = next((word for word in str(error).split() if word.startswith("http")), "its weights")
        here = Path(os.environ.get("KERAS_HOME", "~/.keras")) / "models"
        raise KaggleError(
            f"no ImageNet weights for {name}: no internet and none in {here}",
            do=f"fetch {url.rstrip(':')} on another machine, then pass --weights PATH",
        ) from None


def _draw(model: keras.Model, seed: int) -> None:
    """Random kernels (Glorot), by NumPy: Keras would draw others in another process, and under another backend."""
    draw = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        if len(variable.shape) > 1:
            fans = np.prod(variable.shape[:-2]) * sum(variable.shape[-2:])
            variable.assign(draw.normal(0.0, np.sqrt(2 / fans), variable.shape))


def check_file(path: Path, name: str) -> None:
    """Raises DataError unless there is such a file. name: the backbone that it is for."""
    if not path.is_file():
        raise DataError(
            f"no weights file {path}",
            expected=f"ImageNet weights of {name} without top (.h5 or .weights.h5)",
            do="if it was moved: kit predict RUN, or kit train --resume RUN, with --weights PATH",
        )


def _load(model: keras.Model, path: Path, name: str) -> None:
    check_file(path, name)
    if path.suffix != ".h5":
        raise DataError(
            f"{path.name} is not a weights file", expected=".h5 or .weights.h5: whole models are never loaded"
        )
    try:
        load_every_weight(model, path)
    except Exception as error:  # h5py and Keras raise a dozen kinds for a file that does not fit
        reason = " ".join(str(error).split())[:160]
        raise DataError(
            f"{path.name} does not hold weights of {name} without top", received=reason, do="check --backbone"
        ) from None


def prepare(images: np.ndarray, name: str, size: int, mixture: np.ndarray | None = None) -> np.ndarray:
    """uint8 (N, H, W, C) -> float32 (N, H', W', 3), of `size` pixels on the shorter side, as the backbone was trained on.
    mixture: float32 (C, 3), where it is not that of mix_channels.
    """
    images, channels = resize(images, size).astype(np.float32), images.shape[3]
    if channels != 3:
        images = images @ (mix_channels(channels) if mixture is None else mixture)
    return np.asarray(preprocess(images, name))


def mix_channels(channels: int) -> np.ndarray:
    """float32 (C, 3): how any number of channels becomes the three of a pretrained network, 0 to 255 again: dealt out in turn
    to red, green and blue, each the mean of its own; one or two channels are repeated.

    Convolutions are linear, so this is the first of them with its filters repeated over the channels, as in timm (R. Wightman,
    adapt_input_conv), each divided by how many share it rather than by C / 3: every channel keeps the range it was trained on.
    """
    shares = np.zeros((channels, 3), np.float32)
    for number in range(max(channels, 3)):
        shares[number % channels, number % 3] = 1
    return shares / shares.sum(0)


def preprocess(images: Any, name: str) -> Any:
    """float32 (N, H, W, 3), 0 to 255, as the backbone was trained on: of arrays and, in a model, of its tensors."""
    return getattr(keras.applications, BACKBONES[name].family).preprocess_input(images)


def check_input(batch: np.ndarray, name: str) -> None:
    """Raises DataError if `batch` cannot be what the backbone was trained on, such as pixels divided by 255 twice.

    The classic silent failure: a network that rescales inside, fed with 0..1, sees nearly black images and learns nothing.
    """
    low, high = RANGES[BACKBONES[name].range]
    span = high - low
    seen_low, seen_high = float(batch.min()), float(batch.max())
    if seen_low < low - 0.02 * span or seen_high > high + 0.02 * span or seen_high - seen_low < 0.1 * span:
        raise DataError(
            f"the images are not in the range that {name} was trained on",
            received=f"{seen_low:.3g} to {seen_high:.3g}, mean {float(batch.mean()):.3g}",
            expected=f"about {low:g} to {high:g}",
            do="`read` and `augment` must give pixels 0 to 255; the kit rescales for each backbone",
        )
