"""Networks to train from scratch. Each takes uint8-valued images (0..255) and returns logits, so nothing outside rescales.

A network is a function (image_shape, classes, config) -> keras.Model with input float32 (N, H, W, C) and output
float32 logits (N, classes). Softmax belongs to the loss and to the prediction, never to the network. All end in a global
pooling, so the weights fit images of any size.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np

from kit.config import Config
from kit.errors import ConfigError
from kit.learn.networks.airbench import airbench, whiten
from kit.learn.networks.plain import Shape, cnn, resnet9
from kit.learn.networks.wide_resnet import wide_resnet

NETWORKS: dict[str, Callable[[Shape, int, Config], keras.Model]] = {
    "cnn": cnn,
    "resnet9": resnet9,
    "wide_resnet": wide_resnet,
    "airbench": airbench,
}


SMALLEST = {"resnet9": 8, "airbench": 16}  # pixels per side


def check(config: Config, image_shape: Sequence[int]) -> None:
    """Raises ConfigError where the images become too small for the network. image_shape: of the competition's images."""
    sizes = config.stage_sizes if config.recipe == "progressive" else [config.image_size or min(image_shape[:2])]
    least = SMALLEST.get(config.backbone, 1)
    if min(sizes, default=least) < least:
        raise ConfigError(
            f"{config.backbone} halves images three times",
            received=f"{min(sizes)} pixels per side",
            expected=f"{least} or more",
        )


def build(shape: Shape, classes: int, config: Config) -> keras.Model:
    """The network that `config.backbone` names, a key of NETWORKS."""
    return NETWORKS[config.backbone](shape, classes, config)


def begin(model: keras.Model, images: np.ndarray, rows: np.ndarray) -> None:
    """What a network wants to know of the training images, uint8 (N, H, W, C), of which it learns `rows`, before its first
    step: only `airbench` does.
    """
    if model.name == "airbench":
        whiten(model, images, rows)
