"""Training rows that no model learns from, so that a competition has a leaderboard here: a public half and a private half.

holdout.csv (id, label, part) is written once and shared by the team, as folds.csv is. In the decoded cache its images lie
among the test images under other ids: what trains never meets them, and what predicts the test images predicts them too.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition, Images, Split
from kit.data import columns, groups
from kit.data.deal_groups import deal_groups, set_aside
from kit.data.image_rows import list_rows
from kit.data.readers import table
from kit.data.strata import combine_small
from kit.errors import ConfigError, DataError
from kit.files import sha256, write_csv
from kit.predictions import Predictions
from kit.targets import Target

PREFIX = "holdout/"  # of their ids among the test images: some competitions count training and test images from 1
COLUMNS = ("id", "label", "part")
PARTS = ("public", "private")


@dataclass(frozen=True)
class Holdout:
    """ids: (N,) text, as the test images have them. labels: of N rows. public: (N,) bool, else private. groups: (N,) text,
    equal for rows of one group; None where each row is one of its own.
    """

    ids: np.ndarray
    labels: np.ndarray
    public: np.ndarray
    groups: np.ndarray | None = None


def choose(train: Any, target: Target, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rows int64 (K,), public bool (K,)): about `share` of the rows of `train` (kit.data.cache.CachedSplit) to set aside,
    stratified, the rows of a group together. A class with a single image, or in a single group, is learned.

    Raises ConfigError for a share, DataError for a class or for groups, that leave one part without a row.
    """
    if not 0 < share < 0.9:
        raise ConfigError("--holdout is a share of the training rows", received=share, expected="above 0, below 0.9")
    images_alone = groups.are_copies(train.groups, train.same_pixels)
    return (_choose_images if images_alone else _choose_groups)(train, target, share, seed)


def _choose_images(train: Any, target: Target, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.model_selection import train_test_split

    _, first, group = np.unique(train.groups, return_index=True, return_inverse=True)
    labels = target.strata(train.labels)[first]
    several = np.flatnonzero(np.bincount(labels)[labels] > 1)
    try:
        held = train_test_split(several, test_size=share, stratify=labels[several], random_state=seed)[1]
        public = train_test_split(held, test_size=0.5, stratify=combine_small(labels[held], 2), random_state=seed)[0]
    except ValueError as error:  # scikit-learn's words name the smallest class
        raise DataError("the hold-out is too small for its classes", received=error, do="take a larger share") from None
    rows = np.flatnonzero(np.isin(group, held))
    return rows, np.isin(group[rows], public)


def _choose_groups(train: Any, target: Target, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.flatnonzero(set_aside(train.groups, target, train.labels, share, seed))
    if (count := len(np.unique(train.groups[rows]))) < 2:
        raise DataError(
            "the hold-out is too small for its groups, which it keeps whole",
            received=f"{count} of {len(np.unique(train.groups))} groups",
            expected="one for its public half and one for its private half",
            do="take a larger share",
        )
    return rows, deal_groups(train.groups[rows], target, train.labels[rows], (0.5, 0.5), seed) == 0


def write(path: Path, competition: Competition, train: Any, rows: np.ndarray, public: np.ndarray) -> None:
    """Sets those rows of `train` aside, as `choose` gives them."""
    names, first = list_rows(train.rows[rows])
    given = competition.target.write(train.labels[rows][first])
    told = [names, given, np.where(public[first], *PARTS)]
    group = train.groups[rows][first]
    beside = ("group",) if len(np.unique(group)) < len(group) else ()
    write_csv(path, (*COLUMNS, *beside), zip(*told, *([group.tolist()] if beside else []), strict=True))


def digest(path: Path) -> str | None:
    """The sha256 of a holdout.csv, None if there is none."""
    return sha256(path) if path.exists() else None


def read(path: Path, competition: Competition) -> Holdout:
    """Raises DataError for a file that is missing or damaged, holds an id twice or another part than PARTS."""
    if not path.exists():
        raise DataError(
            f"{competition.slug} has no hold-out",
            received=f"no {path}",
            do=f"kit prepare {competition.slug} --holdout 0.1",
        )
    rows = table(path, COLUMNS)
    ids, parts = [PREFIX + row["id"] for row in rows], {row["part"] for row in rows}
    if len(set(ids)) != len(ids) or parts != set(PARTS):
        raise DataError(f"{path} is damaged", received=f"{len(set(ids))} ids, parts {sorted(parts)}", expected=PARTS)
    labels = competition.target.parse([row["label"] for row in rows])
    group = np.array([row["group"] for row in rows]) if "group" in rows[0] else None
    return Holdout(np.array(ids), labels, np.array([row["part"] == "public" for row in rows]), group)


def move_held_out(path: Path, competition: Competition, train: Split, test: Split) -> tuple[Split, Split]:
    """(train, test) with the held-out rows moved from the one to the other; as they are if nothing is held out.

    Raises DataError if the file is not for these training rows.
    """
    if not path.exists():
        return train, test
    wanted = set(read(path, competition).ids.tolist())
    answered = train.rows or train.ids
    held = [PREFIX + name in wanted for name in answered]
    if (here := len(set(itertools.compress(answered, held)))) != len(wanted):
        raise DataError(f"{path} is not for these training rows", received=f"{here} of its {len(wanted)} ids are here")
    kept = [not out for out in held]
    told = ("labels", "auxiliary", "groups", "weights", "rows")
    known = {
        name: list(itertools.compress(values, kept)) for name in told if (values := getattr(train, name)) is not None
    }
    table = _join_tables(competition, (train, kept))
    learned = Split(list(itertools.compress(train.ids, kept)), _Images(((train.images, kept),)), **known, table=table)
    ids = _join_ids(test.ids, itertools.compress(train.ids, held))
    rows = _join_ids(test.rows or test.ids, itertools.compress(answered, held)) if test.rows or train.rows else None
    images = _Images(((test.images, [True] * len(test.ids)), (train.images, held)))
    table = _join_tables(competition, (test, [True] * len(test.ids)), (train, held))
    return learned, Split(ids, images, rows=rows, table=table)


def _join_tables(competition: Competition, *parts: tuple[Split, list[bool]]) -> dict[str, list[Any]]:
    """The columns of those rows of several splits that are asked for, one split after the other."""
    return {
        name: [value for part, asked in parts for value in itertools.compress(columns.values(part)[name], asked)]
        for name in competition.table.columns
    }


def _join_ids(test: Sequence[str], held: Iterable[str]) -> list[str]:
    return [*test, *(PREFIX + name for name in held)]


@dataclass(frozen=True)
class _Images:
    """Those images of several splits that are asked for, one split after the other."""

    parts: tuple[tuple[Images, list[bool]], ...]

    def __len__(self) -> int:
        return sum(sum(asked) for images, asked in self.parts if len(images))

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(itertools.compress(images, asked) for images, asked in self.parts)


def is_held_out(ids: np.ndarray) -> np.ndarray:
    """bool (N,): which of the test images, by their ids, are training images that were held out."""
    return np.char.startswith(ids, PREFIX)


def training_ids(ids: np.ndarray) -> set[str]:
    """What those of the test images' `ids` that were held out are called as training images."""
    return {name.removeprefix(PREFIX) for name in ids[is_held_out(ids)].tolist()}


def drop_held_out(test: Predictions) -> Predictions:
    """Test predictions as the competition asks for them: without the rows that were held out."""
    kept = ~is_held_out(test.ids)
    return test if kept.all() else Predictions(test.ids[kept], test.values[kept], test.columns)
