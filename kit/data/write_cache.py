"""Writes the decoded cache (kit.data.cache) in one pass over the images: rows go to disk as they are decoded."""

import csv
import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition, Split
from kit.data import cache_manifest, columns, holdout, splits
from kit.data.cache import QUARANTINE, TEST, TRAIN
from kit.data.check_space import check_space
from kit.data.decode_all import batches
from kit.data.decode_image import Decoding, UnreadableImage, choose_decoding
from kit.data.find_window import find_window
from kit.data.tiles import list_grids
from kit.data.window import Window
from kit.data.write_npy import open_npy
from kit.errors import DataError
from kit.files import replace_folder
from kit.json_files import write_json
from kit.paths import DataFolders
from kit.progress import bar

MAX_BAD = 0.01  # share of the training images that may be unreadable


@dataclass(frozen=True)
class _Stored:
    """Of each row that was kept: its place in the split, the sha256 of its pixels or, without images, of its columns; and its
    columns, float32 (len(rows), K). faults: place -> what was wrong.
    """

    rows: list[int]
    digests: list[bytes]
    faults: dict[int, UnreadableImage]
    table: np.ndarray


def write(
    competition: Competition,
    folders: DataFolders,
    raw: str,
    *,
    allow_bad: bool = False,
    test_only: bool = False,
    window: Window | None = None,
    levels: columns.Levels = (),
) -> None:
    """Decodes raw/ into cache/, which appears whole or not at all. raw: the sha256 of the archive that raw/ came from.

    test_only: no training row is read or kept, as a kernel that only predicts wants it. window, levels: then those that were
    found in the training images, None for images of 8 bits, and in their columns (kit.data.columns).

    An unreadable training image is left out, an unreadable test image becomes a row of zeros; both are listed in
    quarantine.csv. Raises DataError for ids or labels that do not fit, a test set other than the sample submission's, too
    little room on the disk, and (unless `allow_bad`) more than 1 % unreadable training images.
    """
    shape, columned = competition.image_shape, competition.table
    train = Split([], [], []) if test_only else splits.read(competition, folders.raw, "train")
    test = splits.read(competition, folders.raw, "test")
    splits.check_sample(competition, folders.raw, test)
    check_space(folders.root, len(train.ids) + len(test.ids), shape)
    if not (test_only or competition.window):
        window = find_window(train.images)
    how = choose_decoding(competition, window)
    if not test_only:
        # also of rows that are held out: their columns are predicted from
        levels = columns.list_levels(columned, train)
        train, test = holdout.move_held_out(folders.holdout, competition, train, test)
    tables = columns.encode_both(columned, train, test, levels)
    labels = competition.target.encode(train.labels or [])
    splits.check_row_labels(train, labels)
    with replace_folder(folders.cache) as folder:
        kept = _store(folder / "train.npy", train, how, tables[0], keep_bad=False)
        if not test_only:
            _check_share(kept, len(labels), allow_bad)
        tested = _store(folder / "test.npy", test, how, tables[1], keep_bad=True)
        beside = _write_beside(competition, train)
        _write_tables(folder, competition, (train, kept, labels), (test, tested), beside)
        _write_quarantine(folder / "quarantine.csv", folders.raw, {"train": (train, kept), "test": (test, tested)})
        manifest = {
            **cache_manifest.describe(competition, how.window, levels),
            "tiles": list_grids(test),
            "fingerprint": _fingerprint(competition, levels, (train, kept, labels), (test, tested), beside),
            "archive_sha256": raw,
            "holdout_sha256": holdout.digest(folders.holdout),
            "files": {name: (folder / name).stat().st_size for name in cache_manifest.list_files(competition)},
        }
        write_json(folder / "manifest.json", manifest)


def _store(path: Path, split: Split, how: Decoding, table: np.ndarray, *, keep_bad: bool) -> _Stored:
    """Keeps the images of a split, decoded, in a .npy file, and the columns of the same rows, if there are any, in another."""
    stored = _decode(path, split, how, keep_bad=keep_bad) if any(how.shape) else _number_rows(path, table)
    if table.shape[1]:
        np.save(path.with_stem(f"{path.stem}_table"), table[stored.rows])
    return replace(stored, table=table[stored.rows])


def _number_rows(path: Path, table: np.ndarray) -> _Stored:
    """What is kept of rows without images: the file holds as many images, of no pixels."""
    np.save(path, np.empty((len(table), 0, 0, 0), np.uint8))
    return _Stored(list(range(len(table))), [hashlib.sha256(row.tobytes()).digest() for row in table], {}, table)


def _decode(path: Path, split: Split, how: Decoding, *, keep_bad: bool) -> _Stored:
    """Decodes the images of a split into a .npy file."""
    stored, row = _Stored([], [], {}, np.empty(0)), 0
    with (
        warnings.catch_warnings(),
        open_npy(path, how.shape) as append,
        bar(total=len(split.ids), label=f"decode {path.stem}", unit="image") as progress,
    ):
        warnings.filterwarnings("ignore", module=r"PIL\.")  # what it reads all the same, such as odd EXIF
        for batch in batches(split.images, how):
            kept = np.array([keep_bad or fault is None for fault in batch.faults], bool)
            append(batch.pixels if kept.all() else batch.pixels[kept])
            stored.rows.extend((row + np.flatnonzero(kept)).tolist())
            stored.digests.extend(digest for digest, keep in zip(batch.digests, kept, strict=True) if keep)
            stored.faults.update({row + index: fault for index, fault in enumerate(batch.faults) if fault})
            row += len(kept)
            progress.update(len(kept))
    if row != len(split.ids):
        raise DataError(f"{path.stem} images do not fit their ids", received=f"{row} images", expected=len(split.ids))
    return stored


def _check_share(kept: _Stored, total: int, allow_bad: bool) -> None:
    bad = list(kept.faults.values())
    if not kept.rows:
        raise DataError("no training image is readable", received=bad[0])
    if len(bad) > MAX_BAD * total and not allow_bad:
        raise DataError(
            f"{len(bad)} of {total} training images are unreadable, such as {bad[0].path}: {bad[0].reason}",
            expected=f"at most {MAX_BAD:.0%}",
            do="--allow-bad goes on without them",
        )


def _number_pixels(*parts: _Stored) -> list[list[int]]:
    """A number for each row: the same one for identical pixels, one of its own for an unreadable image."""
    numbers: dict[Any, int] = {}
    return [
        [
            numbers.setdefault((row, fault.reason) if (fault := split.faults.get(row)) else digest, len(numbers))
            for row, digest in zip(split.rows, split.digests, strict=True)
        ]
        for split in parts
    ]


def _write_tables(
    folder: Path,
    competition: Competition,
    trained: tuple[Split, _Stored, np.ndarray],
    tested: tuple[Split, _Stored],
    beside: dict[str, list[str]],
) -> None:
    (train, kept, labels), (test, all_rows) = trained, tested
    train_pixels, test_pixels = _number_pixels(kept, all_rows)
    train_rows = zip(kept.rows, train_pixels, strict=True)
    test_rows = zip(all_rows.rows, test_pixels, strict=True)
    texts = competition.target.write(labels)
    _tabulate(
        folder / "train.csv",
        (*TRAIN, *beside),
        ((train.ids[row], texts[row], same, *(of[row] for of in beside.values())) for row, same in train_rows),
    )
    said = {} if test.rows is None else {"row": test.rows}
    _tabulate(
        folder / "test.csv",
        (*TEST, *said),
        (
            (test.ids[row], int(row not in all_rows.faults), same, *(of[row] for of in said.values()))
            for row, same in test_rows
        ),
    )


def _write_beside(competition: Competition, train: Split) -> dict[str, list[str]]:
    """What else is said of each training row, as text, by the column of the table that holds it."""
    beside: dict[str, list[str]] = {}
    if target := competition.auxiliary:
        beside["auxiliary"] = target.write(target.encode(train.auxiliary or []))
    if train.groups is not None:
        beside["group"] = list(train.groups)
    if train.weights is not None:
        beside["weight"] = [f"{weight:.9g}" for weight in train.weights]
    if train.rows is not None:
        beside["row"] = list(train.rows)
    return beside


def _write_quarantine(path: Path, raw: Path, parts: dict[str, tuple[Split, _Stored]]) -> None:
    rows = (
        (name, split.ids[row], os.path.relpath(fault.path, raw), fault.reason)
        for name, (split, stored) in parts.items()
        for row, fault in stored.faults.items()
    )
    _tabulate(path, QUARANTINE, rows)


def _fingerprint(
    competition: Competition,
    levels: columns.Levels,
    trained: tuple[Split, _Stored, np.ndarray],
    tested: tuple[Split, _Stored],
    beside: dict[str, list[str]],
) -> str:
    (train, kept, labels), (test, all_rows) = trained, tested
    told = [
        texts for name, texts in beside.items() if name != "group"
    ]  # which decides folds, and those are compared too
    described = [competition.table.columns, levels] if competition.table.columns else []
    declared = [competition.image_shape, competition.target.columns, *described]
    digest = hashlib.sha256(json.dumps(declared).encode())
    for row, pixels in zip(kept.rows, kept.digests, strict=True):
        digest.update(
            json.dumps([train.ids[row], labels[row].tolist(), *(texts[row] for texts in told)]).encode() + pixels
        )
    for row, pixels in zip(all_rows.rows, all_rows.digests, strict=True):
        digest.update(json.dumps([test.ids[row], row in all_rows.faults]).encode() + pixels)
    for table in (kept.table, all_rows.table):
        digest.update(table.astype("<f4").tobytes())
    return digest.hexdigest()


def _tabulate(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
