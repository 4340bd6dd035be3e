"""Tables that hold an image in each row, a column per pixel."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from kit.scaffold.labels import KEPT
from kit.scaffold.members import Members, is_table, read_rows
from kit.scaffold.sample import Sample

LOOKED_AT = 20  # rows
FEWEST = 16  # pixels of an image whose columns have no numbers


@dataclass(frozen=True)
class PixelTables:
    """train, test: the tables, which are members themselves, below raw/. train_ids, test_ids: their column of ids, or none.
    label: the column of labels. values: its different texts and how often they occur. shape: of an image. doubt: why it is
    a guess.
    """

    train: str
    test: str
    train_ids: str | None
    test_ids: str | None
    label: str
    values: Counter[str]
    shape: tuple[int, int, int]
    doubt: str = ""


def find_pixel_tables(members: Members, sample: Sample | None) -> PixelTables | None:
    """Tables called train and test whose columns are pixels but for a label and perhaps ids; else None."""
    train, test = (_find_table(members, part) for part in ("train", "test"))
    if not train or not test:
        return None
    columns, tested = next(read_rows(members, train)), next(read_rows(members, test))
    own = [column for column in columns if column not in tested]
    labels = [column for column in columns if sample and column.lower() == sample.columns[0].lower()] or own
    label = next((column for column in labels if not _is_id(column, sample)), None)
    pixels = [column for column in columns if column != label and not _is_id(column, sample)]
    if label is None or set(pixels) - set(tested) or not _are_pixels(members, train, columns, pixels):
        return None
    shape, doubt = _find_shape(len(pixels))
    return PixelTables(
        train,
        test,
        next((column for column in columns if _is_id(column, sample)), None),
        next((column for column in tested if _is_id(column, sample)), None),
        label,
        _count(members, train, columns.index(label)),
        shape,
        doubt,
    )


def _find_table(members: Members, part: str) -> str | None:
    named = [path for path in members.files if is_table(path) and path.lower().startswith(part)]
    return min(named, key=len, default=None)


def _is_id(column: str, sample: Sample | None) -> bool:
    return sample is not None and column.lower() == sample.id_column.lower()


def _are_pixels(members: Members, path: str, columns: list[str], pixels: list[str]) -> bool:
    """Whether the first rows hold 0 to 255 there; few columns must be numbered alike, too."""
    if len(pixels) < FEWEST and len({re.sub(r"\d+$", "", column) for column in pixels}) != 1:
        return False
    rows = read_rows(members, path)
    next(rows)
    places = [columns.index(column) for column in pixels]
    some = list(islice(rows, LOOKED_AT))
    return bool(some) and all(
        len(row) == len(columns) and row[place].isdecimal() and int(row[place]) < 256
        for row in some
        for place in places
    )


def _find_shape(pixels: int) -> tuple[tuple[int, int, int], str]:
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if side * side * channels == pixels:
            return (side, side, channels), ""
    return (pixels, 1, 1), f"{pixels} columns of pixels are no square"


def _count(members: Members, path: str, place: int) -> Counter[str]:
    rows = read_rows(members, path)
    next(rows)
    counts: Counter[str] = Counter()
    for row in rows:
        if place < len(row) and (len(counts) < KEPT or row[place] in counts):
            counts[row[place]] += 1
    return counts
