"""The networks that are trained from scratch, and what is known of each before it is built. This file loads no Keras.

A network takes uint8-valued images (0..255) and returns logits, so nothing outside rescales; softmax belongs to the loss and
to the prediction. All of these end in a global pooling, so their weights fit images of any size.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from kit.competition import Competition
from kit.config import Config
from kit.errors import ConfigError

Shape = tuple[int | None, int | None, int]


@dataclass(frozen=True)
class Network:
    """build: (image_shape, classes, config) -> keras.Model from float32 (N, H, W, C), 0 to 255, to float32 logits (N, classes).

    smallest: pixels per side that it needs. defaults: settings that suit it. tuned: what `kit tune` varies of it beside the
    usual, from and to. initialize: (model, images uint8 (N, H, W, C), rows to train on int64), before the first step, for a
    network whose first weights depend on the images.
    """

    build: Callable[[Shape, int, Config], Any]
    smallest: int = 1
    defaults: Mapping[str, Any] = field(default_factory=dict)
    tuned: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    initialize: Callable[[Any, Any, Any], None] | None = None


def _import_later(module: str, name: str) -> Callable[..., Any]:
    """The function `name` of a module in this folder, which is imported when the function is called: Keras takes seconds."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"{__name__}.{module}"), name)(*arguments)

    return call


NETWORKS: dict[str, Network] = {
    "cnn": Network(_import_later("cnn", "cnn")),
    "resnet9": Network(_import_later("resnet9", "resnet9"), smallest=8),
    "wide_resnet": Network(_import_later("wide_resnet", "wide_resnet"), tuned={"drop_path": (0.0, 0.3)}),
    "airbench": Network(
        _import_later("airbench", "airbench"),
        smallest=16,
        defaults={"learning_rate": 0.25, "weight_decay": 0.013, "bias_rate": 64.0},
        initialize=_import_later("airbench", "whiten"),
    ),
}


def available(competition: Competition) -> dict[str, Network]:
    """All networks that can be trained from scratch here, by name: the kit's and the competition's own."""
    return {**NETWORKS, **competition.networks}


def find(competition: Competition, config: Config) -> Network:
    """The one that the configuration names."""
    return available(competition)[config.backbone]


def check_sizes(competition: Competition, config: Config, sizes: Sequence[int]) -> None:
    """Raises ConfigError where images become too small for the network. sizes: pixels per side, of each stage."""
    least = find(competition, config).smallest
    if min(sizes) < least:
        raise ConfigError(
            f"the images are too small for {config.backbone}",
            received=f"{min(sizes)} pixels per side",
            expected=f"{least} or more",
        )
