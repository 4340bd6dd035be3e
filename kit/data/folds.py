"""Which row is judged in which fold: one table for the whole team, stratified, the rows of a group in one fold."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kit.data import groups
from kit.data.cache import Dataset
from kit.data.deal_groups import deal_groups
from kit.data.readers import table
from kit.data.strata import combine_small, mention_small
from kit.errors import ConfigError, DataError
from kit.files import write_csv
from kit.targets import Target


def make(dataset: Dataset, target: Target, n: int, seed: int) -> np.ndarray:
    """The fold of each training row, int64 (N,), 0 to n - 1. Raises ConfigError and DataError as `check` does.

    Groups stay whole. Where they are identical images, one of each is dealt out, stratified by its label, and its copies follow
    it; classes with fewer than n different images are dealt out as one. Else as kit.data.deal_groups does. Kinds of rows that
    are too few for n folds are named on stderr.
    """
    train = dataset.train
    check(train.groups, train.same_pixels, n)
    if groups.are_copies(train.groups, train.same_pixels):
        return _deal_images(dataset, target, n, seed)
    strata = target.strata(train.labels)
    first = np.unique(np.stack([train.groups, strata]), axis=1, return_index=True)[1]
    mention_small(target, train.labels[first], strata[first], n, "groups", "not every fold can judge them")
    return deal_groups(train.groups, target, train.labels, [1 / n] * n, seed)


def _deal_images(dataset: Dataset, target: Target, n: int, seed: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedKFold

    train = dataset.train
    _, first, group = np.unique(train.groups, return_index=True, return_inverse=True)
    strata = target.strata(train.labels)[first]
    mention_small(target, train.labels[first], strata, n, "different images", "dealt out as if they were one")
    strata = combine_small(strata, n)
    dealt = np.empty(len(first), np.int64)
    for fold, (_, rows) in enumerate(StratifiedKFold(n, shuffle=True, random_state=seed).split(strata, strata)):
        dealt[rows] = fold
    return dealt[group]


def check(units: np.ndarray, same_pixels: np.ndarray, n: int) -> None:
    """Raises ConfigError for fewer than 2 folds, DataError for more folds than groups.

    units, same_pixels: int64 (N,), the groups and the different images of the rows to be dealt out.
    """
    if n < 2:
        raise ConfigError("too few folds", received=n, expected="at least 2")
    if (whole := len(np.unique(units))) < n:
        images = groups.are_copies(units, same_pixels)
        raise DataError(
            "too many folds for the images" if images else "too many folds for the groups, which they keep whole",
            received=f"{n} folds",
            expected=f"at most {whole}, the {'different images' if images else 'groups'}",
        )


def write(path: Path, ids: Sequence[str] | np.ndarray, folds: np.ndarray) -> None:
    write_csv(path, ("id", "fold"), zip(map(str, ids), folds.tolist(), strict=True))


def read(path: Path, ids: Sequence[str] | np.ndarray) -> np.ndarray:
    """The fold of each of `ids`, int64 (N,), joined by id whatever the order of the file.

    Raises DataError for a file that is missing or damaged, has other ids, or skips a fold number.
    """
    remedy = "`kit prepare SLUG --reset-folds` makes new ones"
    listing = table(path, ("id", "fold"))
    rows = {row["id"]: row["fold"] for row in listing}
    here = [str(name) for name in ids]
    if len(rows) != len(listing) or rows.keys() != set(here):
        raise DataError(
            f"{path} is not for these training images",
            received=f"{len(listing)} rows, {len(rows.keys() & set(here))} of them known",
            expected=f"{len(here)} ids, each once",
            do=remedy,
        )
    texts = [rows[name] for name in here]
    if set(texts) != {str(fold) for fold in range(len(set(texts)))} or len(set(texts)) < 2:
        raise DataError(f"{path}: folds must be 0, 1, ... without a gap", received=sorted(set(texts))[:20], do=remedy)
    return np.array(texts, dtype=np.int64)


def cross_fit_folds(dataset: Dataset, fold_of: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """int64 (len(rows),): what to cross-fit choices over, the fold of each training row; where all are of a single fold,
    one of five parts, groups whole; rows of a single group in five parts all the same.
    """
    own, units = fold_of[rows], dataset.train.groups[rows]
    if len(np.unique(own)) > 1:
        return own
    if groups.are_copies(units, dataset.train.same_pixels[rows]):
        return units % 5
    each, place = np.unique(units, return_inverse=True)
    return (place if len(each) > 1 else np.arange(len(rows))) % 5


def count(path: Path) -> int:
    """How many folds the file has. Raises DataError for a damaged one."""
    return len({row["fold"] for row in table(path, ("id", "fold"))})


def rows_fingerprint(dataset: Dataset) -> str:
    """sha256 of ids and labels, whatever the pixels: two versions of a JPEG decoder differ by a grey level here and there."""
    named = "\n".join(dataset.train.ids.tolist()).encode() + _label_bytes(dataset.train.labels)
    return hashlib.sha256(named).hexdigest()


def _label_bytes(labels: np.ndarray) -> bytes:
    """The same on every machine."""
    return labels.astype("<f4" if labels.dtype.kind == "f" else "<i8").tobytes()


def fingerprints(dataset: Dataset, fold_of: np.ndarray) -> dict[str, str | None]:
    """What a run was trained on, as two sha256: of the data, and of the fold of each of its rows."""
    dealt = hashlib.sha256(fold_of.astype("<i8").tobytes()).hexdigest()
    return {"data_fingerprint": dataset.fingerprint, "folds_fingerprint": dealt}
