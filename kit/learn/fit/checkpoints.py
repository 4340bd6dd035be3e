"""Checkpoints of whole epochs: weights under a new name first, then state.json that names them. No moment without one."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import keras
import numpy as np

from kit import arrays
from kit.files import open_atomic, read_json, write_json
from kit.learn.networks.weights import WEIGHTS, damage_error, load, save
from kit.progress import say


@dataclass(frozen=True)
class State:
    """Where a training stands after `epoch` whole epochs, the last `stage_epoch` of them in its `stage`.
    best_*: of the lowest stopping loss so far.
    """

    epoch: int = 0
    stage: int = 0
    stage_epoch: int = 0
    weights: str | None = None  # file of model and optimizer after that epoch
    best_weights: str | None = None
    best_loss: float | None = None
    epochs_since_best: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def write(model: keras.Model, folder: Path, state: State) -> State:
    """Saves model and optimizer as of `state.epoch` and only then forgets the files that the state no longer names."""
    state = replace(state, weights=f"epoch-{state.epoch:04d}.weights.h5")
    save(model, folder / str(state.weights))
    write_json(folder / "state.json", asdict(state))
    forget(folder, state)
    return state


def forget(folder: Path, *states: State) -> None:
    """Removes the files of weights that none of these states names."""
    named = {WEIGHTS, *(name for state in states for name in (state.weights, state.best_weights))}
    for file in (*folder.glob("*.weights.h5"), *folder.glob("best-*.npz")):
        if file.name not in named:
            file.unlink()


def keep_best(model: keras.Model, folder: Path, state: State) -> str:
    """Saves the weights alone, which fit the model of a later stage with another optimizer. Returns the file's name."""
    name = f"best-{state.epoch:04d}.npz"
    with open_atomic(folder / name) as handle:
        np.savez(handle, *model.get_weights())
    return name


def take_best(model: keras.Model, path: Path) -> None:
    """Raises DataError for a file that is missing, damaged, or of another network."""
    try:
        model.set_weights(list(arrays.read_arrays(path).values()))
    except (OSError, ValueError) as error:
        raise damage_error(path, error) from None


def read(folder: Path) -> State:
    """The state of an unfinished member; a fresh one if there is none. Raises DataError for a damaged one."""
    if not (folder / "state.json").exists():
        return State()
    try:
        return State(**read_json(folder / "state.json"))
    except TypeError as error:
        raise damage_error(folder / "state.json", error) from None


def restore(model: keras.Model, folder: Path, state: State) -> None:
    """Sets the compiled model and its optimizer to that state. Raises DataError for a damaged checkpoint, never starts over
    in silence.
    """
    load(model, folder / str(state.weights))
    say(f"going on after epoch {state.epoch} of {folder.name.replace('-', ' ')}")
