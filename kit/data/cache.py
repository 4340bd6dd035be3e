"""The decoded cache: no image is decoded twice, and no step after this one meets a file that may not be an image.

cache/ train.npy  test.npy  train.csv (id,label,same_pixels)  test.csv (id,readable,same_pixels)  quarantine.csv  manifest.json
train_table.npy  test_table.npy, where a competition declares columns (kit.data.columns)
The CSV tables hold what else a split says of its rows, each in a column: auxiliary, group, weight, row.
"""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit import arrays
from kit.competition import Competition
from kit.data import columns, groups, image_rows
from kit.data.cache_manifest import find_damage, read_manifest
from kit.data.tables import read_columns, table
from kit.data.window import Window
from kit.errors import DataError
from kit.paths import DataFolders
from kit.stats.known import Known

TRAIN, TEST = ("id", "label", "same_pixels"), ("id", "readable", "same_pixels")  # columns of the tables
QUARANTINE = ("part", "id", "path", "reason")


@dataclass(frozen=True)
class CachedSplit:
    """One split, in the order of `read`.

    split: its name, train or test. ids: (N,) text. images: (N, H, W, C) uint8, memory-mapped, read-only; (N, 0, 0, 0) of a
        competition without images.
    labels: (N,) int64, or what another target has of N rows (kit.targets); those of no rows for test.
    readable: (N,) bool; train holds readable rows only, test keeps unreadable ones as zeros.
    same_pixels: (N,) int64, equal for rows with identical pixels, in train and test alike.
    auxiliary: labels of the competition's auxiliary target; of no rows without one, and for test.
    weights: (N,) float32, how much a row counts in the loss; of no rows where all count alike.
    rows: (N,) text, the row of the submission that an image belongs to: its id, where nothing else is said.
    groups: (N,) int64, equal for rows to be learned from or judged together: those of one group that the competition names,
        of one row of the submission, or with identical pixels.
    table: (N, K) float32, the columns that the competition declares (kit.data.columns).
    """

    split: str
    ids: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    readable: np.ndarray
    same_pixels: np.ndarray
    auxiliary: np.ndarray = field(default_factory=lambda: np.empty(0))
    weights: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    rows: np.ndarray = None  # type: ignore[assignment]
    groups: np.ndarray = None  # type: ignore[assignment]
    table: np.ndarray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.rows is None:
            object.__setattr__(self, "rows", self.ids)
        if self.groups is None:
            object.__setattr__(self, "groups", self.same_pixels)
        if self.table is None:
            object.__setattr__(self, "table", np.empty((len(self.ids), 0), np.float32))


@dataclass(frozen=True)
class Dataset:
    """fingerprint: sha256, in hex, over pixels, ids, labels, columns, classes and shape. levels: for each column of categories
    the texts that its numbers stand for.

    What kit.data.corrections.load adds: dropped, rows of train that nothing learns from; corrected, those and the relabelled
    ones, which nothing is judged on; corrections, the sha256 of all this; rows_fingerprint, of the rows as they were before
    (kit.data.folds).
    """

    train: CachedSplit
    test: CachedSplit
    fingerprint: str
    levels: columns.Levels = ()
    dropped: tuple[int, ...] = ()
    corrected: tuple[int, ...] = ()
    corrections: str | None = None
    rows_fingerprint: str | None = None

    def get_split(self, split: str) -> CachedSplit:
        return {"train": self.train, "test": self.test}[split]


def load(competition: Competition, folders: DataFolders) -> Dataset:
    """The prepared data. Raises DataError if it was not prepared, was prepared otherwise, or is damaged."""
    manifest = _manifest(competition, folders)
    train, test = read_columns(folders.cache / "train.csv", TRAIN), read_columns(folders.cache / "test.csv", TEST)
    learned = _part(
        folders.cache / "train.npy",
        train,
        labels=competition.target.parse(train["label"].tolist()),
        readable=np.ones(len(train["id"]), bool),
    )
    if competition.auxiliary:
        learned = replace(learned, auxiliary=competition.auxiliary.parse(train["auxiliary"].tolist()))
    if "weight" in train:
        learned = replace(learned, weights=train["weight"].astype(np.float64).astype(np.float32))
    tested = _part(
        folders.cache / "test.npy",
        test,
        labels=competition.target.parse([]),
        readable=test["readable"] == "1",
    )
    return Dataset(learned, tested, manifest["fingerprint"], read_levels(folders))


def _manifest(competition: Competition, folders: DataFolders) -> dict[str, Any]:
    remedy = f"kit prepare {competition.slug}"
    if not (folders.cache / "manifest.json").exists():
        raise DataError(f"the data of {competition.slug} is not prepared", received=f"no {folders.cache}", do=remedy)
    manifest = read_manifest(folders)
    if fault := find_damage(competition, folders.cache, manifest):
        raise DataError(f"{folders.cache} does not fit: {fault}", do=remedy)
    return manifest


def read_window(folders: DataFolders) -> Window | None:
    """The values that became 0 and 255, of images of more than 8 bits (kit.data.window)."""
    window = read_manifest(folders).get("window")
    return window and (window[0], window[1])


def read_grids(folders: DataFolders) -> list[tuple[int, int]] | None:
    """The (rows, columns) of tiles that images are cut into (kit.data.tiles); None where no cache says so, or an older one."""
    if not (folders.cache / "manifest.json").exists() or (grids := read_manifest(folders).get("tiles")) is None:
        return None
    return [(rows, columns) for rows, columns in grids]


def read_fingerprint(folders: DataFolders) -> str:
    """That of the data as they are prepared now (Dataset.fingerprint)."""
    return str(read_manifest(folders)["fingerprint"])


def read_levels(folders: DataFolders) -> columns.Levels:
    """The texts that stand behind the numbers of each column of categories (kit.data.columns)."""
    return tuple(map(tuple, read_manifest(folders).get("levels", ())))


def read_labels(competition: Competition, folders: DataFolders) -> Known:
    """Ids, labels and groups of the training rows, as `load` gives them but without the rest."""
    _manifest(competition, folders)
    images = read_columns(folders.cache / "train.csv", TRAIN)
    names, first = image_rows.list_rows(_as_ids(images.get("row", images["id"])))
    return Known(names, competition.target.parse(images["label"][first].tolist()), _join_groups(images)[first])


def _part(file: Path, listed: dict[str, np.ndarray], *, labels: np.ndarray, readable: np.ndarray) -> CachedSplit:
    images, ids = _map(file), _as_ids(listed["id"])
    if len(images) != len(ids):
        raise DataError(
            f"{file} is damaged", received=f"{len(images)} rows", expected=f"{len(ids)} rows", do="kit prepare"
        )
    part = CachedSplit(
        file.stem,
        ids,
        images,
        labels,
        readable,
        listed["same_pixels"].astype(np.int64),
        rows=_as_ids(listed["row"]) if "row" in listed else ids,
        groups=_join_groups(listed),
    )
    beside = file.with_stem(f"{file.stem}_table")
    return replace(part, table=np.array(_map(beside))) if beside.exists() else part


def _map(file: Path) -> np.ndarray:
    try:
        return arrays.map_array(file)
    except ValueError as error:
        raise DataError(f"{file} is damaged", received=error, do="kit prepare") from None


def _join_groups(listed: dict[str, np.ndarray]) -> np.ndarray:
    pixels = listed["same_pixels"].astype(np.int64)
    named = [_as_ids(listed[name]) for name in ("row", "group") if name in listed]
    return groups.join(pixels, *named) if len(pixels) else pixels


def _as_ids(texts: np.ndarray) -> np.ndarray:
    """(N,) of numpy's StringDType as texts of one width, which are found and compared more quickly."""
    return texts.astype(f"U{np.strings.str_len(texts).max(initial=1)}")


def quarantine(folders: DataFolders) -> list[dict[str, str]]:
    """The images that could not be read: part, id, path, reason."""
    return table(folders.cache / "quarantine.csv", QUARANTINE)


def labels_of(split: CachedSplit, ids: np.ndarray) -> np.ndarray:
    """The labels of those rows of the part, in their order."""
    return np.asarray(split.labels[image_rows.first_images(split.rows, ids)])


def select_rows(split: CachedSplit, rows: np.ndarray, images: np.ndarray) -> CachedSplit:
    """Those rows of a split alone. images: theirs, uint8 (len(rows), H, W, C)."""
    each = {one.name: getattr(split, one.name) for one in fields(split) if one.name not in ("split", "images")}
    return CachedSplit(split.split, images=images, **{name: of[rows] if len(of) else of for name, of in each.items()})
