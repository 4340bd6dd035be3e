"""Rules about a file's form and ids: each yields what offends against it, line by line."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from kit.submission.read import File
from kit.submission.table import Violation, show


def check_blank_lines(file: File) -> Iterator[Violation]:
    for row in file.lines:
        if not row.fields:
            yield Violation(row.line, "a blank line", "blank lines at the end only")


def check_delimiter(file: File) -> Iterator[Violation]:
    for mark in ";\t|":
        if len(file.header) == 1 and mark in file.header[0]:
            yield Violation(1, f"fields separated by {mark!r}", "fields separated by ','")


def check_index_column(file: File) -> Iterator[Violation]:
    for name in file.header:
        if name not in file.sample.columns and (not name.strip() or name.startswith("Unnamed:")):
            yield Violation(1, f"a column called {name!r}", ",".join(file.sample.columns), "write it with index=False")


def check_header(file: File) -> Iterator[Violation]:
    if tuple(file.header) != file.sample.columns:
        received = show(",".join(file.header)) if file.header else "nothing"
        yield Violation(1, received, show(",".join(file.sample.columns)), _remedy(file))


def _remedy(file: File) -> str:
    given, due = file.header, list(file.sample.columns)
    if set(given) & set(file.sample.ids) and not set(given) & set(due):
        return "the header line is missing"
    if [name.strip().lower() for name in given] == [name.strip().lower() for name in due]:
        return "capitals and spaces count"
    if sorted(given) == sorted(due):
        return "the columns are in another order"
    extra = [name for name in given if name not in due]
    return f"remove or rename {', '.join(map(show, extra[:5]))}" if extra else "columns are missing or repeated"


def check_field_count(file: File) -> Iterator[Violation]:
    due = len(file.sample.columns)
    for row in file.rows:
        if len(row.fields) != due:
            yield Violation(row.line, show(",".join(row.fields)), f"{due} fields, not {len(row.fields)}")


def check_row_count(file: File) -> Iterator[Violation]:
    count, due = len(file.rows), len(file.sample.ids)
    received, expected = f"{count:,} rows", f"{due:,} rows"
    if count > due:
        surplus = {violation.line: violation for violation in (*check_unknown_ids(file), *check_repeated_ids(file))}
        for line in sorted(surplus):
            yield Violation(line, f"{received}; here {surplus[line].received}", expected)
    elif count < due:
        missing, last = _find_missing_ids(file), deque(file.lines, 1)[0]
        for _ in missing:
            yield Violation(last.line, f"{received}; the first missing id is {show(missing[0])}", expected)


def _find_missing_ids(file: File) -> list[str]:
    given = {name for _, name in file.ids()}
    return [name for name in file.sample.ids if name not in given]


def check_unknown_ids(file: File) -> Iterator[Violation]:
    known = set(file.sample.ids)
    for line, name in file.ids():
        if name not in known:
            yield Violation(line, f"id {show(name)}", f"an id of the sample, such as {show(file.sample.ids[0])}")


def check_repeated_ids(file: File) -> Iterator[Violation]:
    """With the row count right and every id known, an id too many is also an id missing."""
    hashes = np.fromiter((hash(name) for _, name in file.ids()), np.int64)
    if len(np.unique(hashes)) == len(hashes):  # in a file of good ids none of them is kept
        return
    first: dict[str, int] = {}
    lacking = "".join(f"; id {show(name)} is missing" for name in _find_missing_ids(file)[:1])
    for line, name in file.ids():
        if name in first:
            yield Violation(line, f"id {show(name)} again, first on line {first[name]}", f"each id once{lacking}")
        first.setdefault(name, line)


def notice_order(file: File) -> str | None:
    if all(name == due for (_, name), due in zip(file.ids(), file.sample.ids, strict=True)):
        return None
    return "the rows are in another order than the sample's; Kaggle joins by id"
