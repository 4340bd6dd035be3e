"""What the kit cannot do, told from an archive in one line: masks, boxes, text, neither images nor a table to learn from."""

import re
from itertools import islice, pairwise
from typing import NoReturn

from kit.errors import DataError
from kit.scaffold.images import Index
from kit.scaffold.members import Members, count_endings, read_rows
from kit.scaffold.sample import Sample

EXPECTED = "classes, labels, numbers or a ranking for each image or row of a table"
MASKS = re.compile("rle|mask|encodedpixels|segmentation", re.IGNORECASE)
BOXES = re.compile("bbox|boxes|predictionstring", re.IGNORECASE)
CORNERS = ({"xmin", "ymin", "xmax", "ymax"}, {"x", "y", "width", "height"}, {"x", "y", "w", "h"})
RUNS = re.compile(r"\d+ \d+( \d+ \d+)*")
LOOKED_AT = 200  # rows
WORDS = 5  # of a cell that is a text

Tables = list[tuple[str, list[str], list[list[str]]]]  # path, header and the first rows of each


def refuse_unsupported(members: Members, sample: Sample | None, index: Index, has_pixels: bool) -> None:
    """Raises DataError for a competition of another kind than the kit's."""
    no_images = not (index.paths or has_pixels or members.closed)
    tables = _list_tables(members) if sample or no_images else []
    if sample:
        _refuse_masks(tables, sample)
        _refuse_boxes(tables, sample)
    if no_images:
        _refuse_text(tables)


def refuse_without_rows(members: Members) -> NoReturn:
    """Raises DataError: neither images nor columns of a table were found."""
    seen = count_endings(members.files, most=5)
    raise _refuse("no images, no table for both parts", f"{seen or 'nothing'}, no image among them")


def _refuse_masks(tables: Tables, sample: Sample) -> None:
    """By run lengths in a target column; in the sample, which may rank numbers in the same form, only if it is named so."""
    for path, header, rows in tables:
        for place, column in enumerate(header):
            runs = [row[place] for row in rows if place < len(row) and row[place].strip()]
            telling = MASKS.search(column) or (path != sample.path and _are_long(runs))
            if column in sample.columns and runs and telling and all(map(_is_run_lengths, runs)):
                raise _refuse("masks", f"run lengths in the column {column} of {path}, such as {runs[0][:40]!r}")


def _is_run_lengths(text: str) -> bool:
    """Starts and lengths of runs of pixels, in order: 3 2 9 1."""
    if not RUNS.fullmatch(text.strip()):
        return False
    numbers = [int(word) for word in text.split()]
    runs = list(zip(numbers[::2], numbers[1::2], strict=True))
    return all(start + length <= later for (start, length), (later, _) in pairwise(runs))


def _are_long(texts: list[str]) -> bool:
    return max((len(text.split()) for text in texts), default=0) > WORDS


def _refuse_boxes(tables: Tables, sample: Sample) -> None:
    for path, header, _ in tables:
        named = [column for column in header if BOXES.search(column)]
        plain = {re.sub(r"[^a-z]", "", column.lower()): column for column in header}
        corners = [sorted(plain[name] for name in four) for four in CORNERS if four <= plain.keys()]
        judged = [column for column in sample.columns if column in header and not BOXES.search(column)]
        if path != sample.path and (named or corners) and not judged:
            raise _refuse("boxes", f"{', '.join((named or corners[0])[:4])} in {path}")


def _refuse_text(tables: Tables) -> None:
    for path, header, rows in tables:
        texts = [column for place, column in enumerate(header) if _is_text([row[place : place + 1] for row in rows])]
        if texts:
            raise _refuse("text", f"no image, and texts in the column {texts[0]} of {path}")


def _is_text(cells: list[list[str]]) -> bool:
    words = [len(re.findall(r"[^\W\d_]+", cell[0])) for cell in cells if cell]
    return bool(words) and sum(words) > WORDS * len(words)


def _list_tables(members: Members) -> Tables:
    found = []
    for path in (path for path in members.files if path.lower().endswith(".csv")):
        rows = read_rows(members, path)
        found.append((path, next(rows), [*islice(rows, LOOKED_AT)]))
    return found


def _refuse(what: str, received: str) -> DataError:
    return DataError(f"the kit cannot do this competition: {what}", received=received, expected=EXPECTED)
