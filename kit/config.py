"""Configuration is one frozen dataclass: defaults < competition < run of `kit run` < command line."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from kit.errors import ConfigError, nearest


@dataclass(frozen=True)
class Config:
    """Every knob of a run. A knob that a recipe does not use says so."""

    recipe: str = "scratch"  # a name in kit.learn.recipes.RECIPES
    backbone: str = "resnet9"  # from scratch: kit.learn.networks.NETWORKS; or networks.pretrained.BACKBONES
    weights: str = "none"  # of a pretrained backbone: none | imagenet | the path of a local file
    folds: int = 5  # how many folds of the folds file to train; 1 = one member on one hold-out split
    seed: int = 0
    seeds: int = 1  # members per fold, each from another seed; their probabilities are averaged
    tta: tuple[str, ...] = ("identity",)  # views averaged at prediction (kit.learn.input.views.VIEWS)
    average: str = "probabilities"  # probabilities | logits: what of the views is averaged
    batch_size: int = 128  # 0 = auto: 128, or 512 for each GPU, with a learning rate to suit (kit.learn.device.settled)
    image_size: int = (
        0  # pixels per side fed to the network; 0 = as cached, or what a pretrained backbone was trained on
    )
    deterministic: bool = False  # bit-equal repeats, somewhat slower
    precision: str = (
        "auto"  # of training: auto | float32 | mixed_bfloat16 | mixed_float16; auto = fast on the device here
    )
    jit_compile: str = "auto"  # XLA: auto | on | off
    devices: int = 0  # that share each batch; 0 = all GPUs
    # what learns in epochs: all but features
    epochs: int = 12  # finetune: of each stage
    width: int = 32  # channels of the first convolution; not of a pretrained backbone
    dropout: float = 0.0
    drop_path: float = 0.0  # chance to skip the last residual block of wide_resnet, less for earlier ones
    optimizer: str = "sgd"  # sgd (Nesterov) | adamw
    learning_rate: float = 0.1  # at the peak of the schedule
    schedule: str = "one_cycle"  # one_cycle | cosine
    warmup: float = 0.25  # share of the steps until the peak
    weight_decay: float = 5e-3  # decoupled; the 5e-4 of papers acts ten times as strongly through momentum 0.9
    bias_rate: float = 1.0  # how much faster biases and offsets of normalisations learn
    accumulate: int = 1  # batches whose gradients are added up before a step
    label_smoothing: float = 0.1
    ema: float = 0.99  # momentum of the averaged weights, less in a training of under 1,000 steps; 0 = off
    patience: int = 5  # epochs without improvement before stopping early; 0 = train all epochs
    stopping_share: float = 0.1  # of the training rows, set aside to decide when to stop (never the judged fold)
    workers: int = -1  # augmentation processes; -1 = cores but one, up to 16; 0 = in the main process
    # augmentation, the settings on top of the competition's own
    augment_on: str = "workers"  # workers | device (whole batches by layers of Keras: small images on a GPU)
    mirror: bool = False  # show each image mirrored in every other epoch
    cutout: int = 0  # pixels per side of a square that is blotted out
    randaugment: int = 0  # strength of two random transforms per image, 1 to 10; 0 = off
    mixup: float = 0.0  # alpha of the beta distribution that mixes pairs of images; 0 = off
    cutmix: float = 0.0  # alpha of the beta distribution that pastes a piece of another image; 0 = off
    # progressive only: one number per stage
    stage_sizes: tuple[int, ...] = ()  # pixels per side; empty = from five eighths of the images' own up to all of it
    stage_epochs: tuple[int, ...] = ()
    stage_batches: tuple[int, ...] = ()  # batch sizes; empty = batch_size
    # finetune only
    unfreeze: tuple[float, ...] = (0.3, 1.0)  # share of the backbone that learns, from its end, in each stage
    rate_decay: float = 0.3  # learning rate of a quarter of the backbone over that of the quarter behind it
    # distill and pseudo only
    teacher: str = ""  # a finished run or ensemble
    teacher_temperature: float = 2.0  # distill: softens what the teacher says
    teacher_share: float = 0.7  # distill: weight of the teacher's word against the label
    pseudo_confidence: float = 0.95  # pseudo: how sure of a test image the teacher must be, of how sure it can be
    # features, and finetune, which begins with its head
    head_strength: float = (
        0.0  # inverse regularisation C of the head; 0 = chosen by cross-validation within the training folds
    )


# What a recipe sets unless the competition's own defaults are for it: pretrained weights want small steps.
OF_RECIPE: dict[str, dict[str, Any]] = {
    "finetune": {
        "optimizer": "adamw",
        "learning_rate": 1e-4,
        "schedule": "cosine",
        "warmup": 0.1,
        "weight_decay": 0.01,
        "batch_size": 32,
        "epochs": 4,
        "dropout": 0.2,
        "ema": 0.0,
        "patience": 2,
    },
    "progressive": {"stage_epochs": (10, 6, 6)},
}

# What a backbone's own recipe sets, in the same way.
OF_BACKBONE: dict[str, dict[str, Any]] = {
    "airbench": {"learning_rate": 0.25, "weight_decay": 0.013, "bias_rate": 64.0},
}

FIELDS = {field.name: field for field in dataclasses.fields(Config)}


def parse(text: str) -> tuple[str, Any]:
    """One `key=value` of --set, with the value in the type of the field. Raises ConfigError."""
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text!r} has no value", expected="key=value")
    return key, convert(key, value)


def convert(key: str, value: str) -> Any:
    if key not in FIELDS:
        raise ConfigError(f"unknown setting {key!r}", do=nearest(key, FIELDS))
    default = FIELDS[key].default
    kind: Any = type(default)
    try:
        if kind is bool:
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        if kind is tuple:
            return tuple(_item(key)(part) for part in value.split(",") if part)
        return kind(value)
    except (ValueError, KeyError):
        raise ConfigError(
            f"setting {key} has the wrong type", received=repr(value), expected=f"{kind.__name__}, such as {default!r}"
        ) from None


@cache  # type hints are read slowly, and a list of runs asks for them thousands of times
def _item(key: str) -> type:
    """What a setting that is a list holds: its annotation is like tuple[int, ...]."""
    item: type = get_args(get_type_hints(Config)[key])[0]
    return item


def resolve(layers: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[Config, dict[str, str]]:
    """The configuration and, for each field, the name of the layer it came from. Later layers win.

    Raises ConfigError for an unknown key, a wrong type or a value out of range.
    """
    values: dict[str, Any] = {name: field.default for name, field in FIELDS.items()}
    origin = dict.fromkeys(FIELDS, "default")
    for layer, settings in layers:
        for key, value in settings.items():
            if key not in FIELDS:
                raise ConfigError(f"unknown setting {key!r} in {layer}", do=nearest(key, FIELDS))
            values[key], origin[key] = _typed(key, value, layer), layer
    config = Config(**values)
    _check(config)
    return config, origin


def _typed(key: str, value: Any, layer: str) -> Any:
    kind = type(FIELDS[key].default)
    if kind is tuple and isinstance(value, (list, tuple)) and all(isinstance(part, _item(key)) for part in value):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise ConfigError(f"setting {key} in {layer} has the wrong type", received=repr(value), expected=kind.__name__)
    return value


_RANGES: dict[str, tuple[float, float]] = {
    "folds": (1, 100),
    "seed": (0, 2**31 - 1),
    "seeds": (1, 10),  # more would collide in kit.learn.member.member_seed
    "batch_size": (0, 65536),
    "devices": (0, 1024),
    "image_size": (0, 4096),
    "epochs": (1, 100_000),
    "width": (1, 4096),
    "learning_rate": (1e-8, 100),
    "warmup": (0, 1),
    "weight_decay": (0, 10),
    "label_smoothing": (0, 0.9),
    "dropout": (0, 0.95),
    "drop_path": (0, 0.95),
    "bias_rate": (1e-3, 1e3),
    "accumulate": (1, 1024),
    "cutout": (0, 1024),
    "randaugment": (0, 10),
    "mixup": (0, 10),
    "cutmix": (0, 1),
    "rate_decay": (0, 1),
    "teacher_temperature": (0.1, 100),
    "teacher_share": (0, 1),
    "pseudo_confidence": (0, 1),
    "ema": (0, 0.99999),
    "patience": (0, 100_000),
    "stopping_share": (0.01, 0.5),
    "workers": (-1, 256),
    "head_strength": (0, 1e6),
}

_CHOICES = {
    "average": ("probabilities", "logits"),
    "optimizer": ("sgd", "adamw"),
    "schedule": ("one_cycle", "cosine"),
    "precision": ("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    "jit_compile": ("auto", "on", "off"),
}


def _check(config: Config) -> None:
    for key, (low, high) in _RANGES.items():
        value = getattr(config, key)
        if not low <= value <= high:
            raise ConfigError(f"setting {key} is out of range", received=value, expected=f"{low:g} to {high:g}")
    if not config.unfreeze or not all(0 < share <= 1 for share in config.unfreeze):
        raise ConfigError(
            "setting unfreeze is out of range",
            received=config.unfreeze,
            expected="shares of the backbone, such as 0.2,1",
        )
    for key, choices in _CHOICES.items():
        if (chosen := getattr(config, key)) not in choices:
            raise ConfigError(f"unknown {key} {chosen!r}", expected=" or ".join(choices), do=nearest(chosen, choices))
