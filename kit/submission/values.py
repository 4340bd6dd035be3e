"""Rules about what a file predicts: each yields what offends against it, line by line."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from kit import metrics
from kit.errors import list_names
from kit.forms import find_faults
from kit.submission.read import File
from kit.submission.table import Row, Violation, show

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MISSING = {
    "",
    *["na", "n/a", "#n/a", "<na>", "nan", "-nan", "none", "null", "inf", "+inf", "-inf", "infinity", "-infinity"],
}
CONSTANT = 0.999  # share of one class from which a prediction is called constant


def check_missing_values(file: File) -> Iterator[Violation]:
    """A class may be called "None": what is in the domain of a label competition is a value. No label may be a value."""
    form = file.competition.submission
    allowed = file.domain if form.kind in ("label", "ranking") else ("",) if form.kind == "labels" else ()
    for line, column, value in file.targets():
        if value.strip().lower() in MISSING and value not in allowed:
            yield Violation(line, f"{show(value)} in {column}", "a value in every row")


def check_label_domain(file: File) -> Iterator[Violation]:
    domain, expected = set(file.domain), f"one of {list_names(file.domain)}"
    for line, column, value in file.targets():
        if value not in domain:
            yield Violation(line, f"{show(value)} in {column}", expected)


def check_joined(file: File) -> Iterator[Violation]:
    """Several names in one field, or flags: whatever the form cannot read."""
    form = file.competition.submission
    texts = np.array(list(_texts(file)), object).reshape(-1, len(form.target_columns))
    rows = enumerate(file.rows)
    for faulty, fault in find_faults(file.competition.target, form, texts):
        line = next(row.line for place, row in rows if place == faulty)
        yield Violation(line, fault, f"names joined by {form.separator!r}, or 0 and 1 per column")


def _texts(file: File) -> Iterator[list[str]]:
    """Of each row what stands in the target columns."""
    columns = [file.sample.columns.index(name) for name in file.competition.submission.target_columns]
    for row in file.rows:
        yield [row.fields[column] for column in columns]


def check_probability_range(file: File) -> Iterator[Violation]:
    for line, column, value in file.targets():
        if not NUMBER.fullmatch(value) or not 0 <= float(value) <= 1:
            yield Violation(line, f"{show(value)} in {column}", "a number from 0 to 1")


def check_number_range(file: File) -> Iterator[Violation]:
    target = file.competition.target
    low, high = getattr(target, "low", -np.inf), getattr(target, "high", np.inf)
    for line, column, value in file.targets():
        if not NUMBER.fullmatch(value) or not low <= float(value) <= high:
            yield Violation(line, f"{show(value)} in {column}", f"a number from {low:g} to {high:g}")


def check_row_sums(file: File) -> Iterator[Violation]:
    """Only where the columns cover all classes, which exclude each other. Clipping may move a sum by `clip` a column."""
    form, classes = file.competition.submission, file.competition.target.columns
    columns = form.named
    if not metrics.find(file.competition).exclusive or set(columns) != set(classes):
        return
    tolerance = 2e-3 + metrics.find_clip(file.competition) * len(columns)
    for row, values in _numbers(file):
        if abs(sum(values) - 1) > tolerance:
            yield Violation(row.line, f"probabilities that sum to {sum(values):.6g}", "a sum of 1")


def _numbers(file: File) -> Iterator[tuple[Row, list[float]]]:
    for row, texts in zip(file.rows, _texts(file), strict=True):
        yield row, [float(text) for text in texts]


def notice_constant(file: File) -> str | None:
    """Not of rankings, in which one class may come first everywhere, nor of one probability that is low everywhere."""
    decision, rows = Counter(_decisions(file)).most_common(1)[0]
    if file.competition.submission.kind == "ranking" or len(file.rows) < 2 or rows < CONSTANT * len(file.rows):
        return None
    return f"constant prediction: {rows:,} of {len(file.rows):,} rows say {decision}"


def _decisions(file: File) -> Iterator[str]:
    form = file.competition.submission
    if form.kind == "probability" and len(form.target_columns) > 1:
        yield from (form.target_columns[values.index(max(values))] for _, values in _numbers(file))
        return
    yield from map(" ".join, _texts(file))


# What each form of kit.forms is held to, in this order: a rule may rely on those above it.
RULES: dict[str, dict[str, Callable[[File], Iterator[Violation]]]] = {
    "label": {"missing value": check_missing_values, "label domain": check_label_domain},
    "probability": {
        "missing value": check_missing_values,
        "probability": check_probability_range,
        "row sum": check_row_sums,
    },
    "labels": {"missing value": check_missing_values, "label domain": check_joined},
    "ranking": {"missing value": check_missing_values, "label domain": check_joined},
    "value": {"missing value": check_missing_values, "number": check_number_range},
}
