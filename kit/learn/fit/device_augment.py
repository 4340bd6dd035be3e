"""Augmentation of whole batches on the device, by Keras's own layers, instead of the workers' albumentations."""

import keras
import numpy as np

from kit.competition import Competition
from kit.config import Config


def augment_layers(competition: Competition, config: Config) -> list[keras.layers.Layer]:
    """The competition's own layers, and what the configuration adds, as kit.learn.input.augment does it for the workers."""
    own = list(competition.augment_batches() if competition.augment_batches else [])
    if not config.cutout:
        return own
    share = config.cutout**2 / np.prod(competition.image_shape[:2])
    return [*own, keras.layers.RandomErasing(factor=(1.0, 1.0), scale=(share, share), fill_value=128.0)]
