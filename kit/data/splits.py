"""What a competition's `read` returns, held to its contract before anything is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from kit.competition import Competition, Split
from kit.data import columns, image_rows
from kit.data.archives.limits import strip_packed
from kit.data.readers import table
from kit.errors import DataError, KitError


def read(competition: Competition, raw: Path, part: str) -> Split:
    """The split that the competition reads: as many images as ids (and labels), ids as text and unique; else DataError."""
    try:
        split = competition.read(raw, part)
    except KitError:
        raise
    except Exception as error:
        raise DataError(
            f"`read` of {competition.slug} failed on {part}",
            received=f"{type(error).__name__}: {error}",
            do="--debug shows where",
        ) from error
    _check_images(competition, part, split)
    columns.check(competition, part, split)
    if part == "train":
        _check_train(competition, split)
    _check_length(part, split, "rows", split.rows)
    images = split.images
    if isinstance(images, list) and images and all(isinstance(image, Path) for image in images):
        images = _Paths(list(map(str, images)))
    seen: dict[str, int] = {}
    for row, name in enumerate(split.ids):
        if not isinstance(name, str) or not name:
            raise DataError(f"an id of {part} is no text", received=repr(name))
        if name in seen:
            both = f"{images[seen[name]]} and {images[row]}" if isinstance(images, _Paths) else None
            raise DataError(f"{part} holds id {name!r} twice", received=both)
        seen[name] = row
    return replace(split, images=images)


@dataclass(frozen=True)
class _Paths(Sequence[Path]):
    """Paths of images, kept as texts in a quarter of the memory."""

    texts: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> Path: ...
    @overload
    def __getitem__(self, place: slice) -> "_Paths": ...
    def __getitem__(self, place: int | slice) -> "Path | _Paths":
        return _Paths(self.texts[place]) if isinstance(place, slice) else Path(self.texts[place])


def _check_images(competition: Competition, part: str, split: Split) -> None:
    images = len(split.images)
    if not len(split.ids) or (competition.has_images and len(split.ids) != images):
        raise DataError(f"{part} data do not fit", received=f"{len(split.ids)} ids, {images} images")
    if images and not competition.has_images:
        raise DataError(
            f"{competition.slug} reads images, but names no image_shape",
            received=f"{images} images of {part}",
            do="image_shape=(height, width, channels) in competition.py",
        )


def _check_train(competition: Competition, split: Split) -> None:
    _check_length("train", split, "labels", split.labels or ())
    if competition.auxiliary:
        _check_length("train", split, "auxiliary labels", split.auxiliary or ())
    _check_length("train", split, "groups", split.groups)
    _check_length("train", split, "weights", split.weights)
    without = [row for row, group in enumerate(split.groups or ()) if not isinstance(group, str) or not group]
    if without:
        name, group = split.ids[without[0]], (split.groups or ())[without[0]]
        many = f", nor have {len(without) - 1} more" if len(without) > 1 else ""
        raise DataError(
            f"training row {name!r} has no group{many}",
            received=repr(group),
            expected="a text for each row",
            do="where it is not known, `read` may give the row's own id",
        )
    for name, weight in zip(split.ids, split.weights or (), strict=False):
        if not (np.isfinite(weight) and weight >= 0):
            raise DataError(f"training row {name!r} has no weight", received=repr(weight), expected="0 or more")


def check_row_labels(split: Split, labels: np.ndarray) -> None:
    """Raises DataError where images that answer for one row of the submission have different labels: those encoded, of N."""
    if split.rows is None or not len(labels):
        return
    first = image_rows.first_images(np.array(split.rows, str), split.rows)
    differ = labels != labels[first]
    for image in np.flatnonzero(differ.any(1) if differ.ndim > 1 else differ)[:1].tolist():
        told = [f"{split.ids[one]}: {(split.labels or ())[one]}" for one in (first[image], image)]
        raise DataError(
            f"row {split.rows[image]!r} has images of different labels",
            received=", ".join(told),
            expected="one label for all images of a row",
        )


def _check_length(part: str, split: Split, what: str, values: Sequence[Any] | None) -> None:
    """Raises DataError unless there is one of them for each id. None: none are asked for."""
    if values is not None and len(values) != len(split.ids):
        raise DataError(f"{part} data do not fit", received=f"{len(split.ids)} ids, {len(values)} {what}")


def sample_path(competition: Competition, raw: Path) -> Path:
    """The sample submission; `prepare` opens archives among the members: sample.csv.zip lies there as sample.csv."""
    return raw / strip_packed(competition.archives.sample)


def check_sample(competition: Competition, raw: Path, test: Split) -> None:
    """Raises DataError unless the rows that test images answer for are exactly those of the sample submission."""
    sample = sample_path(competition, raw)
    column = competition.submission.id_column
    asked = [row[column] for row in table(sample, (column,))]
    wanted, here = set(asked), set(test.rows or test.ids)
    if len(wanted) != len(asked):
        raise DataError(f"{sample} holds an id twice", received=f"{len(asked)} rows, {len(wanted)} ids")
    named = competition.rows_name
    if wanted != here:
        raise DataError(
            f"the test {named} are not those that {sample.name} asks for",
            received=f"{len(here)} {named}, {len(here - wanted)} of them unasked{_example(here - wanted)}",
            expected=f"{len(wanted)} ids, of which {len(wanted - here)} have no {named[:-1]}{_example(wanted - here)}",
        )


def _example(ids: set[str]) -> str:
    return f", such as {min(ids)!r}" if ids else ""
