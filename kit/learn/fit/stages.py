"""The stages of a training: epochs of one image size, one batch size, and one set of layers that learn."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Freeze = Callable[["keras.Model"], None]
Factor = Callable[[Any], float]  # variable -> how much faster than others it learns
Factors = Callable[["keras.Model"], Factor]


@dataclass(frozen=True)
class Stage:
    """Some epochs of one kind.

    size: pixels per side, 0 = as cached. part: which part of the learning rate's schedule this stage runs through.
    freeze: sets which layers learn. factors: of the model then, how much faster than others each variable learns.
    """

    epochs: int
    batch_size: int
    size: int = 0
    schedule_range: tuple[float, float] = (0.0, 1.0)
    freeze: Freeze | None = None
    factors: Factors | None = None


def schedule_ranges(epochs: tuple[int, ...]) -> list[tuple[float, float]]:
    """Which part of one schedule each stage runs through, by its number of epochs."""
    done = [sum(epochs[:number]) / sum(epochs) for number in range(len(epochs) + 1)]
    return list(pairwise(done))
