"""The weights of a network in a file: saved whole or not at all, and loaded whole or not at all."""

import math
import re
import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import keras

from kit import temporary
from kit.errors import DataError
from kit.files import check_room, replace_file
from kit.learn.member import WEIGHTS as WEIGHTS
from kit.runs import provenance

BESIDE = re.compile("^optimizer/|seed_generator")  # arrays of a file that are no weights


def save(model: keras.Model, path: Path) -> None:
    """With its optimizer, to go on from."""
    check_room(path, _size(model))
    with replace_file(path) as made:
        model.save_weights(made)


def save_plain(model: keras.Model, path: Path) -> None:
    """In a file whose bytes follow from the weights alone: Keras notes names in it that count the layers of the process."""
    check_room(path, 2 * _size(model))
    with replace_file(path) as made:
        named = temporary.name_beside(path)
        try:
            model.save_weights(named)
            with h5py.File(named, "r") as source, h5py.File(made, "w") as plain:
                source.visititems(partial(_copy, plain))
        finally:
            named.unlink(missing_ok=True)


def _size(model: keras.Model) -> int:
    """Bytes that a file of it takes, at most: float32, and what HDF5 has to say of each array."""
    optimizer = getattr(model, "optimizer", None)  # none until it is compiled
    variables = [*model.variables, *(optimizer.variables if optimizer else [])]
    return sum(4 * math.prod(variable.shape) + 4096 for variable in variables)


def _copy(plain: h5py.File, name: str, item: h5py.Group | h5py.Dataset) -> None:
    if isinstance(item, h5py.Dataset):
        plain.create_dataset(name, data=item[()]).attrs.update(item.attrs)
    else:
        plain.create_group(name)


def load(model: keras.Model, path: Path) -> None:
    """Raises DataError for a file that is missing, damaged, of another network, or not what the member's record says."""
    provenance.check_weights(path)
    try:
        load_every_weight(model, path)
        if path.name == WEIGHTS:
            _check_all_taken(model, path)
    except FileNotFoundError:
        remedy = "`kit runs pull RUN --weights` if a teammate has them, else move its folder away and resume the run"
        raise DataError(f"no weights at {path}", do=remedy) from None
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, UserWarning) as error:
        raise _mismatch_error(model, path) or damage_error(path, error) from None


def _check_all_taken(model: keras.Model, path: Path) -> None:
    """Raises ValueError for a file of a larger network, of which Keras takes what it knows."""
    stored = sum(math.prod(shape) for name, shape in _shapes(path).items() if not BESIDE.search(name))
    if stored > sum(math.prod(weight.shape) for weight in model.weights):
        raise ValueError("more weights than the network has")


def _mismatch_error(model: keras.Model, path: Path) -> DataError | None:
    """What is said of a whole file that is of another network; None if that is not what is wrong."""
    with TemporaryDirectory() as scratch:
        own = Path(scratch) / WEIGHTS
        model.save_weights(own)
        expected = _shapes(own)
    try:
        found = _shapes(path)
    except (OSError, RuntimeError):
        return None
    odd = next((name for name in {**expected, **found} if expected.get(name) != found.get(name)), None)
    if odd is None:
        return None
    return DataError(
        f"{path} is of another network: {odd}",
        received=f"shape {found.get(odd, 'none')}",
        expected=f"shape {expected.get(odd, 'none')}",
        do="bring back the competition.py that it was trained with, or train again",
    )


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Of every array of the file, by its layer and number."""
    shapes: dict[str, tuple[int, ...]] = {}
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: shapes.update({name: item.shape}) if isinstance(item, h5py.Dataset) else None
        )
    return shapes


def load_every_weight(model: keras.Model, path: Path) -> None:
    """Loads weights, and raises UserWarning where Keras would only warn that some layers found nothing and stay random."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.load_weights(path)


def damage_error(path: Path, error: Any) -> DataError:
    """What is said of a file that cannot be what it should be."""
    return DataError(
        f"{path} is damaged",
        received=str(error).splitlines()[0][:200],
        do=f"move {path.parent} away, and `kit train --resume RUN` trains that member again",
    )
