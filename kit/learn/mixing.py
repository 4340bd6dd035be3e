"""Mixing the images of a batch with each other, and their labels alike: by Keras's own layers, in the training process."""

from collections.abc import Callable

import keras
import numpy as np

from kit.config import Config

Mixer = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def mixer(config: Config, seed: int) -> Mixer:
    """A function (images (B, H, W, C), targets float32 (B, classes)) -> the same, mixed; batch after batch as `seed` draws.

    MixUp: Zhang et al. 2018; CutMix: Yun et al. 2019. With both, each batch gets one of them, by chance.
    """
    layers = [
        *([keras.layers.MixUp(alpha=config.mixup, seed=seed)] if config.mixup else []),
        *([keras.layers.CutMix(factor=(config.cutmix, config.cutmix), seed=seed)] if config.cutmix else []),
    ]
    draw = np.random.default_rng(seed)

    def mixed(images: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not layers:
            return images, targets
        layer = layers[draw.integers(len(layers))]
        out = layer({"images": images, "labels": targets}, training=True)
        return np.asarray(out["images"]), np.asarray(out["labels"])

    return mixed
