"""Trees as plain arrays, in an HDF5 file: no pickle, so that those of a teammate can be opened, and no scikit-learn, so that
another version of it predicts the same.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from kit.errors import DataError
from kit.files import check_room, replace_file
from kit.runs import provenance


@dataclass(frozen=True, eq=False)
class Forest:
    """bias: float64 (K,), what each column of the target starts from. Each of T trees adds to one of them: column, int64 (T,).
    first: int64 (T,), the place of its root among the M nodes of all trees.

    Of each node: value: float64 (M,), what a leaf adds. feature: int64 (M,), -1 of a leaf. threshold: float64 (M,), up to which
    a number goes left. left, right: int64 (M,), places. missing_left: bool (M,), where missing goes. bits: int64 (M,), of
    categories that go left the row of `sets`, uint32 (S, 8): bit n is that of category n; -1 of a number.
    """

    bias: np.ndarray
    column: np.ndarray
    first: np.ndarray
    value: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    missing_left: np.ndarray
    bits: np.ndarray
    sets: np.ndarray

    def logits(self, inputs: np.ndarray) -> np.ndarray:
        """float64 (N, K). inputs: (N, D), categories as 0 to 255, nan what is missing."""
        out = np.tile(self.bias, (len(inputs), 1))
        for column, root in zip(self.column, self.first, strict=True):
            out[:, column] += self.value[self._leaves(inputs, root)]
        return out

    def _leaves(self, inputs: np.ndarray, root: int) -> np.ndarray:
        """int64 (N,): the leaf of a tree that each row comes to."""
        at = np.full(len(inputs), root)
        moving = np.flatnonzero(self.feature[at] >= 0)
        while len(moving):
            node = at[moving]
            seen = inputs[moving, self.feature[node]]
            left = np.where(np.isnan(seen), self.missing_left[node], self._goes_left(node, seen))
            at[moving] = np.where(left, self.left[node], self.right[node])
            moving = moving[self.feature[at[moving]] >= 0]
        return at

    def _goes_left(self, node: np.ndarray, seen: np.ndarray) -> np.ndarray:
        left, named = seen <= self.threshold[node], np.flatnonzero(self.bits[node] >= 0)
        if len(named):
            category = np.nan_to_num(seen[named]).astype(np.int64)
            words = self.sets[self.bits[node[named]], category // 32]
            left[named] = words >> (category % 32).astype(np.uint32) & 1
        return left


def save(forest: Forest, kept: dict[str, np.ndarray], path: Path) -> None:
    """With other arrays, by name, which whoever asks the trees needs."""
    import h5py

    arrays = {one.name: getattr(forest, one.name) for one in fields(forest)} | {f"kept/{k}": v for k, v in kept.items()}
    check_room(path, sum(array.nbytes + 4096 for array in arrays.values()))
    with replace_file(path) as temporary, h5py.File(temporary, "w") as out:
        for name, array in arrays.items():
            out.create_dataset(name, data=array)


def load(path: Path) -> tuple[Forest, dict[str, np.ndarray]]:
    """What `save` kept. Raises DataError for a file that is missing or damaged, or not what the member's record says."""
    import h5py

    provenance.check_weights(path)
    try:
        with h5py.File(path, "r") as file:
            forest = Forest(**{one.name: file[one.name][:] for one in fields(Forest)})
            return forest, {name: array[:] for name, array in file.get("kept", {}).items()}
    except (OSError, KeyError, TypeError, ValueError) as error:
        remedy = f"move {path.parent} away, and `kit train --resume RUN` trains that member again"
        raise DataError(f"{path} holds no trees", received=str(error)[:200], do=remedy) from None
