"""Checkpoints of whole epochs: weights under a new name first, then state.json that names them. No moment without one."""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import keras
import numpy as np

from kit import arrays
from kit.errors import DataError, NewerVersionError
from kit.files import open_atomic, sha256
from kit.json_files import read_json, write_json
from kit.learn.networks.weights import damage_error, load, save
from kit.progress import say
from kit.runs.run import list_checkpoints, remove_checkpoints

STATE = "state.json"
MISSING = ("no such file", hashlib.sha256().hexdigest())  # or empty


@dataclass(frozen=True)
class State:
    """Where a training stands after `epoch` whole epochs, the last `stage_epoch` of them in its `stage`.
    best_*: of the lowest stopping loss so far. A checkpoint of an older kit has no sha256.
    """

    epoch: int = 0
    stage: int = 0
    stage_epoch: int = 0
    weights: str | None = None  # file of model and optimizer after that epoch
    best_weights: str | None = None
    best_loss: float | None = None
    epochs_since_best: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)  # of the files named above


def write(model: keras.Model, folder: Path, state: State) -> State:
    """Saves model and optimizer as of `state.epoch` and only then forgets the files that the state no longer names."""
    name, best = f"epoch-{state.epoch:04d}.weights.h5", state.best_weights
    save(model, folder / name)
    hashes = {name: sha256(folder / name)}
    if best:
        hashes[best] = state.sha256.get(best) or sha256(folder / best)
    state = replace(state, weights=name, sha256=hashes)
    write_json(folder / STATE, asdict(state))
    forget(folder, state)
    return state


def forget(folder: Path, *states: State) -> None:
    """Removes the files of weights that none of these states names."""
    remove_checkpoints(folder, [name for state in states for name in (state.weights, state.best_weights)])


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
    """The state of an unfinished member, whose files are whole; a fresh one if there is none. Raises DataError for one that is
    damaged, or of which a file is missing, and removes nothing.
    """
    if not (folder / STATE).exists():
        _check_none_is_lost(folder)
        return State()
    try:
        state = State(**read_json(folder / STATE))
    except NewerVersionError:
        raise
    except (DataError, TypeError):
        raise _damaged(folder / STATE, "no state of a training") from None
    for name in filter(None, (state.weights, state.best_weights)):
        actual = sha256(folder / name) if (folder / name).is_file() else "no such file"
        if actual != state.sha256.get(name, actual) or actual in MISSING:
            raise _damaged(folder / name, actual, state.sha256.get(name))
    return state


def _check_none_is_lost(folder: Path) -> None:
    """What a training was killed with before its first checkpoint was whole is made again; of later epochs there was one."""
    files = list_checkpoints(folder)
    if any(int(file.name.split("-")[1][:4]) > 1 for file in files):
        raise _damaged(folder / STATE, f"no such file beside {min(file.name for file in files)}")
    if files:
        say(f"{folder.name.replace('-', ' ')} starts over: its first epoch has no whole checkpoint")


def _damaged(path: Path, received: str, expected: str | None = None) -> DataError:
    return DataError(
        f"{path} is damaged",
        received=received,
        expected=expected and f"sha256 {expected}",
        do=f"put it back from a copy; or move {path.parent} away, and --resume trains that member from the beginning",
    )


def restore(model: keras.Model, folder: Path, state: State) -> None:
    """Sets the compiled model and its optimizer to that state. Raises DataError for a damaged checkpoint, never starts over
    in silence.
    """
    load(model, folder / str(state.weights))
    say(f"going on after epoch {state.epoch} of {folder.name.replace('-', ' ')}")
