"""What can be read off a competition's archive without unpacking it: member names, the sample submission, the labels."""

import csv
import io
import math
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from kit.data.archives.limits import is_hidden
from kit.data.readers import IMAGES, natural
from kit.errors import DataError
from kit.progress import bar

MAX_CLASSES = 1000  # a column with more different values holds no classes


@dataclass(frozen=True)
class Facts:
    """Fields of a Competition. `seen` names those read off the archive; the others are guesses for a person to correct.

    label_columns: the id and label column of the labels table, or of the pixel table. label_choices: the columns of which one
    holds the labels, where nothing tells which. written: what the sample writes in its first target column.
    pixel_ids: whether the pixel table has ids. class_folders: whether the training images lie in a folder for each class.
    endings: whether ids are names of image files.
    """

    train: str = "train.zip"
    test: str = "test.zip"
    sample: str = "sampleSubmission.csv"
    labels: str | None = None
    id_column: str = "id"
    target_columns: tuple[str, ...] = ("label",)
    label_columns: tuple[str, str] = ("id", "label")
    label_choices: tuple[str, ...] = ()
    written: frozenset[str] = frozenset()
    kind: Literal["label", "probability"] = "label"
    classes: tuple[str, ...] = ("first", "second")
    values: tuple[str, ...] = ()
    shape: tuple[int, int, int] = (96, 96, 3)
    pixel_ids: bool = False
    class_folders: bool = False
    endings: bool = False
    seen: frozenset[str] = field(default_factory=frozenset)

    def record(self, **values: Any) -> "Facts":
        return replace(self, **values, seen=self.seen | values.keys())


def read(archive: Path) -> Facts:
    """Raises DataError for a file that is no sound zip archive."""
    with _open_zip(archive) as source:
        names = [name for name in source.namelist() if not name.endswith("/") and not is_hidden(name)]
        facts = _members(Facts(), names)
        if "sample" in facts.seen:
            facts = _sample(facts, source)
        return _classes(facts, source, names)


@contextmanager
def _open_zip(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(archive) as source:
            yield source
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, csv.Error) as error:
        # RuntimeError: a password or an unknown compression; ValueError: a table that is not UTF-8
        raise DataError(
            f"cannot read {archive}", received=error, expected='the .zip that Kaggle\'s "download all" gives'
        ) from None


def _members(facts: Facts, names: Sequence[str]) -> Facts:
    tables = sorted((name for name in names if is_table(name)), key=len)
    samples = [name for name in tables if "sample" in name.lower()]
    if samples:
        facts = facts.record(sample=samples[0])
    others = [name for name in names if name not in samples and not _is_label_table(name)]
    for part in ("train", "test"):
        if member := _part(others, part):
            facts = facts.record(**{part: member})
    of_labels = [name for name in tables if _is_label_table(name) and "test" not in name.lower()]
    of_labels += [name for name in tables if name.lower().startswith("train") and name != facts.train]
    if of_labels and "train" in facts.seen and not is_table(facts.train):
        facts = facts.record(labels=of_labels[0])
    return facts


def is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".csv.zip"))


def _is_label_table(name: str) -> bool:
    return is_table(name) and "label" in name.lower()


def _part(names: Sequence[str], part: str) -> str | None:
    """The archive, folder or table of images called like `part`, in this order of preference."""
    top = {name.partition("/")[0]: "/" in name for name in names if name.lower().startswith(part)}
    archives = [name for name in top if name.lower().endswith((".zip", ".7z")) and not is_table(name)]
    folders = [name for name, is_folder in top.items() if is_folder]
    tables = [name for name in top if is_table(name)]
    return min(archives or folders or tables, key=lambda name: (len(name), name), default=None)


def _sample(facts: Facts, source: zipfile.ZipFile) -> Facts:
    """Header and kind. Decimal points tell probabilities from labels, and so does more than one target column."""
    rows = _rows(source, facts.sample)
    header, first = next(rows, []), next(rows, [])
    if len(header) < 2 or len(first) != len(header):
        return facts
    facts = replace(facts, written=frozenset(row[1] for row in (first, *rows) if len(row) > 1))
    several, written = len(header) > 2, first[1]
    facts = replace(facts, endings=first[0].lower().endswith(IMAGES))
    decimal = "." in written and written.replace(".", "").isdigit()
    facts = facts.record(
        id_column=header[0], target_columns=tuple(header[1:]), kind="probability" if several or decimal else "label"
    )
    return facts.record(classes=tuple(header[1:])) if several else replace(facts, values=_guess(written))


def _guess(written: str) -> tuple[str, ...]:
    """Two classes written as numbers, if the sample's label is one."""
    return ("0", "1") if written.isdigit() else ()


def _classes(facts: Facts, source: zipfile.ZipFile, names: Sequence[str]) -> Facts:
    """The different labels of the labels table, or of the pixel table; in natural order."""
    table = facts.labels or facts.train
    if table == facts.train and (folders := _class_folders(names, facts.train)):
        return _set_classes(facts.record(class_folders=True), folders)
    if not is_table(table) or table not in names:
        return facts
    rows = _rows(source, table)
    header = next(rows, [])
    lower = [name.lower() for name in header]
    target = facts.target_columns[0].lower()
    id_place = lower.index(facts.id_column.lower()) if facts.id_column.lower() in lower else 0
    others = [place for place in range(len(header)) if place != id_place] if facts.labels else []
    places = [lower.index(target)] if target in lower else others
    if not places:
        return facts
    if not facts.labels:  # a pixel table: all columns but the label, and perhaps an id
        facts = facts.record(pixel_ids=facts.id_column.lower() in lower)
        pixels = len(header) - 1 - facts.pixel_ids
        side = math.isqrt(pixels)
        if side * side == pixels:
            facts = facts.record(shape=(side, side, 1))
    different = _different(bar(rows, label=f"labels of {table}", unit="row"), places)
    fitting = [place for place in places if facts.written and facts.written <= different[place]]
    places = fitting if len(fitting) == 1 else places
    facts = facts.record(label_columns=(header[id_place], header[places[0]]))
    if len(places) > 1:
        return replace(facts, label_choices=tuple(header[place] for place in places))
    several = len(facts.target_columns) > 1 or len(different[places[0]]) > MAX_CLASSES
    return facts if several else _set_classes(facts, tuple(sorted(different[places[0]], key=natural)))


def _different(rows: Iterable[list[str]], places: Sequence[int]) -> dict[int, set[str]]:
    """The different values in each of these columns; a few more than MAX_CLASSES where there are many."""
    different: dict[int, set[str]] = {place: set() for place in places}
    for row in rows:
        for place, values in different.items():
            if len(values) <= MAX_CLASSES:
                values.update(row[place : place + 1])
    return different


def _class_folders(names: Sequence[str], train: str) -> tuple[str, ...]:
    """The folders below the folder `train`, if all its images lie in one of several."""
    paths = [PurePosixPath(name) for name in names if name.startswith(f"{train}/")]
    parents = [path.parent for path in paths if path.suffix.lower() in IMAGES]
    folders = {parent.name for parent in parents if parent != PurePosixPath(train)}
    all_of_them = PurePosixPath(train) not in parents
    return tuple(sorted(folders, key=natural)) if len(folders) > 1 and all_of_them else ()


def _set_classes(facts: Facts, classes: tuple[str, ...]) -> Facts:
    """The classes are written as they are, unless the sample writes numbers for names: then the numbers are a guess."""
    if len(classes) < 2:
        return facts
    numbers = tuple(str(n) for n in range(len(classes)))
    same = not facts.values or set(facts.values) <= set(classes)
    return replace(facts.record(classes=classes), values=() if same else numbers)


def _rows(source: zipfile.ZipFile, name: str) -> Iterator[list[str]]:
    """The rows of a table in the archive, or in a zip inside it; read as a stream, since it may be large."""
    with source.open(name) as raw:
        if not name.lower().endswith(".zip"):
            yield from _csv(raw)
            return
        with zipfile.ZipFile(raw) as inner, inner.open(inner.namelist()[0]) as packed:
            yield from _csv(packed)


def _csv(raw: Any) -> Iterator[list[str]]:
    yield from csv.reader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
