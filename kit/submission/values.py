"""Rules about what a file predicts: each yields what offends against it, line by line."""

import re
from collections import Counter
from collections.abc import Iterator

from kit import metrics
from kit.submission.read import File
from kit.submission.table import Row, Violation, show

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MISSING = {
    "",
    *["na", "n/a", "#n/a", "<na>", "nan", "-nan", "none", "null", "inf", "+inf", "-inf", "infinity", "-infinity"],
}
CONSTANT = 0.999  # share of one class from which a prediction is called constant


def check_missing_values(file: File) -> Iterator[Violation]:
    """A class may be called "None": what is in the domain of a label competition is a value."""
    allowed = file.domain if file.competition.submission.kind == "label" else ()
    for line, column, value in file.targets():
        if value.strip().lower() in MISSING and value not in allowed:
            yield Violation(line, f"{show(value)} in {column}", "a value in every row")


def check_label_domain(file: File) -> Iterator[Violation]:
    if file.competition.submission.kind != "label":
        return
    domain, names = set(file.domain), ", ".join(file.domain[:12])
    expected = f"one of {names}" + (f", ... ({len(domain)} labels)" if len(domain) > 12 else "")
    for line, column, value in file.targets():
        if value not in domain:
            yield Violation(line, f"{show(value)} in {column}", expected)


def check_probability_range(file: File) -> Iterator[Violation]:
    if file.competition.submission.kind != "probability":
        return
    for line, column, value in file.targets():
        if not NUMBER.fullmatch(value) or not 0 <= float(value) <= 1:
            yield Violation(line, f"{show(value)} in {column}", "a number from 0 to 1")


def check_row_sums(file: File) -> Iterator[Violation]:
    """Only where the columns cover all classes, which exclude each other. Clipping may move a sum by `clip` a column."""
    form, classes = file.competition.submission, file.competition.target.columns
    columns = form.of or form.target_columns
    if form.kind != "probability" or not metrics.find(file.competition).exclusive or set(columns) != set(classes):
        return
    tolerance = 2e-3 + metrics.find_clip(file.competition) * len(columns)
    for row, values in _numbers(file):
        if abs(sum(values) - 1) > tolerance:
            yield Violation(row.line, f"probabilities that sum to {sum(values):.6g}", "a sum of 1")


def _numbers(file: File) -> Iterator[tuple[Row, list[float]]]:
    columns = [file.sample.columns.index(name) for name in file.competition.submission.target_columns]
    for row in file.rows:
        yield row, [float(row.fields[column]) for column in columns]


def notice_constant(file: File) -> str | None:
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
