"""The linear layer that turns a backbone's pooled features into logits: alone, and on the backbone."""

import keras
import numpy as np
from keras import layers

from kit.config import Config
from kit.learn import device
from kit.learn.networks import backbones, pretrained

NAME, MIXTURE = "logits", "mixture"  # layers


def head(dimensions: int, classes: int) -> keras.Model:
    """float32 features (N, D) -> logits (N, classes)."""
    return keras.Sequential([keras.Input((dimensions,)), layers.Dense(classes, name=NAME)], name="head")


def add_head(config: Config, image_shape: tuple[int, int, int], classes: int) -> keras.Model:
    """uint8-valued images (N, H, W, C) -> logits (N, classes). The weights are random but for the mixture of the
    channels, which learns from pretrained.mix_channels on where they are neither grey nor RGB.
    """
    channels, sides = image_shape[2], backbones.sides_of(config, image_shape)
    images = keras.Input((*sides, channels))
    x = layers.Concatenate()([images] * 3) if channels == 1 else images
    if channels not in (1, 3):
        mixture = layers.Conv2D(3, 1, use_bias=False, name=MIXTURE, dtype="float32")
        x = mixture(x)
        mixture.kernel.assign(pretrained.mix_channels(channels)[None, None])
    x = pretrained.build(config.backbone, "none", sides)(pretrained.preprocess(x, config.backbone))
    x = layers.Dropout(config.dropout)(x)
    logits = layers.Dense(classes, name=NAME, dtype="float32")(x)
    model = keras.Model(images, logits, name="finetune")
    model.jit_compile = device.jit_compile(config.jit_compile)
    return model


def mixture_of(model: keras.Model) -> np.ndarray | None:
    """float32 (C, 3): how the channels are mixed in a model `add_head`; None where they are grey or RGB."""
    kernels = [layer.get_weights()[0][0, 0] for layer in model.layers if layer.name == MIXTURE]
    return kernels[0] if kernels else None


def backbone_of(model: keras.Model) -> keras.Model:
    """The backbone within a model `with_head`."""
    [inner] = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return inner
