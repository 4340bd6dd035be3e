"""A folds.csv that is there, or that a team or a host brings along: checked, and never replaced in silence."""

from pathlib import Path

import numpy as np

from kit.data import cache, folds, holdout
from kit.data.cache import CachedSplit, Dataset
from kit.data.readers import table
from kit.errors import DataError
from kit.paths import DataFolders
from kit.progress import say


def bring(
    source: Path, folders: DataFolders, dataset: Dataset, *, reset: bool, split_groups: bool, called: str = ""
) -> None:
    """Makes folds.csv of a table with a column "fold" and one of ids; rows of it that are held out or unreadable are left out.

    reset: replace other folds. split_groups: as for `check_whole`. called: what to call the source where folds differ.
    Raises DataError for folds that do not fit, and for others that are there already.
    """
    ids = dataset.train.ids
    unreadable = {row["id"] for row in cache.quarantine(folders) if row["part"] == "train"}
    known = unreadable | holdout.training_ids(dataset.test.ids)
    fold_of = folds.read(source, ids, column=find_id_column(source, ids), left_out=known)
    check_whole(source, dataset.train, fold_of, split_groups=split_groups)
    path = folders.folds
    if path.exists() and not reset and not np.array_equal(folds.read(path, ids), fold_of):
        raise DataError(f"{path} holds other folds than {called or source}", do="--reset-folds replaces them")
    folds.write(path, ids, fold_of)


def find_id_column(source: Path, ids: np.ndarray) -> str:
    """The column "id", else the one that holds most of the ids."""
    rows, known = table(source, ("fold",)), set(ids.tolist())
    names = list(rows[0]) if rows else ["id"]
    return "id" if "id" in names else max(names, key=lambda name: sum(row[name] in known for row in rows))


def drop_held_out(path: Path, dataset: Dataset) -> None:
    """Takes rows that were held out since out of a folds.csv; the others keep their folds."""
    held = holdout.training_ids(dataset.test.ids)
    if held and not held.isdisjoint(row["id"] for row in table(path, ("id", "fold"))):
        fold_of = folds.read(path, dataset.train.ids, left_out=held)
        folds.write(path, dataset.train.ids, fold_of)
        say(f"{path}: {len(fold_of)} rows keep their folds, those that are held out now are in none")


def check_whole(path: Path, train: CachedSplit, fold_of: np.ndarray, *, split_groups: bool) -> None:
    """Raises DataError where folds part images of one group that differ, unless `split_groups` is set; those and copies of one
    image are then mentioned on stderr.
    """
    pairs = find_parted(train, fold_of)
    if not len(pairs):
        return
    differ = pairs[train.same_pixels[pairs[:, 0]] != train.same_pixels[pairs[:, 1]]]
    if len(differ) and not split_groups:
        one, other = differ[0].tolist()
        remedy = "--reset-folds deals out new ones, " if path.name == "folds.csv" else ""
        raise DataError(
            f"{path} parts {len(differ)} group{'s' * (len(differ) > 1)}",
            received=f"{train.ids[one]} in fold {fold_of[one]}, {train.ids[other]} of its group in fold {fold_of[other]}",
            expected="each group in one fold",
            do=f"{remedy}--split-groups keeps these",
        )
    mention_parted(path, train, fold_of)


def mention_parted(path: Path, train: CachedSplit, fold_of: np.ndarray) -> None:
    """Says on stderr how many groups lie in several folds, if any do."""
    if len(pairs := find_parted(train, fold_of)):
        one, other = train.ids[pairs[0]]
        parted = f"{len(pairs)} group{'s' * (len(pairs) > 1)}, such as that of {one} and {other}"
        say(
            f"warning: {path} parts {parted}: models are judged on rows beside which they learned others of the group, "
            "and too well"
        )


def find_parted(train: CachedSplit, fold_of: np.ndarray) -> np.ndarray:
    """int64 (P, 2): of each group with rows in several folds two of them, from different folds."""
    order = np.lexsort((fold_of, train.groups))
    first = np.flatnonzero(np.diff(train.groups[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    pairs = np.stack([order[first], order[last]], axis=1)
    return pairs[fold_of[pairs[:, 0]] != fold_of[pairs[:, 1]]]
