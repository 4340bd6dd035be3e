"""Configuration is one frozen dataclass: defaults < competition < run of `kit run` < command line."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from kit.errors import ConfigError, nearest


def _setting(
    default: Any,
    meaning: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of Config that knows its meaning (one line for people) and what it may be: numbers from low to high, both
    included, of a list each of them, and at least one; or one of `choices`.
    """
    return dataclasses.field(default=default, metadata={"meaning": meaning, "range": (low, high), "choices": choices})


@dataclass(frozen=True)
class Config:
    """Every setting of a run. What a recipe ignores stands in the table of docs/recipes.md."""

    recipe: str = _setting("scratch", "how the network is trained")
    backbone: str = _setting("resnet9", "the network: from scratch one of the kit's own, else a pretrained backbone")
    weights: str = _setting("none", "of a pretrained backbone: none, imagenet or the path of a local file")
    folds: int = _setting(
        5, "how many folds of folds.csv to train, from the first on; 1: a single validation fold", low=1, high=100
    )
    seed: int = _setting(0, "of all that is random", low=0, high=2**31 - 1)
    seeds: int = _setting(  # more would collide in kit.learn.member.member_seed
        1, "members per fold, each from another seed; their probabilities are averaged", low=1, high=10
    )
    tta: tuple[str, ...] = _setting(("identity",), "views whose predictions are averaged (test-time augmentation)")
    average: str = _setting("probabilities", "what of the views is averaged", choices=("probabilities", "logits"))
    batch_size: int = _setting(
        128, "images per step; 0: 128, or 512 for each GPU, with a learning rate to suit", low=0, high=65536
    )
    image_size: int = _setting(
        0,
        "pixels per side that the network is shown, on the shorter one; 0: as cached, or as the backbone was trained",
        low=0,
        high=4096,
    )
    deterministic: bool = _setting(False, "bit-equal repeats, somewhat slower")
    precision: str = _setting(
        "auto",
        "of the computations of training; auto: what is fast on the device",
        choices=("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    jit_compile: str = _setting("auto", "compile by XLA; auto: on a GPU", choices=("auto", "on", "off"))
    devices: int = _setting(0, "how many share each batch; 0: all GPUs", low=0, high=1024)
    # of what learns in epochs
    epochs: int = _setting(12, "of finetune: of each stage", low=1, high=100_000)
    width: int = _setting(32, "channels of the first convolution; of mlp units of a hidden layer", low=1, high=4096)
    dropout: float = _setting(0.0, "share of the features that a step of training sets to zero", low=0, high=0.95)
    drop_path: float = _setting(
        0.0, "chance to skip the last residual block of wide_resnet, less for earlier ones", low=0, high=0.95
    )
    optimizer: str = _setting("sgd", "sgd is Nesterov's", choices=("sgd", "adamw"))
    learning_rate: float = _setting(0.1, "at the peak of the schedule", low=1e-8, high=100)
    schedule: str = _setting("one_cycle", "of the learning rate", choices=("one_cycle", "cosine"))
    warmup: float = _setting(0.25, "share of the steps until the peak", low=0, high=1)
    weight_decay: float = _setting(
        5e-3, "decoupled; the 5e-4 of papers acts ten times as strongly through momentum 0.9", low=0, high=10
    )
    bias_rate: float = _setting(1.0, "how much faster biases and offsets of normalizations learn", low=1e-3, high=1e3)
    accumulate: int = _setting(1, "batches whose gradients are added up before a step", low=1, high=1024)
    label_smoothing: float = _setting(0.1, "share of each label that is spread over all classes", low=0, high=0.9)
    loss: str = _setting(
        "auto",
        "what a network minimises; auto: the first of those that suit the target",
        choices=(
            *("auto", "cross_entropy", "focal", "kl"),
            *("binary_cross_entropy", "binary_focal", "asymmetric"),
            *("huber", "squared", "absolute"),
        ),
    )
    focal_gamma: float = _setting(2.0, "how much less a focal loss heeds what is learned; 0: not", low=0, high=10)
    asymmetric_positive: float = _setting(0.0, "as focal_gamma, of labels that a row has", low=0, high=10)
    asymmetric_negative: float = _setting(4.0, "as focal_gamma, of labels that a row has not", low=0, high=10)
    asymmetric_margin: float = _setting(
        0.05, "probability from which on a label that a row has not costs anything", low=0, high=0.9
    )
    class_weights: str = _setting(
        "none", "balanced: rare classes, of labels yes or no, weigh as much as others", choices=("none", "balanced")
    )
    auxiliary_weight: float = _setting(
        0.3, "of the loss of what a competition names as auxiliary; 0: that is not learned", low=0, high=10
    )
    max_imbalance: int = _setting(
        0,
        "images of a class that an epoch draws, others each time, for one of the rarest class; 0: all",
        low=0,
        high=1_000_000,
    )
    ema: float = _setting(
        0.99, "momentum of the averaged weights, less in a training of under 1,000 steps; 0: off", low=0, high=0.99999
    )
    patience: int = _setting(
        5, "epochs without improvement before stopping early; 0: train all epochs", low=0, high=100_000
    )
    stopping_share: float = _setting(
        0.1, "of the training rows, set aside to decide when to stop (never the validation fold)", low=0.01, high=0.5
    )
    workers: int = _setting(
        -1, "augmentation processes; -1: cores but one, up to 16; 0: in the main process", low=-1, high=256
    )
    # augmentation on top of the competition's own
    augment_on: str = _setting(  # checked with what the competition brings, in kit.learn.input.augment
        "workers", "workers, or device: whole batches by layers of Keras, for small images on a GPU"
    )
    mirror: bool = _setting(False, "show each image mirrored in every other epoch")
    cutout: int = _setting(0, "pixels per side of a square that is blotted out", low=0, high=1024)
    randaugment: int = _setting(0, "strength of two random transforms per image, 1 to 10; 0: off", low=0, high=10)
    mixup: float = _setting(0.0, "alpha of the beta distribution that mixes pairs of images; 0: off", low=0, high=10)
    cutmix: float = _setting(
        0.0, "alpha of the beta distribution that pastes a piece of another image; 0: off", low=0, high=1
    )
    # of single recipes
    stage_sizes: tuple[int, ...] = _setting(
        (),
        "pixels per side in each stage, on the shorter one; none: from five eighths of the images' own up to all of it",
    )
    stage_epochs: tuple[int, ...] = _setting((), "epochs of each stage")
    stage_batches: tuple[int, ...] = _setting((), "batch size of each stage; none: batch_size")
    unfreeze: tuple[float, ...] = _setting(
        (0.3, 1.0), "share of the backbone that learns, from its end, in each stage", low=0, high=1
    )
    rate_decay: float = _setting(
        0.3, "learning rate of a quarter of the backbone over that of the quarter behind it", low=0, high=1
    )
    teacher: str = _setting("", "a finished run or ensemble to learn from")
    teacher_temperature: float = _setting(2.0, "softens what the teacher predicts", low=0.1, high=100)
    teacher_share: float = _setting(0.7, "weight of the teacher's probabilities against the label", low=0, high=1)
    pseudo_confidence: float = _setting(
        0.95, "how sure of a test image the teacher must be, of how sure it can be", low=0, high=1
    )
    trees: int = _setting(1000, "at most, of boosting; of several classes so many for each", low=1, high=100_000)
    leaves: int = _setting(8, "of a tree, at most", low=2, high=65_536)
    leaf_rows: int = _setting(10, "training rows that a leaf holds, at least", low=1, high=1_000_000)
    leaf_decay: float = _setting(1.0, "L2 regularization of what leaves add", low=0, high=1e6)
    column_share: float = _setting(0.3, "of the columns, drawn anew for each split of a tree", low=0.01, high=1)
    stacked_on: tuple[str, ...] = _setting(
        (),
        "finished runs or ensembles of the same folds, whose predictions (out of fold, of test rows) are further columns",
    )
    head_strength: float = _setting(
        0.0, "inverse regularization C of the linear head; 0: by cross-validation in the training rows", low=0, high=1e6
    )


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
            values[key], origin[key] = _check_type(key, value, layer), layer
    config = Config(**values)
    _check(config)
    return config, origin


def _check_type(key: str, value: Any, layer: str) -> Any:
    kind = type(FIELDS[key].default)
    if kind is tuple and isinstance(value, (list, tuple)) and all(isinstance(part, _item(key)) for part in value):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise ConfigError(f"setting {key} in {layer} has the wrong type", received=repr(value), expected=kind.__name__)
    return value


def _check(config: Config) -> None:
    for key, field in FIELDS.items():
        value, (low, high), choices = getattr(config, key), field.metadata["range"], field.metadata["choices"]
        if low is not None:
            numbers = value if isinstance(value, tuple) else (value,)
            if not numbers or not all(low <= number <= high for number in numbers):
                raise ConfigError(f"setting {key} is out of range", received=value, expected=f"{low:g} to {high:g}")
        if choices and value not in choices:
            raise ConfigError(f"unknown {key} {value!r}", expected=" or ".join(choices), do=nearest(value, choices))
