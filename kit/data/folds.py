"""Which row is judged in which fold: one table for the whole team, stratified, the rows of a group in one fold."""

import hashlib
from collections.abc import Collection, Sequence
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

NEVER_JUDGED = -1  # in place of a fold: rows that every model learns from


def make(dataset: Dataset, target: Target, n: int, seed: int) -> np.ndarray:
    """The fold of each training row, int64 (N,), 0 to n - 1. Raises ConfigError and DataError as `check` does.

    Groups stay whole. Where they are identical images, one of each is dealt out, stratified by its label, and its copies follow
    it; classes with fewer than n different images are dealt out as one. Else as kit.data.deal_groups does. A class of a single
    image, or group, would be judged by models that never saw it: it is NEVER_JUDGED, as long as half of the groups are left.
    These and other kinds of rows that are too few for n folds are named on stderr.
    """
    train, unit = dataset.train, np.unique(dataset.train.groups, return_inverse=True)[1]
    check(train.groups, train.same_pixels, n)
    images = groups.are_copies(train.groups, train.same_pixels)
    fold_of, lone = np.full(len(unit), NEVER_JUDGED), _find_lone_classes(unit, target.strata(train.labels))
    if not target.exclusive or 2 * len(np.unique(unit[lone])) > unit.max() + 1 or len(np.unique(unit[~lone])) < n:
        lone[:] = False
    first = np.unique(unit, return_index=True)[1]
    lonely, named = first[lone[first]], "different rows" if images else "groups"
    mention_small(
        target, train.labels[lonely], target.strata(train.labels)[lonely], 2, named, "learned from, never judged"
    )
    deal = _deal_images if images else _deal_groups
    fold_of[~lone] = deal(unit[~lone], target, train.labels[~lone], n, seed)
    return fold_of


def _find_lone_classes(unit: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """bool (N,): rows of groups that hold no class which any other group holds."""
    holder, stratum = np.unique(np.stack([unit, strata]), axis=1)
    return ~np.isin(unit, holder[np.bincount(stratum)[stratum] > 1])


def _deal_groups(units: np.ndarray, target: Target, labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    strata = target.strata(labels)
    first = np.unique(np.stack([units, strata]), axis=1, return_index=True)[1]
    mention_small(target, labels[first], strata[first], n, "groups", "not every fold can judge them")
    return deal_groups(units, target, labels, [1 / n] * n, seed)


def _deal_images(images: np.ndarray, target: Target, labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedKFold

    _, first, image = np.unique(images, return_index=True, return_inverse=True)
    strata = target.strata(labels)[first]
    mention_small(target, labels[first], strata, n, "different rows", "dealt out as if they were one")
    strata = combine_small(strata, n)
    dealt = np.empty(len(first), np.int64)
    for fold, (_, rows) in enumerate(StratifiedKFold(n, shuffle=True, random_state=seed).split(strata, strata)):
        dealt[rows] = fold
    return dealt[image]


def check(units: np.ndarray, same_pixels: np.ndarray, n: int) -> None:
    """Raises ConfigError for fewer than 2 folds, DataError for more folds than groups.

    units, same_pixels: int64 (N,), the groups and the different images of the rows to be dealt out.
    """
    if n < 2:
        raise ConfigError("too few folds", received=n, expected="at least 2")
    if (whole := len(np.unique(units))) < n:
        images = groups.are_copies(units, same_pixels)
        raise DataError(
            "too many folds for the rows" if images else "too many folds for the groups, which they keep whole",
            received=f"{n} folds",
            expected=f"at most {whole}, the {'different rows' if images else 'groups'}",
            do=f"--folds {whole}" if whole > 1 else "",
        )


def write(path: Path, ids: Sequence[str] | np.ndarray, folds: np.ndarray) -> None:
    write_csv(path, ("id", "fold"), zip(map(str, ids), folds.tolist(), strict=True))


def read(
    path: Path, ids: Sequence[str] | np.ndarray, *, column: str = "id", left_out: Collection[str] = ()
) -> np.ndarray:
    """The fold of each of `ids`, int64 (N,), joined by id whatever the order of the file; NEVER_JUDGED for rows that are only
    learned from.

    column: that of the ids. left_out: ids that may stand in the file, too. Raises DataError for a file that is missing or
    damaged, has other ids, or skips a fold number.
    """
    own = path.name == "folds.csv"  # else one that somebody brings along
    remedy = f"`kit prepare {path.parent.name} --reset-folds` makes new ones" if own else f"mend {path.name}"
    listing = [row for row in table(path, (column, "fold")) if row[column] not in left_out]
    rows = {row[column]: row["fold"] for row in listing}
    here = [str(name) for name in ids]
    if len(rows) != len(listing) or rows.keys() != set(here):
        raise DataError(
            f"{path} is not for these training rows",
            received=f"{len(listing)} rows, {len(rows.keys() & set(here))} of them known",
            expected=f"{len(here)} ids, each once",
            do=remedy,
        )
    texts = [rows[name] for name in here]
    judged = set(texts) - {str(NEVER_JUDGED)}
    if judged != {str(fold) for fold in range(len(judged))} or len(judged) < 2:
        raise DataError(
            f"{path}: folds must be 0, 1, ... without a gap, or {NEVER_JUDGED} for rows that are only learned from",
            received=sorted(set(texts))[:20],
            do=remedy,
        )
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
    return len({row["fold"] for row in table(path, ("id", "fold"))} - {str(NEVER_JUDGED)})


def rows_fingerprint(dataset: Dataset) -> str:
    """sha256 of ids and labels, whatever the pixels: two versions of a JPEG decoder differ by a grey level here and there, and
    another image_shape is of the same rows.
    """
    if dataset.rows_fingerprint:
        return dataset.rows_fingerprint
    named = "\n".join(dataset.train.ids.tolist()).encode() + _label_bytes(dataset.train.labels)
    return hashlib.sha256(named).hexdigest()


def _label_bytes(labels: np.ndarray) -> bytes:
    """The same on every machine."""
    return labels.astype("<f4" if labels.dtype.kind == "f" else "<i8").tobytes()


def fingerprints(dataset: Dataset, fold_of: np.ndarray) -> dict[str, str | None]:
    """What a run was trained on, as sha256: of the data, of the rows alone, and of the fold of each of them."""
    dealt = hashlib.sha256(fold_of.astype("<i8").tobytes()).hexdigest()
    rows = rows_fingerprint(dataset)
    return {"data_fingerprint": dataset.fingerprint, "rows_fingerprint": rows, "folds_fingerprint": dealt}
