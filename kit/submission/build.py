"""The submission file: rows in the sample's order, joined by id, the same bytes every time."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.errors import DataError
from kit.files import open_atomic
from kit.predictions import Predictions
from kit.submission.sample import Sample
from kit.submission.sample import read as read_sample


def build(competition: Competition, predictions: Predictions, sample: Sample | None = None) -> bytes:
    """CSV in UTF-8, "\\n" line ends, the sample's header and ids. sample: by default the one that `prepare` left.

    Labels are written as Submission.values, probabilities clipped to [clip, 1 - clip] and with the nine digits
    from which a float32 comes back exactly. Raises DataError for a missing id or predictions of other classes.
    """
    sample = sample or read_sample(competition)
    if set(predictions.columns) != set(competition.target.columns):
        raise DataError(
            "the predictions are of other classes",
            received=", ".join(predictions.columns),
            expected=", ".join(competition.target.columns),
        )
    probabilities = predictions.select(sample.ids)[
        :, [predictions.columns.index(name) for name in competition.target.columns]
    ]
    columns: dict[str, Sequence[str]] = {competition.submission.id_column: sample.ids}
    columns |= (_labels if competition.submission.kind == "label" else _probabilities)(competition, probabilities)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(sample.columns)
    writer.writerows(zip(*(columns[name] for name in sample.columns), strict=True))
    return text.getvalue().encode()


def _labels(competition: Competition, probabilities: np.ndarray) -> dict[str, Sequence[str]]:
    form = competition.submission
    values = form.values or competition.target.columns
    return {form.target_columns[0]: [values[i] for i in probabilities.argmax(1).tolist()]}


def _probabilities(competition: Competition, probabilities: np.ndarray) -> dict[str, Sequence[str]]:
    form = competition.submission
    clip = metrics.find_clip(competition)
    clipped = np.clip(probabilities.astype(np.float64), clip, 1 - clip)
    columns = [competition.target.columns.index(name) for name in form.of or form.target_columns]
    return {
        column: [f"{value:.9g}" for value in clipped[:, place].tolist()]
        for column, place in zip(form.target_columns, columns, strict=True)
    }


def write(target: Path, competition: Competition, predictions: Predictions, sample: Sample) -> None:
    """Writes `build` to `target`; a failure leaves what was there."""
    data = build(competition, predictions, sample)
    with open_atomic(target) as handle:
        handle.write(data)
