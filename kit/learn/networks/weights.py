"""The weights of a network in a file: saved whole or not at all, and loaded whole or not at all."""

import warnings
from pathlib import Path
from typing import Any

import keras

from kit.errors import DataError
from kit.files import replace_file
from kit.learn.member import WEIGHTS as WEIGHTS


def save(model: keras.Model, path: Path) -> None:
    with replace_file(path) as temporary:
        model.save_weights(temporary)


def load(model: keras.Model, path: Path) -> None:
    """Raises DataError for a file that is missing, damaged, or of another network."""
    try:
        load_every_weight(model, path)
    except FileNotFoundError:
        remedy = (
            "`kit runs pull WHERE RUN --weights` if a teammate has them, else move its folder away and resume the run"
        )
        raise DataError(f"no weights at {path}", do=remedy) from None
    except (OSError, ValueError, KeyError, TypeError, UserWarning) as error:
        raise damage_error(path, error) from None


def load_every_weight(model: keras.Model, path: Path) -> None:
    """Loads weights, and raises UserWarning where Keras would only warn that some layers found nothing and stay random."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.load_weights(path)


def damage_error(path: Path, error: Any) -> DataError:
    """What is said of a file that cannot be what it should be."""
    return DataError(
        f"{path} is damaged, or of another network or precision",
        received=str(error).splitlines()[0][:200],
        do=f"move {path.parent} away, and `kit train --resume RUN` trains that member again",
    )
