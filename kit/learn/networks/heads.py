"""The linear layer that turns a backbone's pooled features into logits: alone, and on the backbone."""

import keras
from keras import layers

from kit.config import Config
from kit.learn import device
from kit.learn.networks import backbones, pretrained

NAME = "logits"


def head(dimensions: int, classes: int) -> keras.Model:
    """float32 features (N, D) -> logits (N, classes)."""
    return keras.Sequential([keras.Input((dimensions,)), layers.Dense(classes, name=NAME)], name="head")


def add_head(config: Config, channels: int, classes: int) -> keras.Model:
    """uint8-valued images (N, size, size, channels), 1 or 3 channels -> logits (N, classes). The weights are random."""
    size = backbones.size_of(config)
    images = keras.Input((size, size, channels))
    x = layers.Concatenate()([images] * 3) if channels == 1 else images
    x = pretrained.build(config.backbone, "none", size)(pretrained.preprocess(x, config.backbone))
    x = layers.Dropout(config.dropout)(x)
    logits = layers.Dense(classes, name=NAME, dtype="float32")(x)
    model = keras.Model(images, logits, name="finetune")
    model.jit_compile = device.jit_compile(config.jit_compile)
    return model


def backbone_of(model: keras.Model) -> keras.Model:
    """The backbone within a model `with_head`."""
    [inner] = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return inner
