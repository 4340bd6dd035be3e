"""Tables, read strictly and as text: an id `007` stays apart from `7`, `NA` is a word, and a row with one field too many is an
error, never a silent shift of columns.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.dtypes import StringDType

from kit.data import json_tables
from kit.errors import DataError, nearest

BLOCK = 1024  # rows that are Python's texts at a time where columns are read
ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}  # by the first bytes


def table(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, or of a JSON file (kit.data.json_tables), all values as text; `columns` must be
    among its columns.

    Accepts UTF-8 with or without BOM, and CRLF. Raises DataError naming file and line for a row with a wrong number of
    fields, a bad header, or bytes that are no CSV.
    """
    with _open_table(path, columns) as (header, rows):
        return [dict(zip(header, fields, strict=True)) for fields in rows]


def read_columns(path: Path, columns: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """What `table` reads by column, texts (N,) of numpy's StringDType: in a sixth of the memory. Raises as `table` does."""
    with _open_table(path, columns) as (header, rows):
        parts: list[list[np.ndarray]] = [[np.empty(0, StringDType())] for _ in header]
        while block := list(islice(rows, BLOCK)):
            for part, texts in zip(parts, zip(*block, strict=True), strict=True):
                part.append(np.array(texts, StringDType()))
        return {name: np.concatenate(part) for name, part in zip(header, parts, strict=True)}


@contextmanager
def _open_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[list[str], Iterator[Collection[str]]]]:
    """(the header, of each row its fields)."""
    with reading(path) as lines:
        if Path(path).suffix.lower() == ".json":
            yield _read_json(path, lines, columns)
        else:
            reader = csv.reader(lines, strict=True)
            header = _header(path, next(reader, []), columns)
            yield header, _check_width(path, reader, len(header))


def _check_width(path: Path, reader: Any, width: int) -> Iterator[list[str]]:
    for fields in reader:
        if len(fields) != width:
            raise DataError(
                f"{path}, line {reader.line_num}: wrong number of fields", received=len(fields), expected=width
            )
        yield fields


def _read_json(path: Path, lines: Iterator[str], columns: Sequence[str]) -> tuple[list[str], Iterator[Collection[str]]]:
    try:
        rows = list(json_tables.read_rows("".join(lines)))
    except (ValueError, KeyError) as error:
        raise DataError(f"{path} is no table", received=error, expected=json_tables.FORM) from None
    header = _header(path, list(rows[0]) if rows else [], columns)
    return header, (row.values() for row in rows)


@contextmanager
def reading(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a text file, blank ones at its end left out. What goes wrong with the bytes becomes a DataError."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            yield _skip_blank_end(handle)
    except FileNotFoundError:
        raise DataError(f"no table {path}", do="compare Archives with what the archive holds") from None
    except UnicodeDecodeError as error:
        raise not_utf8(path, error) from None
    except csv.Error as error:
        raise DataError(f"{path} is not sound CSV", received=error) from None
    except OSError as error:
        raise DataError(f"cannot read {path}", received=error.strerror) from None


def not_utf8(path: object, error: UnicodeDecodeError) -> DataError:
    """The error for a table in another encoding, which it names where the first bytes tell it."""
    received = ENCODINGS.get(bytes(error.object[:2]), f"{error}: Windows-1252 or Latin-1, perhaps")
    return DataError(f"{path} is not UTF-8 text", received=received, do="save it as UTF-8")


def wrong_separator(header: Sequence[str]) -> str | None:
    """What a header of one field shows to stand between the fields in place of commas: ";", a tab or "|"; else None."""
    return next((mark for mark in (";", "\t", "|") if len(header) == 1 and mark in header[0]), None)


def _skip_blank_end(lines: Iterator[str]) -> Iterator[str]:
    blank: list[str] = []
    for line in lines:
        if not line.strip():
            blank.append(line)
            continue
        yield from blank
        blank.clear()
        yield line


def _header(path: Path, header: list[str], columns: Sequence[str]) -> list[str]:
    if not header:
        raise DataError(f"{path} is empty", expected="a header and rows")
    if len(set(header)) != len(header) or "" in header:
        raise DataError(f"{path}, line 1: columns need different names", received=",".join(header))
    for name in columns:
        if name not in header and (mark := wrong_separator(header)):
            raise DataError(
                f"{path}, line 1: no column {name!r}",
                received=f"fields separated by {mark!r}: {header[0][:200]}",
                expected="commas",
                do="save it with commas",
            )
        if name not in header:
            raise DataError(
                f"{path}, line 1: no column {name!r}", received=",".join(header)[:200], do=nearest(name, header)
            )
    return header
