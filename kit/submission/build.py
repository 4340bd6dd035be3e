"""The submission file: rows in the sample's order, joined by id, the same bytes every time."""

import csv
import io
from pathlib import Path

from kit import metrics
from kit.competition import Competition
from kit.files import open_atomic
from kit.forms import FORMS
from kit.predictions import Predictions, order_columns
from kit.submission.sample import Sample
from kit.submission.sample import read as read_sample

BLOCK = 4096  # rows whose texts there are at a time


def build(competition: Competition, predictions: Predictions, sample: Sample | None = None) -> bytes:
    """CSV in UTF-8, "\\n" line ends, the sample's header and ids. sample: by default the one that `prepare` left.

    What a row says is written by kit.forms. Raises DataError for a missing id or predictions of other classes.
    """
    sample, target, form = sample or read_sample(competition), competition.target, competition.submission
    values = order_columns(competition, predictions).select(sample.ids)
    clip, out = metrics.find_clip(competition), io.BytesIO()
    text = io.TextIOWrapper(out, "utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sample.columns)
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        texts = FORMS[form.kind].write(target, form, values[block], clip)
        columns = {form.id_column: sample.ids[block], **dict(zip(form.target_columns, texts, strict=True))}
        writer.writerows(zip(*(columns[name] for name in sample.columns), strict=True))
    text.flush()
    return out.getvalue()


def write(target: Path, competition: Competition, predictions: Predictions, sample: Sample) -> None:
    """Writes `build` to `target`; a failure leaves what was there."""
    data = build(competition, predictions, sample)
    with open_atomic(target) as handle:
        handle.write(data)
