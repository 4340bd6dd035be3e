"""What happens to whole batches in the training process, by Keras's own layers and so on the device: mixing, and, instead of
the workers' albumentations, augmentation.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.learn import device
from kit.learn.fit.device_augment import augment_layers
from kit.learn.input.augment import failure

BatchChange = Callable[[np.ndarray, np.ndarray], tuple[Any, Any]]


def make_batch_change(competition: Competition, config: Config, seed: int) -> BatchChange:
    """A function (images (B, H, W, C), targets float32 (B, classes)) -> the same, augmented and mixed; batch after batch as
    `seed` draws. The function raises DataError if the competition's own layers fail.

    MixUp: Zhang et al. 2018; CutMix: Yun et al. 2019. With both, each batch gets one of them, by chance.
    """
    with device.float32_scope():  # pixels and labels are data, in whatever precision the network computes
        augmenting = augment_layers(competition, config) if config.augment_on == "device" else []
        mixing = [
            *([keras.layers.MixUp(alpha=config.mixup)] if config.mixup else []),
            *([keras.layers.CutMix(factor=(config.cutmix, config.cutmix))] if config.cutmix else []),
        ]
        for number, layer in enumerate([*augmenting, *mixing]):
            layer.generator = keras.random.SeedGenerator((seed + number) % 2**32)  # JAX refuses more
    draw = np.random.default_rng(seed)

    def change(images: np.ndarray, targets: np.ndarray) -> tuple[Any, Any]:
        received = f"{images.dtype} {images.shape}"
        try:
            for layer in augmenting:
                images = layer(images, training=True)
        except Exception as error:
            folder = competition.folder or Path(competition.slug)
            raise failure(folder, error, name="augment_batches", received=received) from error
        if not mixing:
            return images, targets
        both = mixing[draw.integers(len(mixing))]({"images": images, "labels": targets}, training=True)
        return both["images"], both["labels"]

    return change
