"""What the `read` functions of competitions are made of: folders of images, tables, and joins of the two by id.

Tables are read strictly and as text: an id `007` stays apart from `7`, `NA` is a word, and a row with one field too many
is an error, never a silent shift of columns.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kit.data.pixels import PixelTable, pixel_csv
from kit.errors import DataError, nearest

__all__ = ["PixelTable", "class_folders", "image_folder", "labels", "natural", "pixel_csv", "table"]


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which 2.png comes before 10.png."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, int(part), part) if part[0] in "0123456789" else (1, 0, part) for part in parts]


def image_folder(folder: Path, suffix: str) -> list[Path]:
    """The files of `folder` that end in `suffix` (".png"; case does not matter), in natural order. DataError if none does."""
    if not folder.is_dir():
        raise DataError(f"no folder of images {folder}", do="compare Archives and `read` with what the archive holds")
    names = [path for path in folder.iterdir() if path.suffix.lower() == suffix.lower()]
    if not names:
        raise DataError(
            f"no {suffix} files in {folder}",
            received=f"{sum(1 for _ in folder.iterdir())} other entries",
            do="a folder for each class wants kit.data.readers.class_folders" if any(folder.glob("*/")) else "",
        )
    return sorted(names, key=lambda path: natural(path.name))


def class_folders(folder: Path, suffix: str) -> tuple[list[str], list[Path], list[str]]:
    """Ids, images and labels of a folder with a folder of images for each class, in natural order of the ids.

    A label is the name of the folder that the image lies in, an id its path below `folder`: cat/1 of cat/1.jpg, so that
    another class may have a 1.jpg too. Raises DataError for no such folder and for images that lie in none.
    """
    if not folder.is_dir():
        raise DataError(f"no folder {folder}", do="compare Archives and `read` with what the archive holds")
    images = {
        path.relative_to(folder).with_suffix("").as_posix(): path
        for path in folder.rglob("*")
        if path.suffix.lower() == suffix.lower()
    }
    loose = [path.name for path in images.values() if path.parent == folder]
    if loose or not images:
        raise DataError(
            f"{folder} is no folder of classes",
            received=f"{len(loose)} {suffix} files outside of them, such as {min(loose)}" if loose else "no images",
            expected=f"a folder of {suffix} files for each class",
        )
    ids = sorted(images, key=natural)
    return ids, [images[one] for one in ids], [images[one].parent.name for one in ids]


def table(path: Path, columns: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, all values as text; `columns` must be among its columns.

    Accepts UTF-8 with or without BOM, and CRLF. Raises DataError naming file and line for a row with a wrong number of
    fields, a bad header, or bytes that are no CSV.
    """
    with reading(path) as lines:
        reader = csv.reader(lines, strict=True)
        header = _header(path, next(reader, []), columns)
        rows = []
        for fields in reader:
            if len(fields) != len(header):
                raise DataError(
                    f"{path}, line {reader.line_num}: wrong number of fields",
                    received=len(fields),
                    expected=len(header),
                )
            rows.append(dict(zip(header, fields, strict=True)))
        return rows


@contextmanager
def reading(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a text file, blank ones at its end left out. What goes wrong with the bytes becomes a DataError."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            yield _skip_blank_end(handle)
    except FileNotFoundError:
        raise DataError(f"no table {path}", do="compare Archives with what the archive holds") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text", received=error) from None
    except csv.Error as error:
        raise DataError(f"{path} is not sound CSV", received=error) from None
    except OSError as error:
        raise DataError(f"cannot read {path}", received=error.strerror) from None


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
        if name not in header:
            raise DataError(
                f"{path}, line 1: no column {name!r}", received=",".join(header)[:200], do=nearest(name, header)
            )
    return header


def labels(path: Path, ids: Sequence[str], id_column: str, label_column: str) -> list[str]:
    """The label of each of `ids` from a table, in their order.

    Raises DataError for an id that the table lacks or repeats, and for one in the table that is not among `ids`.
    """
    known: dict[str, str] = {}
    for line, row in enumerate(table(path, (id_column, label_column)), 2):
        if row[id_column] in known:
            raise DataError(f"{path}, line {line}: id {row[id_column]!r} comes twice")
        known[row[id_column]] = row[label_column]
    wanted = set(ids)
    for what, odd in (
        ("has no label for", wanted - known.keys()),
        ("has labels without an image for", known.keys() - wanted),
    ):
        if odd:
            raise DataError(
                f"{path} {what} {len(odd)} ids, such as {min(odd)!r}",
                received=f"{len(known)} labels",
                expected=f"{len(wanted)} images",
            )
    return [known[name] for name in ids]
