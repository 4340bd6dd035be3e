"""What is compared: predictions read from a run or a submission file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit import predictions, runs
from kit.competition import Competition
from kit.data import holdout
from kit.predictions import Predictions, order_columns
from kit.runs import Run, provenance
from kit.submission.read_back import read_back


@dataclass(frozen=True)
class Side:
    """What is compared: a run, or a submission file (run None, and nothing out of fold)."""

    name: str
    run: Run | None
    oof: Predictions | None
    test: Predictions


def side(competition: Competition, reference: str) -> Side:
    """A run by its id, or a FILE.csv. Raises DataError for what is neither, and for a run of another competition."""
    if reference.endswith(".csv"):  # a run's id ends in a time, never in .csv
        return Side(reference, None, None, read_file(competition, Path(reference)))
    run = runs.find(reference)
    provenance.check_competition(run, competition.slug)
    return Side(
        run.id, run, order_columns(competition, predictions.load(run.oof)), read_test_predictions(competition, run)
    )


def read_test_predictions(competition: Competition, run: Run) -> Predictions:
    """A run's predictions of the competition's own test rows."""
    return order_columns(competition, holdout.drop_held_out(predictions.load(run.test)))


def read_file(competition: Competition, path: Path) -> Predictions:
    """A submission file as predictions: what it says (kit.submission.read_back)."""
    ids, values = read_back(competition, path)
    return Predictions(ids, values.astype(np.float32), competition.target.columns)
