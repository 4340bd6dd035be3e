"""The strict reading of a CSV file's bytes: nothing guessed, nothing repaired, every row with its line number."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from kit.errors import SubmissionError


class Row(NamedTuple):
    """line: 1 is the first of the file. fields: empty for a blank line."""

    line: int
    fields: list[str]


@dataclass(frozen=True)
class Violation:
    """One line that breaks a rule, in the words of an error message."""

    line: int
    received: str
    expected: str
    do: str | None = None


def refuse(rule: str, violations: Iterable[Violation]) -> None:
    """Raises SubmissionError naming the rule, the first offending line and how many there are; no offence, no error."""
    violations_here = list(violations)
    if not violations_here:
        return
    first, lines = violations_here[0], "1 line" if len(violations_here) == 1 else f"{len(violations_here):,} lines"
    raise SubmissionError(
        f"the file breaks the rule {rule!r} on {lines}, first on line {first.line}",
        received=first.received,
        expected=first.expected,
        do=first.do,
    )


def show(text: str) -> str:
    """A piece of the file, quoted and cut to a length that a message can bear."""
    return repr(text if len(text) <= 80 else text[:77] + "...")


@dataclass(frozen=True)
class Rows:
    """Rows of a CSV file in UTF-8, parsed anew by every iteration: as objects they would take forty times its bytes.

    first, stop: which of all rows, the header among them.
    """

    data: bytes
    first: int
    stop: int

    def __len__(self) -> int:
        return max(self.stop - self.first, 0)

    def __iter__(self) -> Iterator[Row]:
        return islice(_parse(self.data), self.first, max(self.first, self.stop))


def parse(data: bytes) -> Rows:
    """The rows of a CSV file in UTF-8, the header among them, without blank lines at the end. Line ends: LF or CRLF; a byte
    order mark is dropped.

    Raises SubmissionError for another encoding, NUL bytes and broken quoting.
    """
    refuse("encoding", _not_text(data))
    stop = 0
    for number, row in enumerate(_parse(data), 1):
        if row.fields:
            stop = number
    return Rows(data, 0, stop)


def _parse(data: bytes) -> Iterator[Row]:
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
    line = 1
    try:
        for fields in reader:
            yield Row(line, fields)
            line = reader.line_num + 1  # a quoted field may span lines: a row's line is where it begins
    except csv.Error as error:
        refuse("quoting", [Violation(line, str(error), 'fields bare, or whole in "double quotes"')])


def _not_text(data: bytes) -> Iterator[Violation]:
    expected, do = "UTF-8 text", "save the file as CSV in UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield Violation(1, "UTF-16", expected, do)
        return
    if b"\0" not in data and _decodes(data):
        return
    for line, content in enumerate(data.split(b"\n"), 1):
        if b"\0" in content:
            yield Violation(line, "a NUL byte", expected, do)
        elif not _decodes(content):
            yield Violation(line, f"bytes that are not UTF-8: {content[:40]!r}", expected, do)


def _decodes(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
