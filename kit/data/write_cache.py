"""Writes the decoded cache (kit.data.cache) in one pass over the images: rows go to disk as they are decoded."""

import csv
import hashlib
import io
import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition, Split
from kit.data import holdout, splits
from kit.data.cache import FILES, FORMAT, QUARANTINE, TEST, TRAIN, describe_auxiliary, reader_hash
from kit.data.decode_all import batches
from kit.data.decode_image import MODES, Decoding, UnreadableImage
from kit.data.window import Window, find_window
from kit.errors import DataError
from kit.files import replace_folder, write_json
from kit.paths import DataFolders
from kit.progress import bar

MAX_BAD = 0.01  # share of the training images that may be unreadable


@dataclass(frozen=True)
class _Stored:
    """Of each row that was kept: its place in the split, the sha256 of its pixels. faults: place -> what was wrong."""

    rows: list[int]
    digests: list[bytes]
    faults: dict[int, UnreadableImage]


def write(
    competition: Competition,
    folders: DataFolders,
    raw: str,
    *,
    allow_bad: bool = False,
    test_only: bool = False,
    window: Window | None = None,
) -> None:
    """Decodes raw/ into cache/, which appears whole or not at all. raw: the sha256 of the archive that raw/ came from.

    test_only: no training row is read or kept, as a kernel that only predicts wants it. window: then the one that was found in
    the training images, None for images of 8 bits.

    An unreadable training image is left out, an unreadable test image becomes a row of zeros; both are listed in
    quarantine.csv. Raises DataError for ids or labels that do not fit, a test set other than the sample submission's, and
    (unless `allow_bad`) more than 1 % unreadable training images.
    """
    shape = competition.image_shape
    if shape[2] not in MODES:
        raise DataError("image_shape needs 1 or 3 channels", received=shape)
    train = Split([], [], []) if test_only else splits.read(competition, folders.raw, "train")
    test = splits.read(competition, folders.raw, "test")
    splits.check_sample(competition, folders.raw, test)
    how = Decoding(shape, competition.window or (window if test_only else find_window(train.images)))
    if not test_only:
        train, test = holdout.move_held_out(folders.holdout, competition, train, test)
    labels = competition.target.encode(train.labels or [])
    with replace_folder(folders.cache) as folder:
        kept = _store(folder / "train.npy", train, how, keep_bad=False)
        if not test_only:
            _check_share(kept, len(labels), allow_bad)
        tested = _store(folder / "test.npy", test, how, keep_bad=True)
        beside = _write_beside(competition, train)
        _write_tables(folder, competition, (train, kept, labels), (test, tested), beside)
        _write_quarantine(folder / "quarantine.csv", folders.raw, {"train": (train, kept), "test": (test, tested)})
        manifest = {
            "format": FORMAT,
            "fingerprint": _fingerprint(competition, (train, kept, labels), (test, tested), beside),
            "shape": shape,
            "window": how.window,
            "classes": competition.target.columns,
            "target": competition.target.kind,
            "auxiliary": describe_auxiliary(competition),
            "archive_sha256": raw,
            "read_sha256": reader_hash(competition),
            "holdout_sha256": holdout.digest(folders.holdout),
            "files": {name: (folder / name).stat().st_size for name in FILES},
        }
        write_json(folder / "manifest.json", manifest)


def _store(path: Path, split: Split, how: Decoding, *, keep_bad: bool) -> _Stored:
    """Decodes the images of a split into a .npy file."""
    stored, row = _Stored([], [], {}), 0
    with (
        warnings.catch_warnings(),
        _open_npy(path, how.shape) as append,
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


@contextmanager
def _open_npy(path: Path, shape: tuple[int, int, int]) -> Iterator[Callable[[np.ndarray], None]]:
    """A .npy file of uint8 (rows so far, H, W, C). Plain writes: pages of a memory map would count as our memory."""
    rows = 0

    def append(pixels: np.ndarray) -> None:
        nonlocal rows
        handle.write(pixels.data)
        rows += len(pixels)

    with open(path, "wb") as handle:
        handle.write(_header(0, shape))
        yield append
        if len(_header(rows, shape)) != len(_header(0, shape)):
            raise RuntimeError("numpy no longer leaves room for the number of rows in a .npy header")
        handle.seek(0)
        handle.write(_header(rows, shape))
        handle.flush()
        os.fsync(handle.fileno())


def _header(rows: int, shape: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": (rows, *shape)})
    return buffer.getvalue()


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
    trained: tuple[Split, _Stored, np.ndarray],
    tested: tuple[Split, _Stored],
    beside: dict[str, list[str]],
) -> str:
    (train, kept, labels), (test, all_rows) = trained, tested
    told = [
        texts for name, texts in beside.items() if name != "group"
    ]  # which decides folds, and those are compared too
    digest = hashlib.sha256(json.dumps([competition.image_shape, competition.target.columns]).encode())
    for row, pixels in zip(kept.rows, kept.digests, strict=True):
        digest.update(
            json.dumps([train.ids[row], labels[row].tolist(), *(texts[row] for texts in told)]).encode() + pixels
        )
    for row, pixels in zip(all_rows.rows, all_rows.digests, strict=True):
        digest.update(json.dumps([test.ids[row], row in all_rows.faults]).encode() + pixels)
    return digest.hexdigest()


def _tabulate(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
