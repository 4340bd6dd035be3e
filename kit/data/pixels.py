"""Images as rows of a CSV file (digit-recognizer): parsed a block of rows at a time, strictly, and fast enough to do twice."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from kit.errors import DataError, nearest

ROWS = 512  # parsed at once
_COMMA, _NEWLINE, _ZERO, _NINE = b",\n09"
_PIXEL = re.compile(rb"[0-9]{1,3}")


@dataclass(frozen=True)
class PixelTable:
    """Images in the rows of a CSV file: its length is known, and iterating reads the file anew, yielding uint8 (H, W, C).

    columns: the header; texts: places of the columns that hold no pixels; ids: text, by default the row numbers from 1.
    Iterating raises DataError naming file, line and column of a bad pixel.
    """

    path: Path
    shape: tuple[int, int, int]
    columns: tuple[str, ...]
    texts: tuple[int, ...]
    ids: list[str]

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[np.ndarray]:
        with open(self.path, "rb") as handle:
            handle.readline()
            for done in range(0, len(self), ROWS):
                rows = list(islice(handle, min(ROWS, len(self) - done)))
                yield from self._images(rows, done + 2)

    def _images(self, rows: list[bytes], line: int) -> np.ndarray:
        width = len(self.columns) - len(self.texts)
        block = b"\n".join(_split(row, self.texts)[1] for row in rows) + b"\n"
        values = _numbers(block, len(rows), width)
        if values is None:
            raise _fault(self, rows, line)
        return values.reshape(-1, *self.shape)


def pixel_csv(
    path: Path, shape: tuple[int, int, int], label_column: str | None = None, id_column: str | None = None
) -> tuple[PixelTable, list[str] | None]:
    """Images and labels (None without a label column) of a table with a column per pixel, in the order row, column, channel.

    Accepts UTF-8 with or without BOM, and CRLF. Raises DataError naming file, line and column for an empty file, a missing
    column, and (when iterated) a row with a wrong number of fields or a value that is not a whole number from 0 to 255.
    """
    if not path.is_file():
        raise DataError(f"no table {path}", do="compare Archives with what the archive holds")
    columns = _header(path)
    named = [name for name in (label_column, id_column) if name is not None]
    for name in named:
        if name not in columns:
            raise DataError(f"{path}, line 1: no column {name!r}", do=nearest(name, columns))
    _check_pixels(path, [name for name in columns if name not in named], shape)
    text_columns = tuple(columns.index(name) for name in named)
    texts = _texts(path, text_columns, len(columns))
    if not texts:
        raise DataError(f"{path} holds no rows", expected="a header and one row per image")
    labels = [row[0] for row in texts] if label_column else None
    ids = [row[-1] for row in texts] if id_column else [str(number) for number in range(1, len(texts) + 1)]
    return PixelTable(path, shape, tuple(columns), text_columns, ids), labels


def _header(path: Path) -> list[str]:
    with open(path, "rb") as handle:
        line = handle.readline().removeprefix(codecs.BOM_UTF8)
    try:
        columns = next(csv.reader([line.decode().strip()]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}, line 1: not the header of a CSV file", received=error) from None
    if not columns:
        raise DataError(f"{path} is empty", expected="a header and one row per image")
    if len(set(columns)) != len(columns):
        raise DataError(f"{path}, line 1: a column comes twice")
    return columns


def _check_pixels(path: Path, names: list[str], shape: tuple[int, int, int]) -> None:
    """Columns numbered like pixel0, pixel1, ... must be all there and in order; others can only be counted."""
    expected = int(np.prod(shape))
    parts = [re.fullmatch(r"(.*?)(\d+)", name) for name in names]
    numbers = [int(part[2]) for part in parts if part]
    prefixes = {part[1] for part in parts if part}
    if len(numbers) == len(names) and len(prefixes) == 1:
        wanted = range(min(numbers), min(numbers) + expected)
        if missing := sorted(set(wanted) - set(numbers)):
            raise DataError(
                f"{path}, line 1: no column {prefixes.pop()}{missing[0]}", received=f"{len(names)} pixel columns"
            )
        if numbers != list(wanted):
            raise DataError(f"{path}, line 1: pixel columns out of order or too many", expected=f"{expected} in order")
    if len(names) != expected:
        raise DataError(
            f"{path}, line 1: wrong number of pixel columns",
            received=len(names),
            expected=f"{expected}, for {shape[0]}x{shape[1]} pixels of {shape[2]}",
            do="mend the shape; a column without pixels is named by id_column",
        )


def _split(row: bytes, text_columns: Sequence[int]) -> tuple[list[bytes], bytes]:
    """The fields at `places`, and the rest of the row joined again."""
    fields = row.rstrip(b"\r\n").split(b",", max(text_columns, default=-1) + 1)
    texts = [fields[column] if column < len(fields) else b"" for column in text_columns]
    return texts, b",".join(field for column, field in enumerate(fields) if column not in text_columns)


def _texts(path: Path, text_columns: Sequence[int], width: int) -> list[list[str]]:
    """The id and label fields of each row; blank lines are allowed at the end only."""
    rows: list[list[str]] = []
    blank = 0
    with open(path, "rb") as handle:
        for line, row in enumerate(islice(handle, 1, None), 2):
            if not row.strip():
                blank = blank or line
                continue
            if blank:
                raise DataError(f"{path}, line {blank}: blank", expected=f"{width} fields")
            try:
                rows.append([text.decode() for text in _split(row, text_columns)[0]])
            except UnicodeDecodeError as error:
                raise DataError(f"{path}, line {line}: not UTF-8 text", received=error) from None
    return rows


def _numbers(block: bytes, rows: int, width: int) -> np.ndarray | None:
    """The block's numbers as uint8 (rows, width), or None unless each line holds `width` whole numbers from 0 to 255."""
    data = np.frombuffer(block, np.uint8)
    separating = (data == _COMMA) | (data == _NEWLINE)
    ends = np.flatnonzero(separating)
    if len(ends) != rows * width or ((data < _ZERO) | (data > _NINE))[~separating].any():
        return None
    if (data[ends].reshape(rows, width)[:, :-1] == _NEWLINE).any():
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    if lengths.min() < 1 or lengths.max() > 3:
        return None
    digits = data.astype(np.int16) - _ZERO
    values = digits[ends - 1] + 10 * digits[ends - 2] * (lengths > 1) + 100 * digits[ends - 3] * (lengths > 2)
    return values.astype(np.uint8).reshape(rows, width) if values.max() <= 255 else None


def _fault(table: PixelTable, rows: list[bytes], line: int) -> DataError:
    """The first thing that is wrong in these rows, which start at `line`."""
    for number, row in enumerate(rows, line):
        fields = row.rstrip(b"\r\n").split(b",")
        if len(fields) != len(table.columns):
            return DataError(
                f"{table.path}, line {number}: wrong number of fields",
                received=len(fields),
                expected=len(table.columns),
            )
        for column, (name, field) in enumerate(zip(table.columns, fields, strict=True)):
            if column not in table.texts and not (_PIXEL.fullmatch(field) and int(field) <= 255):
                return DataError(
                    f"{table.path}, line {number}, column {name}: not a pixel",
                    received=repr(field.decode(errors="replace")),
                    expected="a whole number from 0 to 255",
                )
    return DataError(f"{table.path}, from line {line}: changed while it was read")
