"""What the different texts of a column are: numbers, rows of tags, rows of ranked classes."""

import math
from collections import Counter
from collections.abc import Collection, Iterable

from kit.data.readers import natural

SEPARATORS = (", ", ",", ";", "|", " ")
SHOWN = 3  # texts that a message shows


def find_separator(counts: Counter[str], written: Collection[str]) -> str:
    """What stands between tags; empty where the texts are no rows of tags.

    Rows of tags are not all as long, hold none twice, and hold fewer different ones than there are rows; or the sample writes
    a row that was not seen, of tags that were.
    """
    for mark in SEPARATORS:
        rows = [split_tags(text, mark) for text in counts]
        tags = {part for row in rows for part in row}
        several = len({len(row) for row in rows if row}) > 1
        mixed = any(text not in counts and tags.issuperset(split_tags(text, mark)) for text in written if text)
        if several and (mixed or len(tags) < len(rows)) and all(len(set(row)) == len(row) for row in rows):
            return mark
    return ""


def count_ranked(counts: Counter[str], written: Iterable[str]) -> int:
    """How many classes each row of the sample names; 0 where it names other things."""
    rows = [split_tags(text, " ") for text in written]
    return max(map(len, rows), default=0) if all(part in counts for row in rows for part in row) else 0


def split_tags(text: str, mark: str) -> list[str]:
    """What a row of tags or of ranked classes names."""
    return [part.strip() for part in text.split(mark) if part.strip()]


def parse_numbers(texts: Iterable[str]) -> list[float]:
    """The finite numbers that all of them are; empty where one is none."""
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def sort_names(texts: Iterable[str]) -> tuple[str, ...]:
    """In natural order."""
    return tuple(sorted(texts, key=natural))


def show(texts: Collection[str]) -> str:
    """A few of them, for a message."""
    return ", ".join(map(repr, sorted(texts)[:SHOWN])) + (", ..." if len(texts) > SHOWN else "")
