"""What `kit tune` may vary: for each setting a range, or the values to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.competition import Competition
from kit.config import FIELDS, Config, convert, resolve
from kit.errors import ConfigError
from kit.learn import networks, recipes

# They say what is trained or on which rows it is judged, or change nothing: no two trials could be compared, or would differ.
FIXED = ("recipe", "folds", "seed", "seeds", "tta", "stopping_share", "deterministic", "workers")


@dataclass(frozen=True)
class Span:
    """From low to high, both included. log: evenly in the logarithm."""

    low: float  # of a setting that is an int, ints
    high: float
    log: bool = False


Space = Mapping[str, Span | tuple[Any, ...]]


def parse(text: str) -> tuple[str, Span | tuple[Any, ...]]:
    """KEY=LOW:HIGH, KEY=LOW:HIGH:log or KEY=a,b,c. Raises ConfigError for a wrong form, key, type or value."""
    key, _, value = text.partition("=")
    if key in FIXED or (key in FIELDS and isinstance(FIELDS[key].default, tuple)):
        raise ConfigError(f"--space cannot vary {key}", do="it stays as it is set")
    ends = value.split(":")
    choices = tuple(_value(key, part) for part in (ends[:2] if len(ends) > 1 else value.split(",")) if part)
    if key == "batch_size" and 0 in choices:
        raise ConfigError("batch_size 0 stands for another number, and for another rate", do="name numbers of images")
    if key == "patience" and 0 in choices:
        raise ConfigError("patience 0 sets no rows aside to judge a trial by", do="name numbers from 1")
    if len(ends) == 1 and choices:
        return key, choices
    numbers = not any(isinstance(end, (str, bool)) for end in choices)
    if len(choices) == 2 and numbers and ends[2:] in ([], ["log"]) and choices[0] < choices[1]:
        span = Span(*choices, log=len(ends) == 3)
        if span.low > 0 or not (span.log or key == "image_size"):  # whose 0 is not the smallest
            return key, span
    raise ConfigError(
        f"--space {text!r} is no range of {key}",
        expected="KEY=LOW:HIGH, KEY=LOW:HIGH:log (LOW above 0, of image_size in any case) or KEY=a,b,c",
    )


def _value(key: str, text: str) -> Any:
    value = convert(key, text)
    resolve([("--space", {key: value})])  # raises for what is out of range
    return value


def default_space(competition: Competition, config: Config) -> Space:
    """What is worth a search around these settings."""
    recipe, side = recipes.find(competition, config), min(competition.image_shape[:2])
    rate, decay = config.learning_rate, config.weight_decay or 1e-3
    space: dict[str, Span | tuple[Any, ...]] = {
        "learning_rate": Span(rate / 10, min(rate * 5, 100.0), log=True),
        "weight_decay": Span(decay / 10, min(decay * 10, 10.0), log=True),
        "label_smoothing": Span(0.0, 0.2),
        "dropout": Span(0.0, 0.5),
        "cutout": Span(0, side // 2),
        "leaves": Span(2, 64, log=True),
        "leaf_rows": Span(2, 64, log=True),
        "leaf_decay": Span(0.0, 10.0),
        "column_share": Span(0.2, 1.0),
    }
    space = {
        key: span for key, span in space.items() if recipe.uses(key) and recipes.has_meaning(competition.target, key)
    }
    network = networks.available(competition).get(config.backbone)
    return {**space, **{key: Span(*ends) for key, ends in (network.tuned if network else {}).items()}}


def locate(space: Space, config: Config) -> dict[str, Any] | None:
    """The settings of `config` as a point of the space; None if they lie outside."""
    point = {key: getattr(config, key) for key in space}
    return point if all(_holds(space[key], value) for key, value in point.items()) else None


def _holds(allowed: Span | tuple[Any, ...], value: Any) -> bool:
    return allowed.low <= value <= allowed.high if isinstance(allowed, Span) else value in allowed


def round_floats(space: Space, point: Mapping[str, Any]) -> dict[str, Any]:
    """With floats of four digits, within their spans: what is trained is what a command line can say."""
    return {key: _round_float(space[key], value) for key, value in point.items()}


def _round_float(allowed: Span | tuple[Any, ...], value: Any) -> Any:
    if isinstance(allowed, Span) and isinstance(value, float):
        return min(max(float(f"{value:.4g}"), allowed.low), allowed.high)
    return value
