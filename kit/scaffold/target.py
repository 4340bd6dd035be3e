"""What is predicted and what the submission holds, by the labels of the training images and by what the sample writes."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from kit.scaffold.labels import FLAGS, Table
from kit.scaffold.sample import Sample
from kit.scaffold.texts import count_ranked, find_separator, parse_numbers, show, sort_names, split_tags

ORDERED = re.compile("diagnos|grade|level|severity|stage|rating|quality|degree|score", re.IGNORECASE)
CATEGORY = re.compile("categor|class|species|(^|_)id$", re.IGNORECASE)  # a column whose numbers count nothing
FEW = 20  # whole numbers that may be classes


@dataclass(frozen=True)
class Target:
    """A target and a submission to declare.

    kind: of kit.targets, by the name of its class. columns: its names. low, high: of numbers. reader: the function of
    kit.data.labels that reads `label_columns` of the table. separator: between tags in a column, or ranked classes.
    form: kind of Submission; values, of, k: likewise. doubts: by field, what was seen that tells it from nothing else.
    """

    kind: str = "Classes"
    columns: tuple[str, ...] = ("first", "second")
    low: float | None = None
    high: float | None = None
    reader: str = "labels"
    label_columns: tuple[str, ...] = ("label",)
    separator: str = " "
    form: str = "label"
    values: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    k: int = 0
    metric: str = "accuracy"
    doubts: Mapping[str, str] = field(default_factory=dict)

    def doubt(self, **doubts: str) -> "Target":
        return replace(self, doubts={**self.doubts, **doubts})


def decide_by_table(table: Table, sample: Sample | None) -> Target:
    """Of a table of labels beside images."""
    target = _decide_by_table(table, sample)
    if several := len(table.ids) - len(set(table.ids)):
        return target.doubt(
            reader=f"{several} rows of {table.path} are of an id that was there before: `read` has to join them"
        )
    return target


def _decide_by_table(table: Table, sample: Sample | None) -> Target:
    if sample and len(sample.columns) > 1 and all(column in table.values for column in sample.columns):
        return _decide_by_columns(table, sample)
    columns = _find_columns(table, sample)
    if not columns:
        return decide_by_sample(sample, f"{table.path} has no column of labels")
    target = replace(decide_by_values(table.values[columns[0]], columns[0], sample), label_columns=columns[:1])
    if len(columns) > 1:
        written = f", and the sample writes {show(sample.written)}" if sample else ""
        return target.doubt(label_columns=f"the labels may be in any column of {columns}{written}")
    return target


def _find_columns(table: Table, sample: Sample | None) -> tuple[str, ...]:
    """The column of labels; several where nothing tells which of them it is, those called after categories first."""
    columns = tuple(sorted(table.values, key=lambda column: "categor" not in column.lower()))
    if sample is None:
        return columns
    named = [column for column in columns if column.lower() == sample.columns[0].lower()]
    if len(sample.columns) > 1:
        fitting = [column for column in columns if set(table.values[column]) <= set(sample.columns)]
    else:
        fitting = named or [
            one for one in columns if "" not in sample.written and sample.written <= set(table.values[one])
        ]
    return (fitting[0],) if len(fitting) == 1 else columns


def _decide_by_columns(table: Table, sample: Sample) -> Target:
    """The sample's target columns are columns of the table, too."""
    columns = sample.columns
    written = {text for texts in sample.texts for text in texts}
    if table.ones:
        target = Target(
            "Classes", columns, reader="one_hot", form="probability", label_columns=columns, metric="log_loss"
        )
        if set(table.ones) == {1}:
            return target
        target = replace(target, kind="Labels", reader="label_columns", metric="auc")
        flags = written <= FLAGS.keys()
        doubt = f"the sample writes {show(written)}: probabilities, or 0 and 1, which is kind labels"
        return target.doubt(form=doubt) if flags else target
    numbers = {column: parse_numbers(table.values[column]) for column in columns}
    if not all(numbers.values()):
        return Target("Classes", columns, form="probability", metric="log_loss", label_columns=columns).doubt(
            reader=f"{table.path} has the columns {columns}, which hold other than 0 and 1"
        )
    shares = [parse_numbers(texts) for texts in sample.texts]
    if shares and all(row and abs(sum(row) - 1) < 0.01 for row in shares):
        return Target(
            "Votes", columns, reader="numbers", form="probability", label_columns=columns, metric="kl_divergence"
        )
    everything = [number for found in numbers.values() for number in found]
    return _number(columns, columns, everything)


def decide_by_values(counts: Counter[str], column: str, sample: Sample | None) -> Target:
    """Of the different texts of a column and how often they occur."""
    if sample and len(sample.columns) > 1:
        return _decide_several(counts, sample)
    written = sample.written if sample else set()
    if mark := find_separator(counts, written):
        names = sort_names({part for text in counts for part in split_tags(text, mark)})
        target = Target("Labels", names, reader="tags", separator=mark, form="labels", metric="row_f1")
        strange = {part for text in written for part in split_tags(text, mark)} - set(names)
        return (
            target.doubt(columns=f"no training image has what the sample writes, {show(strange)}")
            if strange
            else target
        )
    if empty := counts[""]:
        labeled = Counter({text: count for text, count in counts.items() if text})
        target = decide_by_values(labeled, column, sample)
        return target.doubt(label_columns=f"{empty} rows of {column} are empty: `read` has to leave them out")
    numbers = parse_numbers(counts)
    if (len(numbers) > 2 or (numbers and not counts.keys() <= FLAGS.keys())) and not count_ranked(counts, written) > 1:
        return _decide_number(counts, numbers, column, sample)
    return decide_by_classes(counts, sample)


def decide_by_classes(counts: Counter[str], sample: Sample | None) -> Target:
    """Of classes, and how often they occur."""
    written = sample.written if sample else set()
    if sample and len(sample.columns) > 1:
        return _decide_several(counts, sample)
    if (k := count_ranked(counts, written)) > 1:
        return Target("Classes", sort_names(counts), form="ranking", k=k, metric=f"map@{k}")
    return _decide_text(counts, written)


def decide_by_sample(sample: Sample | None, doubt: str) -> Target:
    """Where no labels were seen."""
    if sample and len(sample.columns) > 1:
        target = Target("Classes", sample.columns, form="probability", metric="log_loss")
        return target.doubt(columns=f"{doubt}; these are the sample's target columns")
    target = Target().doubt(columns=doubt)
    if sample and any(number % 1 for number in parse_numbers(sample.written)):
        return replace(target, form="probability", of=target.columns[-1:], metric="log_loss")
    return target.doubt(form=f"the sample writes {show(sample.written)}" if sample else "no sample was seen")


def _decide_several(counts: Counter[str], sample: Sample) -> Target:
    """A probability for each class."""
    if counts.keys() <= set(sample.columns):
        return Target("Classes", sample.columns, form="probability", metric="log_loss")
    names = sort_names(counts)
    target = Target("Classes", names, form="probability", metric="log_loss")
    if len(names) == len(sample.columns):
        return replace(target, of=names).doubt(of="the class whose probability each target column holds")
    seen = f"{len(counts)} different labels such as {show(counts)}, and {len(sample.columns)} target columns"
    return replace(target, columns=sample.columns).doubt(columns=seen)


def _decide_number(counts: Counter[str], numbers: list[float], column: str, sample: Sample | None) -> Target:
    """Few whole numbers, or whole numbers without a gap, may be classes or grades; what is no whole number is none."""
    names, written = sort_names(counts), sample.written if sample else set()
    name, told = sample.columns if sample else (column,), parse_numbers(written)
    if not all(number.is_integer() for number in numbers) or any(not 0 <= number <= 1 for number in told if number % 1):
        return _number(name, (column,), numbers)
    seen = f"{len(names)} whole numbers, {names[0]} to {names[-1]}"
    in_a_row = sorted(numbers) == list(range(int(min(numbers)), int(max(numbers)) + 1))
    if CATEGORY.search(column):
        return _decide_text(counts, written)
    if any(number % 1 for number in told) or not (in_a_row or len(names) <= FEW):
        target = _number(name, (column,), numbers)
        return target.doubt(columns=f"{seen}: Numbers with kind value, or Classes with kind label")
    if in_a_row and len(names) <= FEW and ORDERED.search(column):
        target = Target("Grades", names, metric="quadratic_kappa")
        return target.doubt(columns=f"{seen} in {column}: Grades if their order counts, else Classes")
    if in_a_row and len(names) == 2:
        return _decide_text(counts, written)
    doubt = f"{seen}: Grades if their order counts (with metric quadratic_kappa), Numbers if they are measured, else Classes"
    return _decide_text(counts, written).doubt(columns=doubt)


def _number(columns: tuple[str, ...], label_columns: tuple[str, ...], numbers: Collection[float]) -> Target:
    low, high = min(numbers), max(numbers)
    target = Target("Numbers", columns, low, high, "numbers", label_columns, form="value", metric="rmse")
    return target.doubt(low="the bounds that predictions are kept in; the least and the greatest that were seen")


def _decide_text(counts: Counter[str], written: Collection[str]) -> Target:
    """One of several classes, written as it is, or as a probability of one of two."""
    names, told = sort_names(counts), parse_numbers(written)
    if len(counts) < 2 or (max(counts.values()) == 1 and len(counts) > FEW):
        seen = f"{len(counts)} different texts in {counts.total()} rows, such as {show(counts)}"
        return Target().doubt(columns=f"no classes were recognized: {seen}")
    flags = counts.keys() <= FLAGS.keys()
    if len(names) == 2 and (any(number % 1 for number in told) or (flags and len(told) == 1)):
        target = Target("Classes", names, form="probability", of=names[-1:], metric="log_loss")
        if not flags:
            target = target.doubt(of="the class whose probability is asked for")
        if not any(number % 1 for number in told):
            doubt = f"the sample writes {show(written)} in every row: a probability, or kind label"
            return replace(target, metric="auc").doubt(form=doubt)
        return target
    target = Target("Classes", names)
    strange = set(written) - {*names, ""}
    if not strange:
        return target
    if len(names) > 2 and len(told) == 1 and told[0] % 1:
        doubt = f"the class whose probability is asked for: the sample writes {show(written)}"
        return replace(target, form="probability", of=names[-1:], metric="log_loss").doubt(of=doubt)
    if not told or parse_numbers(names):
        return target.doubt(columns=f"no training image is of what the sample writes, {show(strange)}")
    doubt = f"what is written for each class; the sample writes {show(written)}"
    return replace(target, values=tuple(str(n) for n in range(len(names)))).doubt(values=doubt)
