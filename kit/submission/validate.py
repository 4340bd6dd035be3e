"""What Kaggle would refuse or score wrongly, found in the bytes of the file before anything is uploaded.

Refused, with the rule, the first offending line and the count: everything in RULES, other encodings, broken quoting.
Accepted: CRLF, no final newline, blank lines at the end, quoted numbers. Accepted with a notice: a UTF-8 byte order
mark, rows in another order than the sample's (Kaggle joins by id), a constant prediction.
"""

import codecs
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kit.competition import Competition
from kit.submission.sample import Sample
from kit.submission.table import Offence, Row, parse, refuse, show

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MISSING = {
    "",
    "na",
    "n/a",
    "#n/a",
    "<na>",
    "nan",
    "-nan",
    "none",
    "null",
    "inf",
    "+inf",
    "-inf",
    "infinity",
    "-infinity",
}
EXCLUSIVE = {"log_loss"}  # metrics that need the probabilities of a row to sum to 1
CONSTANT = 0.999  # share of one class from which a prediction is called constant


@dataclass(frozen=True)
class Report:
    """rows: without the header. sha256: of the bytes. notices: things accepted, but worth a look."""

    rows: int
    sha256: str
    notices: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file under judgement: its rows, header first, without blank lines at the end."""

    competition: Competition
    sample: Sample
    lines: list[Row]

    @property
    def header(self) -> list[str]:
        return self.lines[0].fields if self.lines else []

    @property
    def rows(self) -> list[Row]:
        return self.lines[1:]

    @property
    def ids(self) -> list[str]:
        place = self.sample.columns.index(self.competition.submission.id_column)
        return [row.fields[place] for row in self.rows]

    @property
    def domain(self) -> tuple[str, ...]:
        return self.competition.submission.values or self.competition.classes

    def targets(self) -> Iterator[tuple[int, str, str]]:
        """(line, column, value) of every target field."""
        places = [(name, self.sample.columns.index(name)) for name in self.competition.submission.target_columns]
        for row in self.rows:
            for name, place in places:
                yield row.line, name, row.fields[place]


def validate(data: bytes, competition: Competition, sample: Sample) -> Report:
    """Judges the bytes of a submission against the competition's sample. Raises SubmissionError for the first broken rule."""
    lines = parse(data)
    while lines and not lines[-1].fields:
        lines.pop()
    file = File(competition, sample, lines)
    for name, offences in RULES.items():
        refuse(name, offences(file))
    notices = [notice for find in NOTICES if (notice := find(file))]
    if data.startswith(codecs.BOM_UTF8):
        notices.insert(
            0, "the file begins with a UTF-8 byte order mark, which some readers take for part of the header"
        )
    return Report(len(file.rows), hashlib.sha256(data).hexdigest(), tuple(notices))


def blank_lines(file: File) -> Iterator[Offence]:
    for row in file.lines:
        if not row.fields:
            yield Offence(row.line, "a blank line", "blank lines at the end only")


def delimiter(file: File) -> Iterator[Offence]:
    for mark in ";\t|":
        if len(file.header) == 1 and mark in file.header[0]:
            yield Offence(1, f"fields separated by {mark!r}", "fields separated by ','")


def index_column(file: File) -> Iterator[Offence]:
    for name in file.header:
        if name not in file.sample.columns and (not name.strip() or name.startswith("Unnamed:")):
            yield Offence(1, f"a column called {name!r}", ",".join(file.sample.columns), "write it with index=False")


def header(file: File) -> Iterator[Offence]:
    if tuple(file.header) != file.sample.columns:
        received = show(",".join(file.header)) if file.header else "nothing"
        yield Offence(1, received, show(",".join(file.sample.columns)), _remedy(file))


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


def fields(file: File) -> Iterator[Offence]:
    due = len(file.sample.columns)
    for row in file.rows:
        if len(row.fields) != due:
            yield Offence(row.line, show(",".join(row.fields)), f"{due} fields, not {len(row.fields)}")


def row_count(file: File) -> Iterator[Offence]:
    found, due = len(file.rows), len(file.sample.ids)
    received, expected = f"{found:,} rows", f"{due:,} rows"
    if found > due:
        surplus = {offence.line: offence for offence in (*unknown_ids(file), *repeated_ids(file))}
        for line in sorted(surplus):
            yield Offence(line, f"{received}; here {surplus[line].received}", expected)
    elif found < due:
        missing = _missing(file)
        for _ in missing:
            yield Offence(file.lines[-1].line, f"{received}; the first missing id is {show(missing[0])}", expected)


def _missing(file: File) -> list[str]:
    given = set(file.ids)
    return [name for name in file.sample.ids if name not in given]


def unknown_ids(file: File) -> Iterator[Offence]:
    known = set(file.sample.ids)
    for row, name in zip(file.rows, file.ids, strict=True):
        if name not in known:
            yield Offence(row.line, f"id {show(name)}", f"an id of the sample, such as {show(file.sample.ids[0])}")


def repeated_ids(file: File) -> Iterator[Offence]:
    """With the row count right and every id known, an id too many is also an id missing."""
    first: dict[str, int] = {}
    lacking = "".join(f"; id {show(name)} is missing" for name in _missing(file)[:1])
    for row, name in zip(file.rows, file.ids, strict=True):
        if name in first:
            yield Offence(row.line, f"id {show(name)} again, first on line {first[name]}", f"each id once{lacking}")
        first.setdefault(name, row.line)


def missing_values(file: File) -> Iterator[Offence]:
    """A class may be called "None": what is in the domain of a label competition is a value."""
    allowed = file.domain if file.competition.submission.kind == "label" else ()
    for line, column, value in file.targets():
        if value.strip().lower() in MISSING and value not in allowed:
            yield Offence(line, f"{show(value)} in {column}", "a value in every row")


def label_domain(file: File) -> Iterator[Offence]:
    if file.competition.submission.kind != "label":
        return
    domain, names = set(file.domain), ", ".join(file.domain[:12])
    expected = f"one of {names}" + (f", ... ({len(domain)} labels)" if len(domain) > 12 else "")
    for line, column, value in file.targets():
        if value not in domain:
            yield Offence(line, f"{show(value)} in {column}", expected)


def probability_range(file: File) -> Iterator[Offence]:
    if file.competition.submission.kind != "probability":
        return
    for line, column, value in file.targets():
        if not NUMBER.fullmatch(value) or not 0 <= float(value) <= 1:
            yield Offence(line, f"{show(value)} in {column}", "a number from 0 to 1")


def row_sums(file: File) -> Iterator[Offence]:
    """Only where the columns cover all classes, which exclude each other. Clipping may move a sum by `clip` a column."""
    form, classes = file.competition.submission, file.competition.classes
    columns = form.of or form.target_columns
    if form.kind != "probability" or file.competition.metric not in EXCLUSIVE or set(columns) != set(classes):
        return
    tolerance = 2e-3 + form.clip * len(columns)
    for row, values in _numbers(file):
        if abs(sum(values) - 1) > tolerance:
            yield Offence(row.line, f"probabilities that sum to {sum(values):.6g}", "a sum of 1")


def _numbers(file: File) -> Iterator[tuple[Row, list[float]]]:
    places = [file.sample.columns.index(name) for name in file.competition.submission.target_columns]
    for row in file.rows:
        yield row, [float(row.fields[place]) for place in places]


# In this order: a rule may rely on those above it.
RULES: dict[str, Callable[[File], Iterator[Offence]]] = {
    "blank line": blank_lines,
    "delimiter": delimiter,
    "index column": index_column,
    "header": header,
    "field count": fields,
    "row count": row_count,
    "unknown id": unknown_ids,
    "repeated id": repeated_ids,
    "missing value": missing_values,
    "label domain": label_domain,
    "probability": probability_range,
    "row sum": row_sums,
}


def other_order(file: File) -> str | None:
    if file.ids == list(file.sample.ids):
        return None
    return "the rows are in another order than the sample's; Kaggle joins by id"


def constant_prediction(file: File) -> str | None:
    decision, rows = Counter(_decisions(file)).most_common(1)[0]
    if len(file.rows) < 2 or rows < CONSTANT * len(file.rows):
        return None
    return f"constant prediction: {rows:,} of {len(file.rows):,} rows say {decision}"


def _decisions(file: File) -> Iterator[str]:
    form = file.competition.submission
    if form.kind == "label":
        yield from (value for _, _, value in file.targets())
    elif len(form.target_columns) == 1:
        yield from (f"{form.target_columns[0]} {'>' if value > 0.5 else '<='} 0.5" for _, (value,) in _numbers(file))
    else:
        yield from (form.target_columns[values.index(max(values))] for _, values in _numbers(file))


NOTICES: tuple[Callable[[File], str | None], ...] = (other_order, constant_prediction)
