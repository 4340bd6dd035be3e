"""The decoded cache: no image is decoded twice, and no step after this one meets a file that may not be an image.

cache/ train.npy  test.npy  train.csv (id,label,same_pixels)  test.csv (id,readable,same_pixels)  quarantine.csv  manifest.json
train_table.npy  test_table.npy, where a competition declares columns (kit.data.columns)
The CSV tables hold what else a split says of its rows, each in a column: auxiliary, group, weight, row.
"""

import hashlib
import inspect
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit import plugins
from kit.competition import Competition
from kit.data import columns, groups, holdout, image_rows
from kit.data.readers import table
from kit.data.window import Window
from kit.errors import DataError, list_names
from kit.files import read_json, sha256
from kit.paths import DataFolders
from kit.stats.known import Known

FORMAT = 2  # raise it when the policy of kit.data.decode_image changes
TRAIN, TEST = ("id", "label", "same_pixels"), ("id", "readable", "same_pixels")  # columns of the tables
QUARANTINE = ("part", "id", "path", "reason")
FILES = ("train.npy", "test.npy", "train.csv", "test.csv", "quarantine.csv")


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
    ones, which nothing is judged on; corrections, the sha256 of all this.
    """

    train: CachedSplit
    test: CachedSplit
    fingerprint: str
    levels: columns.Levels = ()
    dropped: tuple[int, ...] = ()
    corrected: tuple[int, ...] = ()
    corrections: str | None = None

    def get_split(self, split: str) -> CachedSplit:
        return {"train": self.train, "test": self.test}[split]


def load(competition: Competition, folders: DataFolders) -> Dataset:
    """The prepared data. Raises DataError if it was not prepared, was prepared otherwise, or is damaged."""
    manifest = _manifest(competition, folders)
    train, test = table(folders.cache / "train.csv", TRAIN), table(folders.cache / "test.csv", TEST)
    learned = _part(
        folders.cache / "train.npy",
        train,
        labels=competition.target.parse([row["label"] for row in train]),
        readable=np.ones(len(train), bool),
    )
    if competition.auxiliary:
        learned = replace(learned, auxiliary=competition.auxiliary.parse([row["auxiliary"] for row in train]))
    if train and "weight" in train[0]:
        learned = replace(learned, weights=np.array([float(row["weight"]) for row in train], np.float32))
    tested = _part(
        folders.cache / "test.npy",
        test,
        labels=competition.target.parse([]),
        readable=np.array([row["readable"] == "1" for row in test], bool),
    )
    return Dataset(learned, tested, manifest["fingerprint"], read_levels(folders))


def _manifest(competition: Competition, folders: DataFolders) -> dict[str, Any]:
    remedy = f"kit prepare {competition.slug}"
    if not (folders.cache / "manifest.json").exists():
        raise DataError(f"the data of {competition.slug} is not prepared", received=f"no {folders.cache}", do=remedy)
    manifest: dict[str, Any] = read_json(folders.cache / "manifest.json")
    if fault := find_damage(competition, folders.cache, manifest):
        raise DataError(f"{folders.cache} does not fit: {fault}", do=remedy)
    return manifest


def read_window(folders: DataFolders) -> Window | None:
    """The values that became 0 and 255, of images of more than 8 bits (kit.data.window)."""
    window = read_json(folders.cache / "manifest.json").get("window")
    return window and (window[0], window[1])


def read_levels(folders: DataFolders) -> columns.Levels:
    """The texts that stand behind the numbers of each column of categories (kit.data.columns)."""
    return tuple(map(tuple, read_json(folders.cache / "manifest.json").get("levels", ())))


def read_labels(competition: Competition, folders: DataFolders) -> Known:
    """Ids, labels and groups of the training rows, as `load` gives them but without the rest."""
    _manifest(competition, folders)
    images = table(folders.cache / "train.csv", TRAIN)
    rows = _column(images, "row" if images and "row" in images[0] else "id")
    names = image_rows.number_rows(rows)[0]
    first = image_rows.first_images(rows, names)
    return Known(names, competition.target.parse([images[row]["label"] for row in first]), _join_groups(images)[first])


def _part(file: Path, rows: list[dict[str, str]], *, labels: np.ndarray, readable: np.ndarray) -> CachedSplit:
    images = np.load(file, mmap_mode="r", allow_pickle=False)
    if len(images) != len(rows):
        raise DataError(
            f"{file} is damaged", received=f"{len(images)} images", expected=f"{len(rows)} rows", do="kit prepare"
        )
    ids = _column(rows, "id")
    part = CachedSplit(
        file.stem,
        ids,
        images,
        labels,
        readable,
        _read_pixels(rows),
        rows=_column(rows, "row") if rows and "row" in rows[0] else ids,
        groups=_join_groups(rows),
    )
    beside = file.with_stem(f"{file.stem}_table")
    return replace(part, table=np.load(beside, allow_pickle=False)) if beside.exists() else part


def _join_groups(rows: list[dict[str, str]]) -> np.ndarray:
    named = [_column(rows, name) for name in ("row", "group") if rows and name in rows[0]]
    return groups.join(_read_pixels(rows), *named)


def _read_pixels(rows: list[dict[str, str]]) -> np.ndarray:
    return np.array([int(row["same_pixels"]) for row in rows], np.int64)


def _column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([row[name] for row in rows], str)


def find_damage(competition: Competition, folder: Path, manifest: dict[str, Any]) -> str | None:
    """Why the cache is not this competition's whole cache, or None: judged by its manifest and the sizes of its files."""
    if manifest.get("format") != FORMAT:
        return f"written by another version (format {manifest.get('format')}, now {FORMAT})"
    if manifest["shape"] != list(competition.image_shape):
        return f"images of {manifest['shape']}, competition of {list(competition.image_shape)}"
    if manifest.get("fit", "stretch") != competition.fit:
        return f"fit {manifest.get('fit', 'stretch')}, competition {competition.fit}"
    if competition.window and manifest.get("window") != list(competition.window):
        return f"values {manifest.get('window')} became 0 to 255, competition {list(competition.window)}"
    if manifest.get("target", "classes") != competition.target.kind:  # before there were kinds, all were classes
        return f"{manifest.get('target', 'classes')}, competition of {competition.target.kind}"
    if manifest["classes"] != list(competition.target.columns):
        return f"classes {list_names(manifest['classes'])}; competition {list_names(competition.target.columns)}"
    if manifest.get("auxiliary") != describe_auxiliary(competition):
        return f"auxiliary {manifest.get('auxiliary')}; competition {describe_auxiliary(competition)}"
    if manifest.get("table") != columns.describe(competition):
        return f"columns {manifest.get('table')}; competition {columns.describe(competition)}"
    if manifest.get("holdout_sha256") != holdout.digest(folder.parent / "holdout.csv"):
        return "made with another holdout.csv, or without"
    for name in list_files(competition):
        size = (folder / name).stat().st_size if (folder / name).exists() else None
        if size != manifest["files"][name]:
            return f"{name} has {size} bytes, not {manifest['files'][name]}"
    return None


def list_files(competition: Competition) -> tuple[str, ...]:
    """All that belong to a cache beside its manifest."""
    return (*FILES, *(("train_table.npy", "test_table.npy") if competition.table.columns else ()))


def describe_auxiliary(competition: Competition) -> list[str] | None:
    """Kind and columns of the auxiliary target; None without one, as of a cache from before there were such."""
    target = competition.auxiliary
    return [target.kind, *target.columns] if target else None


def is_current(competition: Competition, folders: DataFolders, raw: str) -> bool:
    """Whether the cache is whole and was made from the archive with sha256 `raw` by the present `read`."""
    try:
        manifest = read_json(folders.cache / "manifest.json")
    except DataError:
        return False
    made_from = manifest.get("archive_sha256"), manifest.get("read_sha256")
    return made_from == (raw, reader_hash(competition)) and find_damage(competition, folders.cache, manifest) is None


def reader_hash(competition: Competition) -> str:
    """sha256 of all that `read` may depend on: the files of the competition's folder but for its pages (.md); of the source of
    `read` where there is no folder. Who edits one of them wants another cache.
    """
    digest = hashlib.sha256()
    if competition.folder is None:
        with suppress(OSError, TypeError):  # no source at hand
            digest.update(inspect.getsource(competition.read).encode())
        return digest.hexdigest()
    for path in plugins.files(competition.folder):
        if path.suffix != ".md":
            digest.update(f"{path.relative_to(competition.folder)} {sha256(path)}\n".encode())
    return digest.hexdigest()


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
